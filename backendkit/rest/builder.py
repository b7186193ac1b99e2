"""What callers of a design can reach: every path, field and parameter with its checked name (REST, OpenAPI 3.1).

https://spec.openapis.org/oas/v3.1.1.html
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, count

import sqlalchemy as sa
from pydantic import BaseModel

from backendkit import tables
from backendkit.model import Design
from backendkit.model.api import Endpoint, Parameter, Resource
from backendkit.model.database import Entity
from backendkit.model.datatype import DataType, parse_type
from backendkit.model.development import Move, StateMachine
from backendkit.model.expression import NotAnExpression, names, parse_expression, print_sql
from backendkit.model.naming import ascii_snake, distinct, pascal, snake, spelled, unique
from backendkit.rest.shapes import (
    HANDLED,
    METHODS,
    Call,
    Collection,
    Field,
    Filter,
    Life,
    Step,
    Surface,
    Value,
)

ORDERED = ("integer", "bigint", "decimal", "float", "date", "time", "datetime")
_SHAPELESS = ("json", "binary")
_OWN_PATHS = ("/", "/docs", "/redoc", "/openapi.json", "/static-offline-docs")
# Classes that generated modules need under these names.
_CLASSES = {
    "annotated", "answer", "biginteger", "bigintegertext", "boolean", "booleantext", "bytes", "date", "decimal",
    "exactly", "field", "float", "floattext", "input", "integer", "integertext", "json", "literal", "maxlen", "moment",
    "page", "problem", "time", "uuid",
}  # fmt: skip
# Names that would hide what pydantic, SQLAlchemy or a handler needs under the same name.
_IN_TABLES = {"metadata", "now", "date", "datetime", "time", "uuid4", *keyword.kwlist}
"""Names that the module of the tables has for itself."""
_IN_STATES = {"life", "move", "tables", "guards", "dataclass", "text", *keyword.kwlist}
_TAKEN = {
    *keyword.kwlist, *keyword.softkwlist, *dir(BaseModel), *dir(sa.sql.ColumnCollection),
    *HANDLED, "str",
}  # fmt: skip


def surface(design: Design, *, engine: str | None = None) -> Surface:
    """Give every part of a design's API its path and names. Nothing is refused: what cannot be served is a gap.

    >>> surface(Design.load({"api": {"resources": [{"id": "books", "entity": "book"}]}})).gaps
    ("Resource 'books' is left out: it shows no entity that has attributes.",)
    """
    kind = engine or ("postgresql" if design.database.engine == "postgresql" else "sqlite")
    meta = tables.metadata(design, engine=kind, drawn=True)
    found = [table for table in meta.tables.values() if table.columns and not _unfit(table)]
    names = distinct((snake(table.info["entity"].id) for table in found), _IN_TABLES)
    named = dict(zip(names, found, strict=True))
    made = _Surface(design, named, {name: _fields(design, table) for name, table in named.items()})
    made.gaps += filter(None, map(_unfit, meta.tables.values()))
    for machine in design.development.states:
        made.add_life(machine)
    for resource in design.api.resources:
        made.add_resource(resource)
    for endpoint in design.api.endpoints:
        made.add_endpoint(endpoint)
    paging = design.api.pagination
    most = (paging and paging.most) or max(100, (paging and paging.size) or 0)
    return Surface(
        design=design,
        base=made.base,
        page=min((paging and paging.size) or 50, most),
        most=most,
        cursor=bool(paging and paging.by == "cursor"),
        integers=2**53 - 1 if kind == design.database.engine == "sqlite" else 2**31 - 1,
        tables=named,
        columns=made.columns,
        lives=tuple(made.lives),
        collections=tuple(made.collections),
        calls=tuple(made.calls),
        gaps=(*meta.info["left_out"], *made.gaps),
    )


def _said(table: sa.Table, field: Field) -> str:
    """What a design calls a value of an entity."""
    return f"{table.info['entity'].id}.{field.attribute.id}"


def _unfit(table: sa.Table) -> str:
    """Why no database takes a table; empty when one does."""
    names = [table.name, table.schema or "", *table.columns.keys()]
    if any(len(name) > 200 for name in names) or table.name.lower().startswith("sqlite_"):
        return f"Entity '{table.info['entity'].id}' is left out: no database takes a name like '{max(names, key=len)[:40]}'."
    return ""


def _fields(design: Design, table: sa.Table) -> tuple[Field, ...]:
    columns = list(table.columns)
    attributes = [column.info["attribute"] for column in columns]
    jsons = distinct(spelled(attribute.id or attribute.column) for attribute in attributes)
    names = _python(jsons)
    types = [tables.value_type(design, attribute) or DataType("text") for attribute in attributes]
    return tuple(map(Field, jsons, names, attributes, columns, types))


def _path(text: str) -> str:
    """A path of plain segments and {parameters}; anything else in it becomes a hyphen."""
    segments = []
    for segment in filter(None, text.split("/")):
        if match := re.fullmatch(r"\{([^{}]*)\}", segment):
            segments.append(f"{{{ascii_snake(match[1])}}}")
        elif clean := re.sub(r"[^\w.~-]+", "-", segment).strip("-"):
            segments.append(clean[:100])
    return "".join(f"/{segment}" for segment in segments if segment not in (".", ".."))


@dataclass
class _Surface:
    """What was given a name so far."""

    design: Design
    tables: dict[str, sa.Table]
    columns: dict[str, tuple[Field, ...]]
    lives: list[Life] = field(default_factory=list)
    collections: list[Collection] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    guards: set[str] = field(default_factory=lambda: {*keyword.kwlist})
    classes: set[str] = field(default_factory=_CLASSES.copy)
    shapes: dict[str, str] = field(default_factory=dict)
    taken: set[tuple[str, str]] = field(default_factory=set)

    @property
    def base(self) -> str:
        base = _path(self.design.api.base)
        return "" if "{" in base else base

    def add_life(self, machine: StateMachine) -> None:
        """A state machine, when its attribute has a column that no other one moves."""
        found = ((name, each) for name, fields in self.columns.items() for each in fields)
        found = ((name, each) for name, each in found if _said(self.tables[name], each) == machine.attribute)
        table, moved = next(found, ("", None))
        if moved is None or not machine.start or any(each.field is moved for each in self.lives):
            return self.gaps.append(
                f"State machine '{machine.id}' is left out: it needs a start and an attribute that no other one moves."
            )
        whole = [move for move in machine.moves if move.from_ and move.to]
        if len(whole) < len(machine.moves):
            self.gaps.append(f"State machine '{machine.id}': moves without from or to are left out.")
        name = unique(snake(machine.id), {each.name for each in self.lives} | _IN_STATES)
        steps = tuple(self.step(move, table, machine) for move in whole)
        return self.lives.append(Life(machine, name, table, moved, steps))

    def step(self, move: Move, table: str, machine: StateMachine) -> Step:
        """A move with its guard: as SQL where the grammar carries it, else as a file of the team's."""
        if not move.guard:
            return Step(move, "", "")
        columns = {each.attribute.id: each.column.name for each in self.columns[table]}
        with suppress(NotAnExpression):
            guard = parse_expression(move.guard)
            if set(names(guard)) <= columns.keys():
                return Step(move, print_sql(guard, column=columns).replace(":", "\\:"), "")
        asks = unique(snake(f"{machine.id} {move.id}"), self.guards)
        self.guards.add(asks)
        return Step(move, "", asks)

    def add_resource(self, resource: Resource) -> None:
        entity = self.design.entity(resource.entity)
        table = next((name for name, each in self.tables.items() if each.info["entity"] is entity), None)
        if not entity or not table:
            return self.gaps.append(
                f"Resource '{resource.id}' is left out: it shows no entity that has attributes."
            )
        fields = self.columns[table]
        keys = tuple(each for each in fields if each.column.primary_key)
        filters, sorts, hidden, _ = (
            self.picked(resource, fields, what) for what in ("filter", "sort", "hide", "readonly")
        )
        made = Collection(
            resource=resource,
            entity=entity,
            label=self.label(entity, resource),
            module=unique(ascii_snake(resource.id), {each.module for each in self.collections}),
            table=table,
            path=self.path(resource),
            operations=self.operations(resource, entity, keys),
            fields=fields,
            shown=tuple(each for each in fields if each not in hidden),
            keys=keys,
            filters=_filters(filters),
            sorts=tuple(each for each in sorts if each.type.name not in _SHAPELESS),
            lives=tuple(each for each in self.lives if each.table == table),
        )
        for operation in made.operations:
            path = made.at(operation)
            self.taken.add((METHODS[operation], self.shapes.setdefault(_shape(path), path)))
        self.shapes.setdefault(made.path, made.path)
        self.collections.append(made)

    def path(self, resource: Resource) -> str:
        path = self.base + (_path(resource.route) or f"/{ascii_snake(resource.id)}")
        if "{" not in path and path not in (*_OWN_PATHS, *self.shapes):
            return path
        free = unique(path.replace("{", "").replace("}", ""), {*_OWN_PATHS, *self.shapes})
        self.gaps.append(
            f"Resource '{resource.id}': its path '{resource.route}' is not free; it stands at {free}."
        )
        return free

    def label(self, entity: Entity, resource: Resource) -> str:
        """The name of its class, in ASCII as OpenAPI wants it, one that keeps clear of the classes made from others."""
        plain, other = (id if id.isascii() else ascii_snake(id) for id in (entity.id, resource.id))
        for label in chain((pascal(plain), pascal(other)), _numbered(pascal(plain))):
            classes = {f"{label}{each}".casefold() for each in ("", *METHODS, "Query")}
            if not classes & self.classes:
                self.classes |= classes
                return label
        raise AssertionError

    def operations(self, resource: Resource, entity: Entity, keys: tuple[Field, ...]) -> tuple[str, ...]:
        wanted = tuple(dict.fromkeys(resource.operations)) or ("list", "get")
        if not resource.operations:
            self.gaps.append(f"Resource '{resource.id}' names no operations: list and get are offered.")
        allowed = {"list"} if entity.view else {"list", "create"}
        if keys and not any(each.type.name in _SHAPELESS for each in keys):
            allowed |= {"get"} if entity.view else set(METHODS)
        if lost := [each for each in wanted if each not in allowed]:
            why = "a view is only read" if entity.view else "its rows cannot be told apart by a key"
            self.gaps.append(f"Resource '{resource.id}': left out is {', '.join(lost)}, because {why}.")
        return tuple(each for each in wanted if each in allowed)

    def picked(self, resource: Resource, fields: tuple[Field, ...], what: str) -> list[Field]:
        """The fields a resource names under filter, sort, hide or readonly."""
        known = {each.attribute.id: each for each in fields}
        ids = list(dict.fromkeys(getattr(resource, what)))
        for id_ in ids:
            if id_ not in known:
                self.gaps.append(
                    f"Resource '{resource.id}': {what} names '{id_}', which its entity does not have."
                )
        return [known[id_] for id_ in ids if id_ in known]

    def add_endpoint(self, endpoint: Endpoint) -> None:
        if not endpoint.method or not endpoint.path:
            return self.gaps.append(f"Endpoint '{endpoint.id}' is left out: it has no method or no path.")
        path = self.base + _path(endpoint.path)
        path = self.shapes.setdefault(_shape(path), path)
        if (endpoint.method, path) in self.taken or path in _OWN_PATHS:
            return self.gaps.append(
                f"Endpoint '{endpoint.id}' is left out: {endpoint.method} {path} is there already."
            )
        self.taken.add((endpoint.method, path))
        handlers = {each.does(what) for each in self.collections for what in METHODS}
        taken = {
            "router",
            "logic",
            "schemas",
            "problems",
            *keyword.kwlist,
            *handlers,
            *(call.name for call in self.calls),
        }
        returns = next((each for each in self.collections if each.resource.id == endpoint.returns), None)
        values = _values(endpoint, re.findall(r"\{(\w+)\}", path))
        name = unique((ascii_snake if endpoint.id.isascii() else snake)(endpoint.id), taken)
        body = next(each for each in _numbered(pascal(f"{name} body")) if each.casefold() not in self.classes)
        self.classes.add(body.casefold())
        moves = self.moves(endpoint, returns, values)
        self.calls.append(Call(endpoint, name, endpoint.method, path, values, returns, body, moves))

    def moves(
        self, endpoint: Endpoint, returns: Collection | None, values: tuple[Value, ...]
    ) -> tuple[str, ...]:
        """The moves that an endpoint makes, when its path names the row that it returns."""
        if not returns or len([each for each in values if each.place == "path"]) != len(returns.keys or (0,)):
            return ()
        steps = (step for life in returns.lives for step in life.steps)
        return tuple(step.move.id for step in steps if step.move.by == endpoint.id)


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}{number}" for number in count(2))


