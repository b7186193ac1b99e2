"""C4 pictures: who and what is shown, who talks to whom, and the Graphviz text (https://c4model.com/diagrams)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from backendkit.draw.graphviz import DrawingError, box
from backendkit.draw.icons import icon
from backendkit.draw.text import clean, measure, shorten, suggest, wrap
from backendkit.model import Design, Record
from backendkit.model.architecture import Element, Relation
from backendkit.model.requirements import Integration

WIDE = 204.0
_SELF = "the system itself"
_LOOK = "digraph { graph [rankdir=LR, nodesep=0.4, ranksep=1.2, compound=true]; node [shape=plain]; edge [dir=none];"


class Box(NamedTuple):
    """A person, a system, a container or the ghost of something only named; or a frame around some of them."""

    kind: str
    title: str
    note: str
    about: list[str]
    tip: str
    store: str
    icon: str
    frame: str

    @property
    def height(self) -> float:
        """Two lines, the description, and the room its shape takes."""
        return 56 + 15 * len(self.about) + (14 if self.store in ("database", "cache") else 0)


class Arrow(NamedTuple):
    """A relation between two boxes, or several that look the same from this distance."""

    address: str
    tail: str
    head: str
    label: list[str]
    dashed: bool
    tip: str


class Plan:
    """A C4 picture before it is laid out; boxes and frames by address. Near, containers are shown; else systems."""

    def __init__(self, design: Design, what: str, focus: str | None = None) -> None:
        self.design, self.near = design, what == "container"
        self.boxes: dict[str, Box] = {}
        self.frames: dict[str, Box] = {}
        found = list(design.records("stakeholder", "integration", "element"))
        self._addresses = {id(item.record): item.address for item in found}
        self._ids: dict[str, Record] = {
            item.record.id: item.record for item in reversed(found) if item.record.id
        }
        for element in filter(self._shown, design.architecture.elements):
            self.boxes[self._addresses[id(element)]] = _element(element, self._frame(element))
        for key in sorted({item.frame for item in self.boxes.values()} & self.boxes.keys()):
            self.frames[key] = self.boxes.pop(key)
        self.arrows = list(self._arrows())
        if not self.near:
            self._merge()
        if focus is not None:
            self._narrow(focus)

    def _parts(self, element: Element) -> list[Element]:
        """The element and what it is part of, innermost first; a circle ends where it began."""
        parts, above = [element], self._ids.get(element.in_)
        while isinstance(above, Element) and above not in parts:
            parts.append(above)
            above = self._ids.get(above.in_)
        return parts

    def _shown(self, element: Element) -> bool:
        if not self.near or level(element) in ("person", "system"):
            return level(element) in ("person", "system")
        return level(element) == "container" or all(level(p) != "container" for p in self._parts(element))

    def _frame(self, element: Element) -> str:
        """The system it runs in: one that is there, one that is only named, or none."""
        if level(element) in ("person", "system"):
            return ""
        parts = self._parts(element)
        for part in parts:
            if level(part) == "system":
                return self._addresses[id(part)]
        named = parts[-1].in_ if parts[-1].in_ not in self._ids else ""
        if named:
            self.frames.setdefault(named, _ghost(named))
        return named

    def _end(self, target: str) -> str:
        """What stands in the picture for the record of an id: itself, what it is part of, or a ghost."""
        record = self._ids.get(target)
        if isinstance(record, Element):
            shown = next(filter(self._shown, self._parts(record)), None)
            return self._addresses[id(shown)] if shown else self._main()
        key = target if record is None else self._addresses[id(record)]
        if key not in self.frames:
            self.boxes.setdefault(key, _ghost(target) if record is None else _outsider(record))
        return key

    def _main(self) -> str:
        """The system in question, drawn even while nobody has written it down."""
        for element in self.design.architecture.elements:
            if level(element) == "system" and not element.external:
                return self._addresses[id(element)]
        name = self.design.name or "The system"
        self.boxes.setdefault(_SELF, _box("system", name, self.design.summary, "System"))
        return _SELF

    def _arrows(self) -> Iterator[Arrow]:
        said: set[str] = set()
        for at, relation in self.design.each(Relation):
            tail, head = self._end(relation.from_), self._end(relation.to)
            said |= {tail, head}
            frames = {self.boxes[end].frame for end in (tail, head) if end in self.boxes}
            if not frames & {tail, head} and (tail != head or relation.from_ == relation.to):
                tip = f"{relation.does} {relation.over} {relation.failure}"
                label = _label(relation.does, relation.over)
                yield Arrow(at.address, tail, head, label, relation.async_, tip)
        for integration in self.design.requirements.integrations:
            theirs = self._end(integration.id)
            if theirs not in said:
                ends = (theirs, self._main()) if integration.direction == "in" else (self._main(), theirs)
                label = _label(integration.data, integration.protocol)
                yield Arrow(integration.id, *ends, label, False, integration.failure)

    def _merge(self) -> None:
        """From afar, several relations between two systems are one line that says them all."""
        merged: dict[tuple[str, str, bool], Arrow] = {}
        for arrow in self.arrows:
            first = merged.setdefault((arrow.tail, arrow.head, arrow.dashed), arrow)
            first.label.extend(
                line for line in arrow.label if line not in first.label and len(first.label) < 6
            )
        self.arrows = list(merged.values())

    def _narrow(self, focus: str) -> None:
        """Keep one box, or the boxes of one frame, and their neighbours."""
        known = self.boxes | self.frames
        if focus not in known and focus not in self._ids:
            raise DrawingError(f"There is no element {focus!r} to draw: {suggest(focus, known)}")
        centre = focus if focus in known else self._end(focus)
        kept = {centre} | {key for key, item in self.boxes.items() if item.frame == centre}
        self.arrows = [arrow for arrow in self.arrows if kept & {arrow.tail, arrow.head}]
        kept |= {end for arrow in self.arrows for end in (arrow.tail, arrow.head)}
        self.boxes = {key: item for key, item in self.boxes.items() if kept & {key, item.frame}}
        self.frames = {
            key: item
            for key, item in self.frames.items()
            if any(inner.frame == key for inner in self.boxes.values())
        }

    @property
    def dot(self) -> str:
        """The Graphviz text: sizes only, never a name."""
        return "\n".join([_LOOK, *self._nodes(), *map(self._edge, range(len(self.arrows))), "}\n"])

    def _nodes(self) -> Iterator[str]:
        boxes = list(self.boxes.values())
        for number, frame in enumerate(["", *self.frames]):
            nodes = [f"n{i} [label={box(WIDE, b.height)}];" for i, b in enumerate(boxes) if b.frame == frame]
            head = f"subgraph cluster_{number} {{ label={box(WIDE, 34)}; labelloc=b; labeljust=l; margin=20;"
            yield from [head, *nodes, "}"] if frame else nodes

    def _edge(self, number: int) -> str:
        """A line to a frame ends at its border: Graphviz wants a node inside and the name of the cluster."""
        arrow, keys, frames = self.arrows[number], list(self.boxes), list(self.frames)
        values, nodes = [f"id=e{number}"], []
        for key, side in ((arrow.tail, "ltail"), (arrow.head, "lhead")):
            if key in frames:
                values.append(f"{side}=cluster_{frames.index(key) + 1}")
                key = next(inner for inner, item in self.boxes.items() if item.frame == key)
            nodes.append(f"n{keys.index(key)}")
        if arrow.label:
            wide = max(measure(line, 11) for line in arrow.label) + 12
            values.append(f"label={box(wide, 14 * len(arrow.label) + 10)}")
        return f"{' -> '.join(nodes)} [{', '.join(values)}];"


def level(element: Element) -> str:
    """Its C4 level; while nobody says, a part of something is a container and anything else a system."""
    return element.level or ("container" if element.in_ else "system")


def _box(
    kind: str, title: str, about: str, word: str, technology: str = "", store: str = "", frame: str = ""
) -> Box:
    sign = icon(technology)
    wide = WIDE - (68 if sign or kind == "person" else 28)
    note = shorten(f"{word}: {technology}" if clean(technology) else word, wide, 10.5)
    lines = wrap(about, WIDE - 28, 11)
    name = shorten(title, wide, 13.5, "Bold") or "unnamed"
    return Box(kind, name, f"[{note}]", lines, f"{title}: {about}", store, sign, frame)


def _element(element: Element, frame: str) -> Box:
    kind = level(element)
    word = "External system" if element.external and kind == "system" else kind.capitalize()
    drawn = "external" if element.external else "container" if kind == "component" else kind
    return _box(drawn, element.title, element.about, word, element.technology, element.store, frame)


def _outsider(record: Record) -> Box:
    if isinstance(record, Integration):
        about = record.data or record.about
        return _box("external", record.title, about, "External system", record.protocol)
    return _box("person", record.title, getattr(record, "role", "") or record.about, "Person")


def _ghost(name: str) -> Box:
    return _box("ghost", name or "not said yet", "", "not in this design")


def _label(does: str, over: str) -> list[str]:
    return [*wrap(does, 116, 11), *([f"[{shorten(over, 116, 10)}]"] if clean(over) else [])]
