"""SVG to PDF and PNG with Typst: the shipped font, no date, the same bytes every time (https://typst.app/docs)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from backendkit.draw.text import FONTS, covered

_PAGE = b"""#set document(title: sys.inputs.title, date: none)
#set page(width: auto, height: auto, margin: 0pt, fill: rgb(sys.inputs.paper))
#image("picture.svg", alt: sys.inputs.alt, width: float(sys.inputs.width) * 1pt)
"""
_WIDEST, _PIXELS = 14_000.0, 40e6  # what PDF readers take, and what a machine with little memory takes


@lru_cache(maxsize=8)
def typeset(
    svg: bytes, format: Literal["pdf", "png"], size: tuple[float, float], title: str, alt: str, paper: str
) -> bytes:
    """Turn an SVG of a size in pixels into a PDF page or a PNG of double resolution."""
    import typst

    shrunk = min(1.0, _WIDEST / (0.75 * max(size)))
    width, height = (0.75 * shrunk * side for side in size)
    sharp = min(192.0, 72 * (_PIXELS / (width * height)) ** 0.5)
    files: Any = {"main.typ": _PAGE, "picture.svg": svg}  # more than its type hints say
    made: bytes = typst.compile(
        files,
        font_paths=[str(FONTS)],
        ignore_system_fonts=covered(
            svg.decode()
        ),  # other scripts than the shipped font has: better seen than the same
        format=format,
        ppi=sharp,
        sys_inputs={"title": title, "alt": alt, "paper": paper, "width": f"{width:.2f}"},
    )
    return made