def _shape(path: str) -> str:
    """The path without the names of its parameters: two paths of one shape are the same to a caller."""
    return re.sub(r"\{\w*\}", "{}", path)


def _python(names: Iterable[str]) -> tuple[str, ...]:
    """Names in small letters that hide nothing in a model, a table or a handler."""
    small = (name if name == name.lower() else snake(name) for name in names)
    return distinct((re.sub("^model_(?=dump|validate)", "model", name) for name in small), _TAKEN)


def _filters(fields: Iterable[Field]) -> tuple[Filter, ...]:
    plain = [each for each in fields if each.type.name not in _SHAPELESS]
    ranged = [each for each in plain if each.type.name in ORDERED and not each.attribute.to]
    found = [(each, "eq", each.json) for each in plain]
    for each in ranged:
        found += [(each, "ge", f"{each.json}_from"), (each, "le", f"{each.json}_to")]
    jsons = distinct((name for _, _, name in found), {"limit", "offset", "sort", "cursor"})
    names = _python(jsons)
    return tuple(Filter(json, name, *each[:2]) for json, name, each in zip(jsons, names, found, strict=True))


def _values(endpoint: Endpoint, in_path: list[str]) -> tuple[Value, ...]:
    """What an endpoint takes: first what its path names, then the rest where it belongs."""
    known = {ascii_snake(each.id): each for each in endpoint.takes if each.place in ("", "path")}
    found = [(known.get(name, Parameter(id=name)), "path", name) for name in in_path]
    bodiless = endpoint.method in ("GET", "DELETE")
    for each in endpoint.takes:
        if known.get(ascii_snake(each.id)) is each and ascii_snake(each.id) in in_path:
            continue
        place = each.place if each.place in ("query", "header") else "query" if bodiless else "body"
        found.append((each, place, spelled(each.id) if place != "header" else ascii_snake(each.id)))
    names = _python(name for _, _, name in found)
    jsons = distinct(f"{place} {name}" for _, place, name in found)
    return tuple(
        Value(json.split()[1], name, place, _type(each.type), each.optional and place != "path", each.about)
        for json, name, (each, place, _) in zip(jsons, names, found, strict=True)
    )


def _type(text: str) -> DataType:
    try:
        word = parse_type(text)
    except ValueError:
        return DataType("text")
    return DataType("text") if word.name == "reference" else word
