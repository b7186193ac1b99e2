"""What references what in a design: chains are followed, circles end, gaps are given as gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backendkit.model import Design
from backendkit.model.database import Attribute, Entity, Reference
from backendkit.model.link import target


@dataclass(frozen=True, slots=True)
class Link:
    """A reference of an entity to another, by one attribute or several."""

    of: tuple[Attribute, ...]
    entity: Entity
    to: tuple[Attribute, ...]
    record: Attribute | Reference


def links(design: Design, entity: Entity) -> Iterator[Link | Attribute | Reference]:
    """Every reference of an entity; one that points nowhere comes as the bare record."""
    for attribute in entity.attributes:
        if attribute.to:
            found = target(design, attribute.to)
            yield Link((attribute,), found[0], (found[1],), attribute) if found else attribute
    for record in entity.references:
        yield _linked(design, entity, record) or record


def _linked(design: Design, entity: Entity, record: Reference) -> Link | None:
    other = design.entity(record.to)
    if not other:
        return None
    of = tuple(filter(None, map(entity.attribute, record.of)))
    to = (
        tuple(filter(None, (other.attribute(name.rpartition(".")[2]) for name in record.match))) or other.keys
    )
    whole = len(of) == len(record.of) == len(to) and len(record.match) in (0, len(to)) and of
    return Link(of, other, to, record) if whole else None
