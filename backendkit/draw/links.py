"""What references what, and how many of each: the ends of crow's foot lines (Everest, 1976)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backendkit.model.database import Attribute, Entity


class Link(NamedTuple):
    """One reference, composite ones too: from the place of the child among the entities to that of the parent.

    `parent` is None when nobody defines the `target`; `match` is the (first) attribute on its side.
    `optional`: a child may have no parent. `unique`: a parent has one child at most.
    """

    child: int
    parent: int | None
    target: str
    of: tuple[str, ...]
    match: str
    optional: bool
    unique: bool


def links(entities: Sequence[Entity]) -> list[Link]:
    """Read every reference of these entities, in their order."""
    places = {entity.id: place for place, entity in reversed(list(enumerate(entities)))}
    found = []
    for child, entity in enumerate(entities):
        optional = {attribute.id for attribute in entity.attributes if attribute.optional}
        groups = list(_unique_groups(entity))
        for of, target, match in _ends(entity, places):
            parent = places.get(target)
            keys = entities[parent].keys if parent is not None else ()
            unique = any(group <= set(of) for group in groups)
            match = match or (keys[0].id if keys else "")
            found.append(Link(child, parent, target, of, match, bool(optional & set(of)), unique))
    return found


def _ends(entity: Entity, places: dict[str, int]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    for attribute in entity.attributes:
        if attribute.to:
            yield ((attribute.id,), *_target(attribute, places))
    for reference in entity.references:
        if reference.to:
            yield (
                reference.of or ("",),
                reference.to,
                reference.match[0].rpartition(".")[2] if reference.match else "",
            )


def _target(attribute: Attribute, places: dict[str, int]) -> tuple[str, str]:
    """Tell `copy` and `copy.number` apart: the entity, and the attribute when one is named."""
    entity, _, other = attribute.to.rpartition(".")
    return (entity, other) if attribute.to not in places and entity in places else (attribute.to, "")


def _unique_groups(entity: Entity) -> Iterator[set[str]]:
    """Groups of attributes that no two rows share."""
    groups = [{attribute.id} for attribute in entity.attributes if attribute.unique]
    groups += [{attribute.id for attribute in entity.keys}, *(set(unique.of) for unique in entity.uniques)]
    groups += [set(index.of) for index in entity.indexes if index.unique]
    yield from filter(None, groups)
