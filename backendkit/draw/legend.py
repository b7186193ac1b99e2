"""The key under a picture: what its signs mean, and only the signs that occur in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from backendkit.draw.graphviz import Point
from backendkit.draw.svg import Canvas
from backendkit.draw.text import measure

Sign = tuple[float, Callable[[Canvas, float, float], None], str]
"""How wide it is, who draws it from the middle of its left side, what it means."""


def draw_legend(canvas: Canvas, signs: Iterable[Sign], size: Point) -> Point:
    """Write the key below a picture of a size, in as many lines as it needs; give the size of both together."""
    x, y, right = 0.0, size[1] + 26, size[0]
    with canvas.group("legend", "key"):
        for room, draw, meaning in signs:
            wide = room + 6 + measure(meaning, 10)
            if x and x + wide > max(size[0], 420):
                x, y = 0.0, y + 18
            draw(canvas, x, y)
            canvas.text((x + room + 6, y + 3.5), meaning, 10, canvas.palette.muted)
            x, right = x + wide + 18, max(right, x + wide)
    return right, y + 8


def word(text: str, colour: str, meaning: str) -> Sign:
    """A sign that is a word."""
    return (
        measure(text, 9, "Bold"),
        lambda canvas, x, y: canvas.text((x, y + 3.5), text, 9, colour, "Bold"),
        meaning,
    )


def swatch(meaning: str, look: dict[str, str]) -> Sign:
    """A sign that is a small box."""
    return (
        20,
        lambda canvas, x, y: canvas.draw("rect", x=x, y=y - 6, width=20, height=12, rx=3, **look),
        meaning,
    )
