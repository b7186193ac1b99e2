"""The design: one frozen value that every other room takes, and the way through its records by id."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, Literal, Protocol, TypeVar, get_args

from pydantic import Field, ValidationError

from backendkit.model.api import Api
from backendkit.model.architecture import Architecture
from backendkit.model.database import Database, Entity
from backendkit.model.development import Development
from backendkit.model.environment import Environment
from backendkit.model.error import DesignError, Path, Problem, UserError, spell
from backendkit.model.format import FORMAT, upgrade
from backendkit.model.mistakes import explain, patch, signs
from backendkit.model.platforms import Platforms
from backendkit.model.record import Part, Points, Record
from backendkit.model.requirements import Requirements
from backendkit.model.security import Security
from backendkit.model.shape import FieldShape, shapes

ChapterName = Literal[
    "requirements",
    "architecture",
    "database",
    "api",
    "environment",
    "development",
    "security",
    "testing",
    "optimization",
    "deployment",
    "maintenance",
    "platforms",
]
CHAPTERS: tuple[str, ...] = get_args(ChapterName)
R = TypeVar("R", bound=Record)
ENOUGH = 1000
"""So many wrong values are explained; who has more has another kind of file."""


@dataclass(frozen=True, slots=True)
class Located:
    """A record and where it stands: its path in the file and the address that people say (`copy.price`)."""

    path: Path
    address: str
    record: Record
    parent: Located | None = None

    @property
    def kind(self) -> str:
        """What it is: entity, attribute, requirement …"""
        return self.record.kind


@dataclass(frozen=True, slots=True)
class Reference:
    """One place in the design that names a record: the owner, the path of the value, the id, the kinds allowed.

    `key` says that the id is a key of the mapping at `path`, not a value.
    """

    owner: Located
    path: Path
    target: str
    points: Points
    key: bool = False


class Design(Part):
    """A backend, as far as it is decided. Everything may be missing; what is there has the right type."""

    format: int = FORMAT
    """Version of this file's vocabulary."""
    name: str = ""
    """What the system is called."""
    version: str = ""
    """Version of the design, as 1.2.0."""
    language: str = "en"
    """Language of the text in it (BCP 47), as en or de."""
    summary: str = Field("", json_schema_extra={"format": "prose"})
    """What the system is for, in one or two sentences."""
    authors: tuple[str, ...] = ()
    """Who designs it."""
    scope: tuple[ChapterName, ...] = ()
    """The chapters this design speaks of; empty means all."""
    requirements: Requirements = Requirements()
    architecture: Architecture = Architecture()
    database: Database = Database()
    api: Api = Api()
    environment: Environment = Environment()
    development: Development = Development()
    security: Security = Security()
    platforms: Platforms = Platforms()

    def __repr__(self) -> str:
        """One line, for the end of a cell."""
        counts = {
            "requirement": len(self.requirements.functional),
            "quality": len(self.requirements.quality),
            "entity": len(self.database.entities),
            "resource": len(self.api.resources),
        }
        plural = {"quality": "qualities", "entity": "entities"}
        told = [f"{n} {word if n == 1 else plural.get(word, f'{word}s')}" for word, n in counts.items() if n]
        what = " ".join(filter(None, (self.name, self.version))) or "A design without a name"
        return f"{what}: {', '.join(told) or 'no requirements, entities or resources yet'}"

    __str__ = __repr__

    @classmethod
    def load(cls, values: Any, *, raw: Callable[[Path], str | None] | None = None) -> Design:
        """Make a design from plain data as YAML or JSON give it.

        `raw` gives the text of a scalar as it was typed, so that `1.10` in a text field stays `1.10`.
        Raises DesignError with every value of the wrong type.

        >>> Design.load({"name": "Shop", "version": 2}).version
        '2'
        """
        if values is None:
            values = {}
        if not isinstance(values, dict):
            raise DesignError((Problem((), "a design is a mapping of name: value lines, this is not one."),))
        values = _without_nulls(upgrade(values))
        if wrong := tuple(signs(values)):
            raise DesignError(wrong[:ENOUGH])
        try:
            return cls._strict(values)
        except ValidationError as error:
            patched = patch(values, error.errors(include_url=False), raw)
        try:
            return cls._strict(patched)
        except ValidationError as error:
            errors = error.errors(include_url=False)[:ENOUGH]
            raise DesignError(tuple(explain(cls, errors))) from None

    @classmethod
    def _strict(cls, values: dict[str, Any]) -> Design:
        # Validated as JSON: strict Python mode refuses the lists that YAML gives where a tuple stands.
        return cls.model_validate_json(json.dumps(values), strict=True, by_alias=True, by_name=False)

    def values(self) -> dict[str, Any]:
        """Plain data again, in the words of the file; defaults left out."""
        data: dict[str, Any] = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return {"format": self.format, **data}

    def scoped(self, chapter: str) -> bool:
        """Whether this design speaks of a chapter."""
        return not self.scope or chapter in self.scope

    @cached_property
    def located(self) -> tuple[Located, ...]:
        """Every record with its path and address, in the order of the file."""
        return tuple(_locate(self, (), None, set()))

    def records(self, *kinds: str) -> Iterator[Located]:
        """Every record in the order of the file, or those of some kinds, kind by kind."""
        if not kinds:
            return iter(self.located)
        return chain.from_iterable(self._by_kind.get(kind, ()) for kind in kinds)

    def each(self, shape: type[R]) -> Iterator[tuple[Located, R]]:
        """Every record of one type with its place, as `each(Entity)`."""
        return ((at, at.record) for at in self._by_kind.get(shape.kind, ()) if isinstance(at.record, shape))

    @cached_property
    def _by_kind(self) -> dict[str, list[Located]]:
        found: dict[str, list[Located]] = {}
        for one in self.located:
            found.setdefault(one.kind, []).append(one)
        return found

    @cached_property
    def _by_address(self) -> dict[str, Located]:
        return {found.address: found for found in self.located} | {
            spell(found.path): found for found in self.located
        }

    def find(self, address: str) -> Located | None:
        """The record people mean by `copy`, `copy.price` or the path `database.entities[3]`; None when there is none."""
        return self._by_address.get(address)

    def entity(self, id: str) -> Entity | None:
        """The entity of that id, if any."""
        found = self.find(id)
        return found.record if found and isinstance(found.record, Entity) else None

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Every place that names a record by its id."""
        return tuple(
            found for owner in self.located for found in _references(owner, owner.record, owner.path)
        )

    def resolve(self, reference: Reference) -> Located | None:
        """The record a reference means; None when it dangles or is of another kind."""
        if reference.points.inside:
            names = [f"{scope}.{reference.target}" for scope in self.scopes(reference.owner)]
        else:
            names = [reference.target]
        for name in names:
            found = self.find(name)
            if found and found.kind in reference.points.kinds:
                return found
        return None

    def scopes(self, owner: Located) -> tuple[str, ...]:
        """Addresses whose children a record may name without a prefix: its own, its parents', its entity's."""
        names: list[str] = []
        at: Located | None = owner
        while at:
            names.append(at.address)
            entity = getattr(at.record, "entity", "") or getattr(at.record, "attribute", "")
            if isinstance(entity, str) and entity:
                names.append(entity if self.entity(entity) else entity.rpartition(".")[0])
            at = at.parent
        return tuple(names)


class HoldsDesign(Protocol):
    """What has a design in it, as an opened one."""

    @property
    def design(self) -> Design: ...


def as_design(given: Design | HoldsDesign) -> Design:
    """The design itself, where somebody may also give the opened one that holds it.

    >>> as_design(Design(name="Shop"))
    Shop: no requirements, entities or resources yet
    """
    found = given if isinstance(given, Design) else getattr(given, "design", None)
    if isinstance(found, Design):
        return found
    raise UserError(f"{given!r:.60} is no design: open it first, as design = open_design(folder).")


def _locate(part: Part, path: Path, parent: Located | None, seen: set[str]) -> Iterator[Located]:
    for shape in shapes(type(part)):
        value = getattr(part, shape.name)
        if shape.part is None or value is None:
            continue
        here = (*path, shape.alias)
        for at, item in (
            [((*here, i), item) for i, item in enumerate(value)] if shape.many else [(here, value)]
        ):
            if not isinstance(item, Record):
                yield from _locate(item, at, parent, seen)
                continue
            address = f"{parent.address}.{item.id}" if parent else item.id
            if not item.id or address in seen:
                address = spell(at)
            seen.add(address)
            found = Located(at, address, item, parent)
            yield found
            yield from _locate(item, at, found, seen)


def _references(owner: Located, part: Part, path: Path) -> Iterator[Reference]:
    for shape in shapes(type(part)):
        value = getattr(part, shape.name)
        here = (*path, shape.alias)
        if shape.points and value:
            yield from _pointed(owner, shape, shape.points, value, here)
        elif isinstance(value, Part) and not isinstance(value, Record):
            yield from _references(owner, value, here)


def _pointed(
    owner: Located, shape: FieldShape, points: Points, value: Any, here: Path
) -> Iterator[Reference]:
    if shape.mapping:
        yield from (Reference(owner, here, key, points, key=True) for key in value)
    elif shape.many:
        yield from (Reference(owner, (*here, i), item, points) for i, item in enumerate(value) if item)
    else:
        yield Reference(owner, here, value, points)


def _without_nulls(value: Any) -> Any:
    """An empty `name:` is a gap, the same as a missing one; list items keep their places."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
