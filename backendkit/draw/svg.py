"""The pen: elements, text and groups of a standalone SVG (https://www.w3.org/TR/SVG2/)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import atan2, cos, sin

from backendkit.draw.graphviz import Point
from backendkit.draw.palette import DARK, FAMILY, Palette
from backendkit.draw.text import Style, covered, escape, measure

MARGIN = 16.0
_LOOK: dict[Style, dict[str, str]] = {
    "Regular": {},
    "Bold": {"font_weight": "700"},
    "Italic": {"font_style": "italic"},
}
_NOT_IN_IDS = re.compile(r"[^\w.-]", re.ASCII)


def number(value: float) -> str:
    """Write a coordinate with at most one decimal.

    >>> number(12.04), number(-0.01), number(3.25)
    ('12', '0', '3.2')
    """
    return f"{round(value, 1) + 0:.1f}".removesuffix(".0")


class Canvas:
    """Collects what is drawn; `svg` gives the file. Colours come from the palette alone."""

    def __init__(self, palette: Palette) -> None:
        self.palette = palette
        self.size: Point = (0, 0)
        self.title = self.about = ""
        self.plain = True  # every letter is in the shipped font
        self._parts: list[str] = []
        self._ids: Counter[str] = Counter()

    def draw(self, element: str, inside: str = "", /, **values: float | str) -> None:
        """Add an element; `_` in a name stands for `-`, an empty value leaves it out."""
        head = element
        for name, value in values.items():
            if value != "":
                text = escape(value) if isinstance(value, str) else number(value)
                head += f' {name.replace("_", "-")}="{text}"'
        self._parts.append(f"<{head}>{escape(inside)}</{element}>" if inside else f"<{head}/>")

    def finish(self, size: Point, title: str, about: str) -> Canvas:
        """Say how large the drawing became, what it is called and what it shows."""
        self.size = (size[0] + 2 * MARGIN, size[1] + 2 * MARGIN)
        self.title, self.about = title, about
        return self

    @contextmanager
    def group(self, kind: str, name: str, tip: str = "", *, also: str = "", **data: str) -> Iterator[None]:
        """Draw one element of the design: its SVG id is `<kind>-<name>`, its full text shows when pointed at.

        `data` says more to programs: its `id` in the design (else the name), the ends of a line.
        """
        id = _NOT_IN_IDS.sub(lambda sign: f"_{ord(sign[0]):x}_", f"{kind}-{name}")[:120]
        self._ids[id] += 1
        if self._ids[id] > 1:
            id += f"--{self._ids[id]}"
        said = "".join(f' data-{key}="{escape(value)}"' for key, value in ({"id": name} | data).items())
        self._parts.append(f'<g id="{id}" class="{f"{kind} {also}".strip()}"{said}>')
        if tip:
            self.draw("title", tip)
        yield
        self._parts.append("</g>")

    def text(
        self, at: Point, text: str, size: float, fill: str, style: Style = "Regular", anchor: str = ""
    ) -> None:
        """Write one line; its length is written too, so that another Latin font cannot overflow its box."""
        look: dict[str, float | str] = {**_LOOK[style], "text_anchor": anchor, "fill": fill}
        if covered(text):
            look |= {"textLength": measure(text, size, style), "lengthAdjust": "spacingAndGlyphs"}
        else:
            self.plain = False
        self.draw("text", text, x=at[0], y=at[1], font_size=size, **look)

    def svg(self) -> bytes:
        """Give the file with a margin all around; title and description are what a screen reader says."""
        width, height = (number(side) for side in self.size)
        edge = number(-MARGIN)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img"'
            f' viewBox="{edge} {edge} {width} {height}" font-family="{FAMILY}">'
        )
        told = f"<title>{escape(self.title)}</title>\n<desc>{escape(self.about)}</desc>"
        paper = [f'<rect x="{edge}" y="{edge}" width="{width}" height="{height}" fill="{DARK.paper}"/>']
        ground = paper if self.palette is DARK else []
        return "\n".join([head, told, *ground, *self._parts, "</svg>\n"]).encode()


def placard(canvas: Canvas, heading: str, hint: str) -> Canvas:
    """Draw a friendly card in place of a picture that has nothing in it yet."""
    colours = canvas.palette
    look = {"fill": colours.wash, "stroke": colours.line, "stroke_dasharray": "4 3"}
    canvas.draw("rect", x=0, y=0, width=420, height=96, rx=8, **look)
    canvas.text((210, 44), heading, 15, colours.ink, "Bold", "middle")
    canvas.text((210, 68), hint, 11.5, colours.muted, anchor="middle")
    return canvas.finish((420, 96), heading, hint)


def draw_tip(canvas: Canvas, before: Point, tip: Point) -> None:
    """Draw the head of an arrow, at the end of a line that comes from `before`."""
    way = atan2(tip[1] - before[1], tip[0] - before[0])
    wings = [(tip[0] - 10 * cos(way + side), tip[1] - 10 * sin(way + side)) for side in (0.4, -0.4)]
    canvas.draw("path", d=curve([tip, *wings, tip]).replace("C", "L") + "Z", fill=canvas.palette.muted)


def draw_arrow(
    canvas: Canvas, points: Sequence[Point], label: Sequence[str], middle: Point, *, dashed: bool = False
) -> None:
    """Draw a line with its head and its label around `middle`; what stands in brackets is written smaller."""
    colours = canvas.palette
    look = {"fill": "none", "stroke": colours.muted, "stroke_dasharray": "5 4" if dashed else ""}
    canvas.draw("path", d=curve(points), stroke_width=1.2, **look)
    draw_tip(canvas, points[-2], points[-1])
    bracket = next((line for line, text in enumerate(label) if text.startswith("[")), len(label))
    for line, text in enumerate(label):
        size, ink = (11, colours.ink) if line < bracket else (10, colours.muted)
        y = middle[1] - 7 * len(label) + 11 + 14 * line
        canvas.text((middle[0], y), text, size, ink, anchor="middle")


def curve(points: Sequence[Point]) -> str:
    """Write Bézier points as a path.

    >>> curve([(0, 0), (1, 0), (2, 0), (3, 1)])
    'M0,0C1,0 2,0 3,1'
    """
    places = [f"{number(x)},{number(y)}" for x, y in points]
    return f"M{places[0]}" + "".join(f"C{' '.join(places[i : i + 3])}" for i in range(1, len(places), 3))
