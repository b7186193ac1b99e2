"""What references what, and how many of each: the ends of a relationship (Everest, 1976)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from backendkit.model.database import Attribute, Entity, Reference
from backendkit.model.datatype import DataType
from backendkit.model.design import Design, Located


class Link(NamedTuple):
    """A reference of an entity to another (or itself), by one attribute or by several that belong together.

    `at` is the attribute or reference that says so, `here` its entity, `of` the attributes it is made of. `to` is
    what the other entity is called, `there` where it stands; while nobody defines it, that is None and `goal` empty.
    """

    at: Located
    here: Located
    entity: Entity
    of: tuple[Attribute, ...]
    to: str
    there: Located | None
    goal: Entity
    onto: tuple[Attribute, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the attributes it is made of, as they are written, also those that are not there."""
        return self.at.record.of if isinstance(self.at.record, Reference) else (self.at.record.id,)

    @property
    def optional(self) -> bool:
        """Whether a row can do without."""
        return any(attribute.optional for attribute in self.of)

    @property
    def unique(self) -> bool:
        """Whether no two rows point to the same one."""
        return any(set(group) <= set(self.ids) for group in self.entity.unique_groups)


def links(design: Design) -> Iterator[Link]:
    """Every reference between entities, in the order of the file."""
    for at in design.located:
        it, here = at.record, at.parent
        if not (here and isinstance(here.record, Entity) and isinstance(it, Attribute | Reference) and it.to):
            continue
        there, named = _target(design, it.to)
        goal = there.record if there and isinstance(there.record, Entity) else Entity()
        match = it.match if isinstance(it, Reference) else tuple(filter(None, [named]))
        of = _pick(here.record, it.of) if isinstance(it, Reference) else (it,)
        to = there.address if there else it.to
        yield Link(at, here, here.record, of, to, there, goal, _pick(goal, match) if match else goal.keys)


def target(design: Design, to: str) -> tuple[Entity, Attribute] | None:
    """The attribute that `entity` (by its single key) or `entity.attribute` names; None when there is none."""
    found = design.find(to) if to else None
    if found and found.parent and isinstance(found.record, Attribute):
        return (found.parent.record, found.record) if isinstance(found.parent.record, Entity) else None
    if found and isinstance(found.record, Entity) and len(found.record.keys) == 1:
        return found.record, found.record.keys[0]
    return None


def value_type(design: Design, attribute: Attribute) -> DataType | None:
    """The type of its values: a reference has that of what it points to; None while nobody knows."""
    seen: set[int] = set()
    while attribute.datatype and attribute.datatype.name == "reference":
        found = target(design, attribute.to)
        if not found or id(attribute) in seen:
            return None
        seen.add(id(attribute))
        attribute = found[1]
    return attribute.datatype


def _target(design: Design, to: str) -> tuple[Located | None, str]:
    """Tell `copy` and `copy.number` apart: the entity, and the attribute when one is named."""
    entity, _, attribute = to.rpartition(".")
    for address, named in ((to, ""), (entity, attribute)):
        if design.entity(address):
            return design.find(address), named
    return None, ""


def _pick(entity: Entity, ids: Iterable[str]) -> tuple[Attribute, ...]:
    return tuple(one for id in ids if (one := entity.attribute(id.rpartition(".")[2])))
