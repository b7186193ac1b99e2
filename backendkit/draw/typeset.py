"""SVG to PDF and PNG with Typst: the shipped font, no date, the same bytes every time (https://typst.app/docs)."""

from __future__ import annotations

from typing import Any

from backendkit.draw.svg import Canvas
from backendkit.draw.text import FONTS, clean

_PAGE = b"""#set document(title: sys.inputs.title, date: none)
#set page(width: auto, height: auto, margin: 0pt, fill: rgb(sys.inputs.paper))
#image("picture.svg", alt: sys.inputs.alt, width: float(sys.inputs.width) * 1pt)
"""
_WIDEST, _PIXELS = 14_000.0, 40e6  # what PDF readers take, and what a machine with little memory takes


def typeset(canvas: Canvas, format: str) -> bytes:
    """Turn a drawing into a PDF page, or a PNG of double resolution."""
    import typst

    files: Any = {"main.typ": _PAGE, "picture.svg": canvas.svg()}  # more than its type hints say
    kind: Any = format
    shrunk = min(0.75, _WIDEST / max(canvas.size))
    width, height = (shrunk * side for side in canvas.size)
    told = {"title": clean(canvas.title), "alt": clean(canvas.about), "paper": canvas.palette.paper}
    made: bytes = typst.compile(
        files,
        font_paths=[str(FONTS)],
        ignore_system_fonts=canvas.plain,  # other scripts than the shipped font has: better seen than the same
        format=kind,
        ppi=min(192.0, 72 * (_PIXELS / (width * height)) ** 0.5),
        sys_inputs={**told, "width": f"{width:.2f}"},
    )
    return made
