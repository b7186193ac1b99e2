"""The parts of what callers reach, each with its checked names; pure values, made by builder.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backendkit.model import Design
from backendkit.model.api import Endpoint, Resource
from backendkit.model.database import Attribute, Entity
from backendkit.model.datatype import DataType
from backendkit.model.development import Move, StateMachine
from backendkit.model.naming import ascii_snake, distinct, snake

METHODS = dict(list="GET", get="GET", create="POST", replace="PUT", patch="PATCH", delete="DELETE")  # noqa: C408
HANDLED = ("request", "body", "query", "if_match")
"""What a handler needs under these names."""
FURTHER = "Further calls"
"""The group of the calls that do more than read and write rows."""


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a row: its name in JSON, in Python, its column and its type."""

    json: str
    name: str
    attribute: Attribute
    column: sa.Column[Any]
    type: DataType

    @property
    def about(self) -> str:
        """What it is for."""
        return self.attribute.about

    @property
    def optional(self) -> bool:
        """Whether it may be null."""
        return bool(self.column.nullable)

    @property
    def required(self) -> bool:
        """Whether a new row must bring it."""
        return not (self.attribute.optional or self.attribute.default or self.attribute.generated)


@dataclass(frozen=True, slots=True)
class Filter:
    """One parameter that narrows a list: `eq`, `ge` or `le` on a field."""

    json: str
    name: str
    field: Field
    test: str


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a life: `sql` is its guard, `asks` the name of a guard that is prose, which the team writes."""

    move: Move
    sql: str
    asks: str


@dataclass(frozen=True, slots=True)
class Life:
    """A state machine with its names: `name` is its variable, `field` the value that it moves."""

    machine: StateMachine
    name: str
    table: str
    field: Field
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Collection:
    """A resource with all its names: `label` is its class, `module` its file, `table` its variable."""

    resource: Resource
    entity: Entity
    label: str
    module: str
    table: str
    path: str
    operations: tuple[str, ...]
    fields: tuple[Field, ...]
    shown: tuple[Field, ...]
    keys: tuple[Field, ...]
    filters: tuple[Filter, ...]
    sorts: tuple[Field, ...]
    lives: tuple[Life, ...]

    @property
    def key_names(self) -> tuple[str, ...]:
        """The names of its keys in paths."""
        return distinct((ascii_snake(each.name) for each in self.keys), HANDLED)

    @property
    def key_pairs(self) -> tuple[tuple[str, Field], ...]:
        """The names of its keys in paths, with the keys."""
        return tuple(zip(self.key_names, self.keys, strict=True))

    def at(self, operation: str, *, whole: str = "") -> str:
        """The path of an operation; `whole` is put to a last key that is text, for there may be a slash in it."""
        item = [f"{{{name}}}" for name in self.key_names]
        if whole and self.keys and self.keys[-1].type.name in ("string", "text", "other"):
            item[-1] = f"{{{self.key_names[-1]}:{whole}}}"
        return "/".join([self.path, *(item if operation not in ("list", "create") else [])])

    def does(self, operation: str) -> str:
        """The name of an operation's handler, which is its operationId too."""
        return f"{operation}_{self.module if operation == 'list' else snake(self.label)}"

    @property
    def sort_pattern(self) -> str:
        """What the parameter `sort` may be, as `price,-title`; empty when nothing can be sorted by."""
        names = "|".join(field.json for field in self.sorts)
        return f"^-?({names})(,-?({names}))*$" if names else ""

    def takes(self, operation: str) -> list[tuple[Field, bool]]:
        """What a body may hold, and whether it must.

        A new row may also bring a read-only value that nobody else could give. Later the key may only be repeated.
        """
        fixed = {each.id for each in self.entity.attributes if each.generated} | {*self.resource.readonly}
        if operation == "create":
            free = [each for each in self.fields if each.required or each.attribute.id not in fixed]
            return [(each, each.required) for each in free]
        free = [each for each in self.fields if each in self.keys or each.attribute.id not in fixed]
        whole = operation == "replace"
        return [(each, whole and each.required and each not in self.keys) for each in free]


@dataclass(frozen=True, slots=True)
class Value:
    """One value that an endpoint takes."""

    json: str
    name: str
    place: str
    type: DataType
    optional: bool
    about: str


@dataclass(frozen=True, slots=True)
class Call:
    """An endpoint with all its names."""

    endpoint: Endpoint
    name: str
    method: str
    path: str
    values: tuple[Value, ...]
    returns: Collection | None
    body: str
    """The class of its body."""
    moves: tuple[str, ...]
    """The moves that it makes in the life of the row that it returns."""

    def taken(self, *places: str) -> tuple[Value, ...]:
        """What it takes in some places: path, query, header, body."""
        return tuple(value for value in self.values if value.place in places)

    @property
    def handed(self) -> tuple[Value, ...]:
        """What is handed on by name; a body is handed on whole."""
        return self.taken("path", "query", "header")

    @property
    def shown(self) -> str:
        """The class of its answer: a page where it reads without naming one row; empty when it is not a resource."""
        if not self.returns:
            return ""
        page = self.method == "GET" and not self.taken("path") and "list" in self.returns.operations
        return self.returns.label + ("List" if page else "")

    @property
    def statuses(self) -> tuple[int, ...]:
        """The errors of every call that takes something, and of one that moves a row."""
        found = (400, 422) if self.taken("body") else (422,) if self.values else ()
        return tuple(sorted({*found, *((404, 409) if self.moves else ())}))

    @property
    def errors(self) -> dict[int, str]:
        """The errors it names, by status."""
        return {
            int(code): about
            for code, about in sorted(self.endpoint.errors.items())
            if re.fullmatch(r"[45]\d\d", code, re.ASCII)
        }


@dataclass(frozen=True, slots=True)
class Surface:
    """Everything callers reach, the tables beneath it, and what was left out, in sentences."""

    design: Design
    base: str
    page: int
    most: int
    cursor: bool
    integers: int
    tables: dict[str, sa.Table]
    columns: dict[str, tuple[Field, ...]]
    lives: tuple[Life, ...]
    collections: tuple[Collection, ...]
    calls: tuple[Call, ...]
    gaps: tuple[str, ...]

    @property
    def tags(self) -> tuple[str, ...]:
        """The groups of its calls, in order; the further calls come last."""
        own = [each.resource.title for each in self.collections]
        return tuple(dict.fromkeys((*own, *([FURTHER] if self.calls else []))))

    @property
    def title(self) -> str:
        """What the service is called; without the signs that would be markup on its docs page."""
        return (self.design.name or "Service").replace("<", "‹").replace(">", "›")
