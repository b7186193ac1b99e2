"""Pictures of a design: entities, the C4 context and containers, state machines; as SVG, PDF or PNG."""

from __future__ import annotations

from backendkit.draw.graphviz import DrawingError
from backendkit.draw.text import FONTS, suggest
from backendkit.model import Design, HoldsDesign, as_design

__all__ = ["FONTS", "PICTURES", "DrawingError", "picture", "technologies"]

PICTURES = ("er", "context", "container", "states")
FORMATS = ("svg", "pdf", "png")


def technologies() -> tuple[str, ...]:
    """The names of technologies that have an icon, for those who choose one."""
    from backendkit.draw import icons

    return icons.technologies()


def picture(
    design: Design | HoldsDesign,
    what: str,
    *,
    format: str = "svg",
    theme: str = "light",
    focus: str | None = None,
) -> bytes:
    """Draw the entities ("er"), the system among its neighbours ("context"), its parts ("container") or "states".

    `focus` is the id of one element: it and its neighbours are drawn; of states, that one machine. Only a light SVG is transparent.
    Raises DrawingError with one sentence.

    >>> picture(Design(name="Shop"), "er")[:4]
    b'<svg'
    """
    from backendkit.draw.architecture_boxes import draw_architecture
    from backendkit.draw.er_cards import draw_er
    from backendkit.draw.palette import PALETTES
    from backendkit.draw.states import draw_states
    from backendkit.draw.typeset import typeset

    for value, allowed in ((what, PICTURES), (format, FORMATS), (theme, PALETTES)):
        if value not in allowed:
            raise DrawingError(f"{value!r} cannot be drawn: {suggest(value, allowed)}")
    design, palette = as_design(design), PALETTES[theme]
    if what == "er":
        canvas = draw_er(design, palette, focus)
    elif what == "states":
        canvas = draw_states(design, palette, focus)
    else:
        canvas = draw_architecture(design, palette, focus, what)
    return canvas.svg() if format == "svg" else typeset(canvas, format)
