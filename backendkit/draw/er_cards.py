"""Entity-relationship pictures: the planned cards and lines, drawn; crow's feet stand at the child's end."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from backendkit.draw.er import HEAD, PAD, STUB, Card, Line, Plan, Row
from backendkit.draw.graphviz import Layout, Point, TookTooLong, lay_out
from backendkit.draw.legend import Sign, draw_legend, swatch, word
from backendkit.draw.palette import Palette
from backendkit.draw.svg import Canvas, curve, placard
from backendkit.draw.text import Style, measure
from backendkit.model import Design

_DASHES = {"fill": "none", "stroke_dasharray": "4 3"}


def draw_er(design: Design, palette: Palette, focus: str | None = None) -> Canvas:
    """Draw the entities of a design, or the one in focus and its neighbours."""
    canvas, plan = Canvas(palette), Plan(design, focus)
    if not plan.cards:
        return placard(canvas, "No entities yet", "What your system remembers goes under database: entities.")
    try:
        layout = lay_out(plan.dot)
    except TookTooLong:
        plan = Plan(design, focus, overview=True)
        layout = lay_out(plan.dot)
    for cluster, (start, end) in layout.clusters.items():
        _draw_schema(canvas, plan.schemas[int(cluster.removeprefix("cluster_"))], start, end)
    for number, line in enumerate(plan.lines):
        address = f"{plan.cards[line.child].address}.{'-'.join(line.link.ids)}"
        ends = {"start": plan.cards[line.child].address, "end": plan.cards[line.parent].address}
        tip = f"{address} → {line.link.to}"
        with canvas.group("reference", address, tip, id=line.link.at.address, **ends):
            _draw_line(canvas, plan, layout, number, line)
    for node, card in plan.cards.items():
        x, y = layout.nodes[node]
        with canvas.group("entity", card.address, _tip(card), also="" if card.entity else "ghost"):
            _draw_card(canvas, card, (x - card.width / 2, y - card.height / 2), focused=card.address == focus)
    size = draw_legend(canvas, _signs(plan, palette), layout.size)
    return canvas.finish(size, f"Entities of {design.name or 'the design'}", _told(plan))


def _told(plan: Plan) -> str:
    names = [card.title for card in plan.cards.values() if card.entity]
    lines = (f"{plan.cards[line.child].title} → {plan.cards[line.parent].title}" for line in plan.lines)
    return f"{len(names)} entities: {', '.join(names)}. References: {'; '.join(lines) or 'none'}."[:4000]


def _tip(card: Card) -> str:
    entity = card.entity
    return (
        f"{entity.title} ({entity.table_name}). {entity.about}"
        if entity
        else f"{card.address}: not in this design"
    )


def _draw_schema(canvas: Canvas, name: str, start: Point, end: Point) -> None:
    with canvas.group("schema", name, name):
        size = {"width": end[0] - start[0], "height": end[1] - start[1], "rx": 8.0}
        canvas.draw("rect", x=start[0], y=start[1], stroke=canvas.palette.muted, **size, **_DASHES)
        canvas.text((start[0] + 10, start[1] + 15), name[:60], 10.5, canvas.palette.muted, "Bold")


def _draw_line(canvas: Canvas, plan: Plan, layout: Layout, number: int, line: Line) -> None:
    draw, link = partial(canvas.draw, "path", fill="none", stroke=canvas.palette.muted), line.link
    ends = (line.parent, False, link.optional), (line.child, not link.unique, True)
    if plan.overview:
        draw(d=curve(layout.routes[f"e{number}"]))
        return
    if line.child == line.parent:
        _draw_loop(canvas, plan, layout.nodes[line.child], line)
        return
    points = layout.routes[f"e{number}"]
    draw(d=curve(points))
    for (node, many, none), (x, y) in zip(ends, (points[0], points[-1]), strict=True):
        way = 1 if x > layout.nodes[node][0] else -1
        side = layout.nodes[node][0] + way * plan.cards[node].width / 2
        draw(d=f"M{x:.1f},{y:.1f}H{side:.1f}")
        _draw_foot(canvas, side, y, way, many=many, none=none)


def _draw_loop(canvas: Canvas, plan: Plan, middle: Point, line: Line) -> None:
    """A reference of an entity to itself runs along its left side, each a little further out."""
    card, link = plan.cards[line.child], line.link
    left, top = middle[0] - card.width / 2, middle[1] - card.height / 2
    child, parent = card.row(link.of), card.row(link.onto)
    low, high = top + card.middle(child), top + card.middle(0 if parent == child else parent)
    loops = [other for other in plan.lines if other.child == other.parent == line.child]
    out = STUB + 4 + 8 * loops.index(line)
    path = f"M{left:.1f},{high:.1f}h-{STUB}c-{out},0 -{out},{low - high:.1f} 0,{low - high:.1f}h{STUB}"
    canvas.draw("path", d=path, fill="none", stroke=canvas.palette.muted)
    _draw_foot(canvas, left, high, -1, many=False, none=link.optional)
    _draw_foot(canvas, left, low, -1, many=not link.unique, none=True)


def _draw_foot(canvas: Canvas, x: float, y: float, way: int, *, many: bool, none: bool) -> None:
    """Near the card how many at most, further out how many at least."""
    look = {"stroke": canvas.palette.muted, "stroke_width": "1.2"}
    toes = f"M{x:.1f},{y - 5:.1f}L{x + way * 10:.1f},{y:.1f}L{x:.1f},{y + 5:.1f}"
    one, two = (f"M{x + way * far:.1f},{y - 5:.1f}v10" for far in (6, 10))
    canvas.draw("path", d=toes if many else one if none else one + two, fill="none", **look)
    if none:
        canvas.draw("circle", cx=x + way * 13.5, cy=y, r=3.5, fill=canvas.palette.paper, **look)


def _draw_card(canvas: Canvas, card: Card, corner: Point, *, focused: bool) -> None:
    (x, y), colours, wide = corner, canvas.palette, card.width
    frame = {"x": x, "y": y, "width": wide, "height": card.height, "rx": 6.0}
    if card.entity is None:
        canvas.draw("rect", **frame, stroke=colours.muted, **_DASHES)
        canvas.text((x + 12, y + 21), card.title, 12.5, colours.muted, "Italic")
        return
    head = colours.accent if focused else colours.wash if card.entity.view else colours.accent_wash
    canvas.draw("rect", **frame, fill=colours.paper if card.rows else head, stroke=colours.line)
    if card.rows:
        arcs = f"M{x:.1f},{y + 6:.1f}a6,6 0 0 1 6,-6h{wide - 12:g}a6,6 0 0 1 6,6"
        canvas.draw("path", d=f"{arcs}v{HEAD + PAD - 6:g}h-{wide:g}z", fill=head, stroke=colours.line)
    canvas.text((x + 12, y + 21), card.title, 12.5, colours.paper if focused else colours.ink, "Bold")
    if card.entity.view:
        canvas.text((x + wide - 10, y + 20.5), "view", 10, colours.muted, "Italic", "end")
    for line, row in enumerate(card.rows, 1):
        _draw_row(canvas, card, row, x, y + card.middle(line) + 4)


def _draw_row(canvas: Canvas, card: Card, row: Row, x: float, y: float) -> None:
    colours, left = canvas.palette, x + 12
    if not row.id and not row.tip:
        canvas.text((left, y), row.name, 11, colours.muted, "Italic")
        return
    with canvas.group("attribute", f"{card.address}.{row.id}", row.tip):
        for tag in row.tags.split():
            canvas.text((left, y - 0.5), tag, 9, _tag_colour(colours, tag), "Bold")
            left += measure(tag + " ", 9, "Bold")
        style: Style = "Bold" if "PK" in row.tags else "Regular"
        canvas.text((x + 12 + card.tags, y), row.name, 12, colours.ink, style)
        canvas.text((x + card.width - 10, y), row.type, 11, colours.muted, anchor="end")


def _tag_colour(colours: Palette, tag: str) -> str:
    return {"PK": colours.accent, "FK": colours.second}.get(tag, colours.amber)


def _signs(plan: Plan, colours: Palette) -> Iterator[Sign]:
    """The signs that occur in the picture."""
    rows = [row for card in plan.cards.values() for row in card.rows]
    for tag, meaning in (("PK", "key"), ("FK", "points to another entity"), ("UQ", "no two alike")):
        if any(tag in row.tags for row in rows):
            yield word(tag, _tag_colour(colours, tag), meaning)
    if any(row.type.endswith(" ?") for row in rows):
        yield word("?", colours.muted, "may be missing")
    parents, children = {line.link.optional for line in plan.lines}, {line.link.unique for line in plan.lines}
    for many, none, meaning, occurs in (
        (False, False, "exactly one", False in parents),
        (False, True, "none or one", True in parents | children),
        (True, True, "none, one or many", False in children),
    ):
        if occurs and not plan.overview:
            yield 26, partial(_foot_sign, many=many, none=none), meaning
    if any(card.entity and card.entity.view for card in plan.cards.values()):
        yield swatch("view", {"fill": colours.wash, "stroke": colours.line})
    if any(card.entity is None for card in plan.cards.values()):
        yield swatch("named, but not in this design", {"stroke": colours.muted, **_DASHES})
    if plan.overview:
        hint = "Names only: too much for one page. Give focus to draw an entity and its neighbours."
        yield 0, lambda *_: None, hint


def _foot_sign(canvas: Canvas, x: float, y: float, *, many: bool, none: bool) -> None:
    canvas.draw("path", d=f"M{x:.1f},{y:.1f}h26", stroke=canvas.palette.muted)
    _draw_foot(canvas, x + 26, y, -1, many=many, none=none)
