"""Entity-relationship pictures: what stands on the cards, which lines run between them, and the Graphviz text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backendkit.draw.graphviz import DrawingError, box
from backendkit.draw.text import measure, shorten, suggest
from backendkit.model import Design, Located
from backendkit.model.database import Attribute, Entity
from backendkit.model.link import Link, links

HEAD, ROW, STUB, PAD = 30.0, 21.0, 20.0, 2.0
MOST_ROWS, MOST_CARDS, MOST_LINES = 40, 100, 250
_SHAPES = "node [shape=plain]; edge [dir=none];"
_NEAR = f"digraph {{ graph [rankdir=LR, nodesep=0.35, ranksep=0.6]; {_SHAPES}"
_FAR = f'graph {{ graph [maxiter=100, K=2, overlap=vpsc, sep="+9", splines=line]; {_SHAPES}'


class Row(NamedTuple):
    """A line of a card: PK, FK or UQ; a name and a type short enough; all of it as a tip."""

    id: str
    tags: str
    name: str
    type: str
    tip: str


class Card(NamedTuple):
    """An entity as it is drawn; the ghost of one that is only referenced has no `entity`."""

    address: str
    title: str
    entity: Entity | None
    rows: list[Row]
    stub: float
    tags: float
    width: float

    @property
    def schema(self) -> str:
        """The schema it stands in."""
        return self.entity.schema_ if self.entity else ""

    @property
    def height(self) -> float:
        """The head and all lines."""
        return HEAD + ROW * len(self.rows) + 2 * PAD

    def row(self, attributes: Sequence[Attribute]) -> int:
        """The place of the first attribute's line; 0, the head, when it is not shown."""
        ids = [attribute.id for attribute in attributes[:1]]
        return next((place for place, row in enumerate(self.rows, 1) if row.id in ids), 0)

    def middle(self, row: int) -> float:
        """How far below the top the middle of a line is."""
        return PAD + (HEAD + (row - 0.5) * ROW if row else HEAD / 2)


class Line(NamedTuple):
    """A reference between two cards."""

    child: str
    parent: str
    link: Link


class Plan:
    """An ER picture before it is laid out: all entities, or one and its neighbours; of very many only the names."""

    def __init__(self, design: Design, focus: str | None = None, *, overview: bool = False) -> None:
        found = list(design.each(Entity))
        every = list(links(design))
        known = [at.address for at, _ in found]
        shown = set(known) if focus is None else _around(known, every, focus)
        kept = [
            link
            for link in every
            if (link.to in shown if link.there else focus in (None, link.here.address))
            and link.here.address in shown
        ]
        self.overview = overview or len(shown) > MOST_CARDS or len(kept) > MOST_LINES
        self.cards = {
            f"n{place}": self._card(at, entity, [link for link in every if link.here is at])
            for place, (at, entity) in enumerate(found)
            if at.address in shown
        }
        ghosts = dict.fromkeys(link.to for link in kept if not link.there)
        self.cards |= {f"g{place}": _ghost(name) for place, name in enumerate(ghosts)}
        nodes = {card.address: node for node, card in self.cards.items()}
        self.lines = [Line(nodes[link.here.address], nodes[link.to], link) for link in kept]
        self.schemas = list(dict.fromkeys(card.schema for card in self.cards.values()))

    def _card(self, at: Located, entity: Entity, own: list[Link]) -> Card:
        title = shorten(entity.title, 260, 12.5, "Bold") or "unnamed"
        rows = [] if self.overview else list(_rows(at.address, entity, own))
        tags = max((measure(row.tags, 9, "Bold") + 8 for row in rows if row.tags), default=0)
        widths = [tags + measure(row.name, 12, "Bold") + measure(row.type, 11) + 36 for row in rows]
        widths += [measure(title, 12.5, "Bold") + (54 if entity.view else 24), 60 if self.overview else 120]
        loops = sum(link.there is at for link in own)
        stub = 0 if self.overview else STUB + (12 + 8 * loops if loops else 0)
        return Card(at.address, title, entity, rows, stub, tags, round(max(widths)))

    @property
    def dot(self) -> str:
        """The Graphviz text: sizes only, never a name."""
        return "\n".join([_FAR if self.overview else _NEAR, *self._nodes(), *self._edges(), "}\n"])

    def _nodes(self) -> Iterator[str]:
        """Write the nodes, each schema in a cluster of its own when there are several."""
        related = {node for child, parent, _ in self.lines if child != parent for node in (child, parent)}
        for number, schema in enumerate(self.schemas):
            nodes = [
                f"{node} [label={box(card.width + 2 * card.stub, HEAD, *(ROW for _ in card.rows), pad=PAD)}];"
                for node, card in self.cards.items()
                if card.schema == schema
            ]
            alone = [
                node for node, card in self.cards.items() if card.schema == schema and node not in related
            ]
            for row in range(0, 0 if self.overview else len(alone), 5):  # rows of five, not one tall column
                nodes.append(f"{' -> '.join(alone[row : row + 5])} [style=invis];")
            framed = schema and len(self.schemas) > 1
            yield from [f"subgraph cluster_{number} {{ margin=24;", *nodes, "}"] if framed else nodes

    def _edges(self) -> Iterator[str]:
        """Write the edges from parent to child, so that parents stand on the left."""
        for number, (child, parent, link) in enumerate(self.lines):
            if self.overview:
                yield f"{parent} -- {child} [id=e{number}];"
            elif child != parent:
                tail, head = self.cards[parent].row(link.onto), self.cards[child].row(link.of)
                yield f"{parent}:r{tail}:_ -> {child}:r{head}:_ [id=e{number}];"


def _ghost(name: str) -> Card:
    title = shorten(name, 260, 12.5, "Italic") or "unnamed"
    return Card(name, title, None, [], STUB, 0, round(max(measure(title, 12.5, "Italic") + 24, 100)))


def _around(known: list[str], every: list[Link], focus: str) -> set[str]:
    """The addresses of an entity and its neighbours."""
    if focus not in known:
        raise DrawingError(f"There is no entity {focus!r} to draw: {suggest(focus, known)}")
    ends = [{link.here.address, link.to} for link in every if link.there]
    return {focus}.union(*(pair for pair in ends if focus in pair))


def _rows(address: str, entity: Entity, own: list[Link]) -> Iterator[Row]:
    referring = {id: f"→ {link.to}" for link in own for id in link.ids}
    for attribute in entity.attributes[:MOST_ROWS]:
        yield _row(address, attribute, referring.get(attribute.id, ""))
    more = len(entity.attributes) - MOST_ROWS
    if more > 0 or not entity.attributes:
        yield Row("", "", f"and {more} more" if more > 0 else "no attributes yet", "", "")


def _row(address: str, attribute: Attribute, referring: str) -> Row:
    marks = (("PK", attribute.key), ("FK", referring), ("UQ", attribute.unique))
    type = referring if referring and attribute.type in ("", "reference") else attribute.type
    name = shorten(attribute.title, 180, 12, "Bold" if attribute.key else "Regular") or "unnamed"
    tip = f"{address}.{attribute.id}: {attribute.type or 'no type yet'} {referring} {attribute.about}"
    tags = " ".join(mark for mark, holds in marks if holds)
    return Row(attribute.id, tags, name, shorten(type, 116, 11) + (" ?" if attribute.optional else ""), tip)
