"""What references what, and how many of each: the ends of a relationship (Everest, 1976)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from backendkit.model.database import Attribute, Entity, Reference
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


def _target(design: Design, to: str) -> tuple[Located | None, str]:
    """Tell `copy` and `copy.number` apart: the entity, and the attribute when one is named."""
    entity, _, attribute = to.rpartition(".")
    for address, named in ((to, ""), (entity, attribute)):
        if design.entity(address):
            return design.find(address), named
    return None, ""


def _pick(entity: Entity, ids: Iterable[str]) -> tuple[Attribute, ...]:
    return tuple(one for id in ids if (one := entity.attribute(id.rpartition(".")[2])))
