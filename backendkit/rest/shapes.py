"""The parts of what callers reach, each with its checked names; pure values, made by builder.py."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from backendkit.model import Design
from backendkit.model.api import Endpoint, Resource
from backendkit.model.database import Attribute, Entity
from backendkit.model.datatype import DataType
from backendkit.model.development import Move, StateMachine
from backendkit.model.naming import ascii_snake, distinct, snake, unique

METHODS = {
    "list": "GET", "get": "GET", "create": "POST", "replace": "PUT", "patch": "PATCH", "delete": "DELETE",
    "bulk": "POST", "watch": "GET",
}  # fmt: skip
BEYOND = ("bulk", "watch")
"""Operations on a whole collection that stand behind a colon, as /books:bulk (https://google.aip.dev/136)."""
HANDLED = ("request", "body", "query", "if_match", "once")
"""What a handler needs under these names."""
FURTHER = "Further calls"
"""The group of the calls that do more than read and write rows."""
LOGIN = "Login"
"""The group of the calls that log in and out."""


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a row: its name in JSON, in Python, its column and its type."""

    json: str
    name: str
    attribute: Attribute
    column: sa.Column[Any]
    type: DataType
    sealed: str = ""
    """Empty when it is stored plainly; `sealed` when encrypted, `found` when so that equal values can be found."""
    withheld: bool = False
    """Whether no call shows or writes it."""

    @property
    def made(self) -> bool:
        """Whether the database makes it."""
        return self.attribute.generated or self.column.computed is not None

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
        return not (self.attribute.optional or self.attribute.default or self.made or self.withheld)


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
class Hop:
    """One reference on a way: values of one table that are those of another."""

    table: str
    here: tuple[Field, ...]
    to: str
    there: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """How a row leads to the user that it belongs to, and for which operations that counts; empty means all."""

    hops: tuple[Hop, ...]
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """So many within so many seconds."""

    count: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Access:
    """Who callers are and what they may do; `grants` names for each operation the roles, each with `any` or `own`."""

    user: str
    """The table whose rows are the users; empty when nobody can log in."""
    key: Field | None
    login: Field | None
    password: Field | None
    role: Field | None
    anyone: tuple[str, ...]
    users: tuple[str, ...]
    services: tuple[str, ...]
    grants: dict[str, dict[str, str]]
    ways: dict[str, tuple[Way, ...]]
    seconds: int
    """How long a token works."""
    stays: int
    """How long one stays logged in."""
    provider: str
    attempts: Limit

    @property
    def logs_in(self) -> bool:
        """Whether people log in here with a password."""
        return bool(self.login and self.password)

    def open_to_all(self, name: str) -> bool:
        """Whether an operation needs no login at all."""
        return any(self.grants.get(name, {}).get(role) == "any" for role in self.anyone)


@dataclass(frozen=True, slots=True)
class Expand:
    """A reference that a list can bring along: its name in JSON, the values here and there, the module it comes from."""

    json: str
    hop: Hop
    module: str
    label: str


@dataclass(frozen=True, slots=True)
class Stub:
    """A rule or a derived value in prose: a file that the team writes; `field` is the value that it gives."""

    name: str
    about: str
    says: str
    field: Field | None = None


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
    expands: tuple[Expand, ...] = ()
    stubs: tuple[Stub, ...] = ()
    hops: tuple[Hop, ...] = ()
    """The references of its table."""

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
        if operation in BEYOND:
            return f"{self.path}:{operation}"
        item = [f"{{{name}}}" for name in self.key_names]
        if whole and self.keys and self.keys[-1].type.name in ("string", "text", "other"):
            item[-1] = f"{{{self.key_names[-1]}:{whole}}}"
        return "/".join([self.path, *(item if operation not in ("list", "create") else [])])

    def does(self, operation: str) -> str:
        """The name of an operation's handler, which is its operationId too."""
        return f"{operation}_{self.module if operation in ('list', *BEYOND) else snake(self.label)}"

    @property
    def sort_pattern(self) -> str:
        """What the parameter `sort` may be, as `price,-title`; empty when nothing can be sorted by."""
        names = "|".join(field.json for field in self.sorts)
        return f"^-?({names})(,-?({names}))*$" if names else ""

    @property
    def expand_pattern(self) -> str:
        """What the parameter `expand` may be, as `book,seller`; empty when nothing can be brought along."""
        names = "|".join(each.json for each in self.expands)
        return f"^({names})(,({names}))*$" if names else ""

    @property
    def brought(self) -> str:
        """Under which name a row has what was brought along."""
        return unique("expanded", {field.json for field in self.shown})

    def takes(self, operation: str) -> list[tuple[Field, bool]]:
        """What a body may hold, and whether it must.

        A new row may also bring a read-only value that nobody else could give. Later the key may only be repeated.
        """
        fixed = {each.attribute.id for each in self.fields if each.made or each.withheld} | {
            *self.resource.readonly
        }
        if operation in ("create", "bulk"):
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
    row: Collection | None
    """The resource of which its path names a row."""
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
class Elsewhere:
    """A value that points to a row of another service."""

    field: Field
    to: str
    service: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A table of whose rows other services ask whether they are there, by its key."""

    table: str
    key: Field


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
    stubs: tuple[Stub, ...]
    collections: tuple[Collection, ...]
    calls: tuple[Call, ...]
    gaps: tuple[str, ...]
    access: Access | None
    """Who may call what; None while the design has no role, and everybody may everything."""
    body: int
    """The largest body in bytes."""
    rate: Limit | None
    origins: tuple[str, ...]
    service: str = ""
    """Which of several services it is; empty when there is one."""
    elsewhere: dict[str, tuple[Elsewhere, ...]] = field(default_factory=dict)
    """By table, the values that point to rows of other services."""
    asked: tuple[Asked, ...] = ()

    @property
    def others(self) -> tuple[str, ...]:
        """The services that it asks."""
        return tuple(dict.fromkeys(it.service for found in self.elsewhere.values() for it in found))

    @property
    def sealed(self) -> bool:
        """Whether anything is stored encrypted."""
        return any(field.sealed for fields in self.columns.values() for field in fields)

    @property
    def tags(self) -> tuple[str, ...]:
        """The groups of its calls, in order; the further calls come last."""
        own = [each.resource.title for each in self.collections]
        login = [LOGIN] if self.access and self.access.logs_in else []
        return tuple(dict.fromkeys((*own, *([FURTHER] if self.calls else []), *login)))

    @property
    def title(self) -> str:
        """What the service is called; without the signs that would be markup on its docs page."""
        return (self.design.name or "Service").replace("<", "‹").replace(">", "›")
