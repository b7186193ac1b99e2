"""C4 pictures: the planned boxes, frames and arrows, drawn."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from backendkit.draw.architecture import WIDE, Box, Plan
from backendkit.draw.graphviz import Point, lay_out
from backendkit.draw.legend import Sign, draw_legend, swatch
from backendkit.draw.palette import Palette
from backendkit.draw.svg import Canvas, draw_arrow, draw_tip, placard
from backendkit.model import Design

_EMPTY = {
    "context": ("No systems yet", "Your system and its users go under architecture: elements."),
    "container": (
        "No containers yet",
        "What runs (a web app, a database) goes under architecture: elements.",
    ),
}
_KINDS = {
    "person": "person",
    "system": "our system",
    "container": "container: runs on its own",
    "external": "run by somebody else",
    "ghost": "named, but not in this design",
}


def draw_architecture(design: Design, palette: Palette, focus: str | None, what: str) -> Canvas:
    """Draw the C4 context or container picture of a design."""
    canvas, plan = Canvas(palette), Plan(design, what, focus)
    if not plan.boxes:
        return placard(canvas, *_EMPTY[what])
    layout = lay_out(plan.dot)
    for number, (key, frame) in enumerate(plan.frames.items(), 1):
        with canvas.group("element", key, frame.tip, also="frame"):
            _draw_frame(canvas, frame, *layout.clusters[f"cluster_{number}"])
    for number, arrow in enumerate(plan.arrows):
        with canvas.group("relation", arrow.address, arrow.tip, start=arrow.tail, end=arrow.head):
            name = f"e{number}"
            middle = layout.labels.get(name, (0, 0))
            draw_arrow(canvas, layout.routes[name], arrow.label, middle, dashed=arrow.dashed)
    for number, (key, item) in enumerate(plan.boxes.items()):
        x, y = layout.nodes[f"n{number}"]
        with canvas.group("element", key, item.tip, also=item.kind):
            _draw_box(canvas, item, (x - WIDE / 2, y - item.height / 2))
    size = draw_legend(canvas, _signs(plan, palette), layout.size)
    return canvas.finish(size, f"{what.capitalize()} of {design.name or 'the system'}", _told(plan))


def _told(plan: Plan) -> str:
    every = plan.frames | plan.boxes
    boxes = ", ".join(f"{item.title} {item.note}" for item in every.values())
    lines = (
        f"{every[one].title} {' '.join(label)} {every[two].title}" for _, one, two, label, *_ in plan.arrows
    )
    return f"{boxes}. {'; '.join(lines)}"[:4000]


def _draw_frame(canvas: Canvas, frame: Box, start: Point, end: Point) -> None:
    look = {"fill": "none", "stroke": canvas.palette.muted, "stroke_dasharray": "7 4"}
    size = {"width": end[0] - start[0], "height": end[1] - start[1], "rx": 10.0}
    canvas.draw("rect", x=start[0], y=start[1], **size, **look)
    canvas.text((start[0] + 14, end[1] - 26), frame.title, 13, canvas.palette.ink, "Bold")
    canvas.text((start[0] + 14, end[1] - 11), frame.note, 10.5, canvas.palette.muted)


def _look(kind: str, colours: Palette) -> dict[str, str]:
    """Fill and line of a kind of box."""
    fill, stroke = {
        "person": (colours.second_wash, colours.second),
        "system": (colours.accent, colours.accent),
        "external": (colours.wash, colours.muted),
        "ghost": (colours.paper, colours.muted),
    }.get(kind, (colours.accent_wash, colours.accent))
    return {"fill": fill, "stroke": stroke, "stroke_dasharray": "5 4" if kind == "ghost" else ""}


def _draw_box(canvas: Canvas, item: Box, corner: Point) -> None:
    (x, y), colours, look = corner, canvas.palette, _look(item.kind, canvas.palette)
    solid = item.kind == "system"
    ink, quiet = (colours.paper, colours.paper) if solid else (colours.ink, colours.muted)
    canvas.draw("path", d=_outline(item, corner), stroke_width=1.2, **look)
    y += 14 if item.store in ("database", "cache") else 0
    canvas.text((x + 14, y + 23), item.title, 13.5, ink, "Bold")
    canvas.text((x + 14, y + 39), item.note, 10.5, quiet)
    for line, text in enumerate(item.about):
        canvas.text((x + 14, y + 58 + 15 * line), text, 11, ink)
    right = x + WIDE - (36 if item.store == "queue" else 26)
    if item.icon:
        if colours.paper != "#ffffff":  # icons are made for white
            canvas.draw("rect", x=right - 16, y=y + 9, width=32, height=32, rx=6, fill=colours.ink)
        canvas.draw("image", x=right - 13, y=y + 12, width=26, height=26, href=item.icon)
    elif item.kind == "person":
        canvas.draw("circle", cx=right, cy=y + 17, r=6, fill=colours.second)
        canvas.draw("path", d=f"M{right - 11:.1f},{y + 38:.1f}a11,12 0 0 1 22,0z", fill=colours.second)


def _outline(item: Box, corner: Point) -> str:
    """A cylinder for a database or a cache, one that lies for a queue, a folder for files, else a card."""
    (x, y), wide, high = corner, WIDE, item.height
    if item.store in ("database", "cache"):
        lid, back = f"a{wide / 2:g},9 0 0 1 {wide:g},0", f"a{wide / 2:g},9 0 0 1 -{wide:g},0"
        return f"M{x:.1f},{y + 9:.1f}{lid}v{high - 18:g}{back}zm{wide:g},0{back}"
    if item.store == "queue":
        end, body = f"a8,{high / 2:g} 0 0", wide - 16
        right = f"M{x + 8:.1f},{y:.1f}h{body:g}{end} 1 0,{high:g}h-{body:g}{end} 1 0,-{high:g}z"
        return f"{right}m{body:g},{high:g}{end} 1 0,-{high:g}"
    turn = 14 if item.kind == "person" else 6
    across, down, arc = wide - 2 * turn, high - 2 * turn, f"a{turn},{turn} 0 0 1"
    tab = f"M{x + 6:.1f},{y:.1f}v-6h60l8,6" if item.store == "files" else ""
    upper = f"M{x:.1f},{y + turn:.1f}{arc} {turn},-{turn}h{across:g}{arc} {turn},{turn}v{down:g}"
    return f"{upper}{arc} -{turn},{turn}h-{across:g}{arc} -{turn},-{turn}z{tab}"


def _signs(plan: Plan, palette: Palette) -> Iterator[Sign]:
    """The signs that occur in the picture."""
    for kind, meaning in _KINDS.items():
        if any(item.kind == kind for item in plan.boxes.values()):
            yield swatch(meaning, _look(kind, palette))
    for dashed, meaning in ((False, "uses"), (True, "uses, without waiting for the answer")):
        if any(arrow.dashed is dashed for arrow in plan.arrows):
            yield 30, partial(_arrow_sign, dashed=dashed), meaning


def _arrow_sign(canvas: Canvas, x: float, y: float, *, dashed: bool) -> None:
    dash = "5 4" if dashed else ""
    canvas.draw("path", d=f"M{x:.1f},{y:.1f}h28", stroke=canvas.palette.muted, stroke_dasharray=dash)
    draw_tip(canvas, (x, y), (x + 30, y))
