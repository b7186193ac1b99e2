"""The lives of things as state machines: states, moves, what sets them off and what must hold (https://www.omg.org/spec/UML/)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from backendkit.draw.graphviz import DrawingError, Layout, Point, box, lay_out
from backendkit.draw.legend import Sign, draw_legend, swatch
from backendkit.draw.palette import Palette
from backendkit.draw.svg import Canvas, draw_arrow, placard
from backendkit.draw.text import measure, shorten, suggest, wrap
from backendkit.model import Design
from backendkit.model.database import Attribute
from backendkit.model.development import Move, StateMachine

_LOOK = "digraph { graph [rankdir=LR, nodesep=0.35, ranksep=0.6]; node [shape=plain]; edge [dir=none];"
_EMPTY = ("No life of a thing yet", "States and the moves between them go under development: states.")
_HIGH, _WIDEST, _SAID = 36.0, 170.0, 130.0
_KINDS = {"state": "state", "end": "no move leads on", "ghost": "not one of the values, or never reached"}


class State(NamedTuple):
    """One state of a machine: its node in the graph, its name as it is drawn, its kind."""

    node: str
    name: str
    title: str
    kind: str

    @property
    def width(self) -> float:
        """The name with air around it."""
        return max(80.0, measure(self.title, 13, "Bold") + 36)


class Life(NamedTuple):
    """A machine before it is laid out. `begin` is the node of the dot before its first state, empty without one."""

    number: int
    address: str
    machine: StateMachine
    states: dict[str, State]
    moves: list[tuple[str, Move, list[str]]]
    begin: str


def draw_states(design: Design, palette: Palette, focus: str | None) -> Canvas:
    """Draw the state machines of a design, or the one with the id `focus`."""
    found = [(at.address, machine) for at, machine in design.each(StateMachine)]
    chosen = [(at, machine) for at, machine in found if focus in (None, at)]
    if focus is not None and not chosen:
        known = [at for at, _ in found]
        raise DrawingError(f"There is no state machine {focus!r} to draw: {suggest(focus, known)}")
    canvas = Canvas(palette)
    lives = [_life(design, number, *each) for number, each in enumerate(chosen)]
    if not any(life.states for life in lives):
        return placard(canvas, *_EMPTY)
    layout = lay_out("\n".join([_LOOK, *(line for life in lives for line in _dot(life)), "}\n"]))
    for life in lives:
        with canvas.group("life", life.address, f"{life.machine.title}: {life.machine.attribute}"):
            if len(lives) > 1 and life.states:
                _draw_frame(canvas, life, *layout.clusters[f"cluster_{life.number}"])
            _draw_life(canvas, life, layout)
    size = draw_legend(canvas, _signs(lives, palette), layout.size)
    title = chosen[0][1].attribute if focus else design.name or "the system"
    return canvas.finish(size, f"States of {title}", _told(lives))


def _life(design: Design, number: int, address: str, machine: StateMachine) -> Life:
    found = design.find(machine.attribute)
    kind = found.record.datatype if found and isinstance(found.record, Attribute) else None
    values = kind.values if kind else ()
    whole = [move for move in machine.moves if move.from_ and move.to]
    reached = {machine.start, *(state for move in whole for state in (move.from_, move.to))}
    names = dict.fromkeys(filter(None, (*values, machine.start, *sorted(reached))))
    leaving = {move.from_ for move in whole}
    states = {}
    for place, name in enumerate(names):
        ghost = name not in reached or (values and name not in values)
        what = "ghost" if ghost else "state" if name in leaving else "end"
        states[name] = State(f"n{number}_{place}", name, shorten(name, _WIDEST, 13, "Bold"), what)
    moves = [(f"e{number}_{place}", move, _label(move)) for place, move in enumerate(whole)]
    return Life(number, address, machine, states, moves, f"b{number}" if machine.start else "")


def _label(move: Move) -> list[str]:
    """What sets it off, else its name; and its guard in brackets, as UML has it."""
    said = wrap(move.trigger or move.title, _SAID, 11)
    return [*said, *(wrap(f"[{move.guard}]", _SAID, 10) if move.guard else [])]


def _dot(life: Life) -> Iterator[str]:
    if not life.states:
        return
    head = f"label={box(200, 30)}; labelloc=t; labeljust=l; margin=16;"
    yield f"subgraph cluster_{life.number} {{ {head}"
    if life.begin:
        yield f"{life.begin} [label={box(16, 16)}];"
    for state in life.states.values():
        yield f"{state.node} [label={box(state.width, _HIGH)}];"
    yield "}"
    if life.begin:
        yield f"{life.begin} -> {life.states[life.machine.start].node} [id=s{life.number}];"
    for name, move, label in life.moves:
        wide = max(measure(line, 11) for line in label) + 12
        ends = f"{life.states[move.from_].node} -> {life.states[move.to].node}"
        yield f"{ends} [id={name}, label={box(wide, 14 * len(label) + 8)}];"


def _draw_frame(canvas: Canvas, life: Life, start: Point, end: Point) -> None:
    look = {"fill": "none", "stroke": canvas.palette.line}
    canvas.draw(
        "rect", x=start[0], y=start[1], width=end[0] - start[0], height=end[1] - start[1], rx=10.0, **look
    )
    title = shorten(f"{life.machine.title}: {life.machine.attribute}", end[0] - start[0] - 28, 13, "Bold")
    canvas.text((start[0] + 14, start[1] + 22), title, 13, canvas.palette.ink, "Bold")


def _draw_life(canvas: Canvas, life: Life, layout: Layout) -> None:
    colours = canvas.palette
    if life.begin:
        x, y = layout.nodes[life.begin]
        canvas.draw("circle", cx=x, cy=y, r=7, fill=colours.ink)
        draw_arrow(canvas, layout.routes[f"s{life.number}"], (), (x, y))
    for name, _, label in life.moves:
        draw_arrow(canvas, layout.routes[name], label, layout.labels[name])
    for state in life.states.values():
        _draw_state(canvas, state, layout.nodes[state.node])


def _draw_state(canvas: Canvas, state: State, middle: Point) -> None:
    wide, look = state.width, _look(state.kind, canvas.palette)
    x, y = middle[0] - wide / 2, middle[1] - _HIGH / 2
    canvas.draw("rect", x=x, y=y, width=wide, height=_HIGH, rx=17, stroke_width=1.2, **look)
    if state.kind == "end":
        inner = {"fill": "none", "stroke": look["stroke"]}
        canvas.draw("rect", x=x + 3, y=y + 3, width=wide - 6, height=_HIGH - 6, rx=14, **inner)
    ink = canvas.palette.muted if state.kind == "ghost" else canvas.palette.ink
    canvas.text((middle[0], middle[1] + 4.5), state.title, 13, ink, "Bold", "middle")


def _look(kind: str, colours: Palette) -> dict[str, str]:
    fill, stroke = {
        "ghost": (colours.paper, colours.muted),
        "end": (colours.second_wash, colours.second),
    }.get(kind, (colours.accent_wash, colours.accent))
    return {"fill": fill, "stroke": stroke, "stroke_dasharray": "5 4" if kind == "ghost" else ""}


def _signs(lives: list[Life], palette: Palette) -> Iterator[Sign]:
    """The signs that occur in the picture."""
    if any(life.begin for life in lives):
        yield 16, _dot_sign, "it begins here"
    for kind, meaning in _KINDS.items():
        if any(state.kind == kind for life in lives for state in life.states.values()):
            yield swatch(meaning, _look(kind, palette))
    if any(move.guard for life in lives for _, move, _ in life.moves):
        yield 46, _guard_sign, "only if this holds"


def _dot_sign(canvas: Canvas, x: float, y: float) -> None:
    canvas.draw("circle", cx=x + 7, cy=y, r=6, fill=canvas.palette.ink)


def _guard_sign(canvas: Canvas, x: float, y: float) -> None:
    canvas.text((x, y + 3.5), "[guard]", 10, canvas.palette.muted)


def _told(lives: list[Life]) -> str:
    """The same in words, for who cannot see it."""
    lines = []
    for life in lives:
        begins = f" begins as {life.machine.start}" if life.machine.start else ""
        moves = "; ".join(
            f"from {move.from_} to {move.to} when {move.trigger or move.title}"
            + (f" if {move.guard}" if move.guard else "")
            for _, move, _ in life.moves
        )
        lines.append(f"{life.machine.attribute}{begins}: {moves}.")
    return " ".join(lines)[:4000]
