"""What callers of a design can reach: every path, field and parameter with its checked name (REST, OpenAPI 3.1).

https://spec.openapis.org/oas/v3.1.1.html
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain

import sqlalchemy as sa

from backendkit import tables
from backendkit.model import Design
from backendkit.model.api import Endpoint, Resource
from backendkit.model.database import Entity
from backendkit.model.datatype import DataType
from backendkit.model.development import Development, Move, StateMachine
from backendkit.model.expression import NotAnExpression, is_expression, names, parse_expression, print_sql
from backendkit.model.naming import ascii_snake, distinct, pascal, snake, spelled, unique
from backendkit.rest.access import Doors, body_limit, enforced, guarded, rate_limit, sealed, unowned, withheld
from backendkit.rest.names import (
    SHAPELESS,
    clean_path,
    filters_of,
    numbered,
    python_names,
    shape_of,
    values_of,
)
from backendkit.rest.services import left_to_you
from backendkit.rest.shapes import (
    METHODS,
    Call,
    Collection,
    Expand,
    Field,
    Hop,
    Life,
    Step,
    Stub,
    Surface,
    Value,
)

_OWN_PATHS = ("/", "/docs", "/redoc", "/openapi.json", "/static-offline-docs")
# Classes that generated modules need under these names.
_CLASSES = {
    "annotated", "answer", "biginteger", "bigintegertext", "boolean", "booleantext", "bytes", "date", "decimal",
    "exactly", "field", "float", "floattext", "input", "integer", "integertext", "json", "literal", "maxlen", "moment",
    "page", "problem", "time", "uuid",
}  # fmt: skip
_IN_MODELS = {
    "Any", "Base", "BigInteger", "CheckConstraint", "Clock", "Computed", "Day", "Decimal", "DeclarativeBase", "Double",
    "Exact", "Flag", "ForeignKey", "ForeignKeyConstraint", "Identity", "IdempotencyKey", "Index", "Integer", "JSON", "Key",
    "LargeBinary", "Mapped", "Moment", "Sealed", "Session", "String", "Table", "Text", "UUID", "UniqueConstraint",
    *keyword.kwlist,
}  # fmt: skip
"""Names that the module of the tables has for itself."""
_IN_STATES = {"life", "move", "guards", "dataclass", "text", *keyword.kwlist}


def surface(design: Design, *, engine: str | None = None) -> Surface:
    """Give every part of a design's API its path and names. Nothing is refused: what cannot be served is a gap.

    >>> surface(Design.load({"api": {"resources": [{"id": "books", "entity": "book"}]}})).gaps
    ("Resource 'books' is left out: it shows no entity that has attributes.",)
    """
    kind = engine or ("postgresql" if design.database.engine == "postgresql" else "sqlite")
    meta = tables.metadata(design, engine=kind, drawn=True)
    found = [table for table in meta.tables.values() if table.columns and not _unfit(table)]
    names = distinct((pascal(table.info["entity"].id) for table in found), _IN_MODELS)
    named = dict(zip(names, found, strict=True))
    made = _Surface(design, named, {name: _fields(design, table) for name, table in named.items()})
    made.gaps += filter(None, map(_unfit, meta.tables.values()))
    for machine in design.development.states:
        made.add_life(machine)
    if enforced(design):
        made.taken |= {("POST", f"{made.base}/token"), ("POST", f"{made.base}/token/revoke")}
    made.add_stubs()
    for resource in design.api.resources:
        made.add_resource(resource)
    made.add_expands()
    for endpoint in design.api.endpoints:
        made.add_endpoint(endpoint)
    access = Doors(design, made.columns, named, made.gaps).found(made.collections, made.calls)
    made.gaps += unowned(access, made.collections) if access else ()
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
        stubs=tuple(stub for stubs in made.stubs.values() for stub in stubs),
        collections=tuple(made.collections),
        calls=tuple(made.calls),
        gaps=(*meta.info["left_out"], *made.gaps, *left_to_you(design)),
        access=access,
        body=body_limit(design),
        rate=rate_limit(design),
        origins=design.security.origins if design.scoped("security") else (),
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
    names = python_names(jsons)
    types = [tables.value_type(design, attribute) or DataType("text") for attribute in attributes]
    said = [f"{table.info['entity'].id}.{attribute.id}" for attribute in attributes]
    for name, column in zip(names, columns, strict=True):
        column.info["named"] = name
    seals = [sealed(design, *each) for each in zip(attributes, said, strict=True)]
    kept = [withheld(design, each) for each in said]
    return tuple(map(Field, jsons, names, attributes, columns, types, seals, kept))


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
    stubs: dict[str, list[Stub]] = field(default_factory=dict)
    guards: set[str] = field(default_factory=lambda: {*keyword.kwlist})
    classes: set[str] = field(default_factory=_CLASSES.copy)
    shapes: dict[str, str] = field(default_factory=dict)
    taken: set[tuple[str, str]] = field(default_factory=set)

    @property
    def base(self) -> str:
        base = clean_path(self.design.api.base)
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
        columns = {each.attribute.id: each.column.name for each in self.columns[table] if not each.sealed}
        with suppress(NotAnExpression):
            guard = parse_expression(move.guard)
            if set(names(guard)) <= columns.keys():
                return Step(move, print_sql(guard, column=columns).replace(":", "\\:"), "")
        asks = unique(snake(f"{machine.id} {move.id}"), self.guards)
        self.guards.add(asks)
        return Step(move, "", asks)

    def add_stubs(self) -> None:
        """Rules and derived values in prose: each becomes a file that the team writes."""
        said = self.design.development if self.design.scoped("development") else Development()
        for rule in said.rules:
            table = next(
                (name for name, it in self.tables.items() if it.info["entity"].id == rule.entity), ""
            )
            if rule.holds and not is_expression(rule.holds):
                self.add_stub(rule.id, rule.holds, table, None)
        for derived in said.derived:
            found = ((name, each) for name, fields in self.columns.items() for each in fields)
            found = (
                (name, each) for name, each in found if _said(self.tables[name], each) == derived.attribute
            )
            table, value = next(found, ("", None))
            if derived.is_ and value and not value.made and not value.column.primary_key:
                self.add_stub(derived.id, derived.is_, table, value)
            elif not value or not derived.is_:
                self.gaps.append(
                    f"Derived value '{derived.id}' is left out: it needs an attribute and how it is found."
                )

    def add_stub(self, id: str, says: str, table: str, value: Field | None) -> None:
        if not table:
            return self.gaps.append(f"Rule '{id}' is left out: it needs an entity.")
        name = unique(
            snake(id), {stub.name for stubs in self.stubs.values() for stub in stubs} | {*keyword.kwlist}
        )
        return self.stubs.setdefault(table, []).append(Stub(name, id, says, value))

    def add_resource(self, resource: Resource) -> None:
        entity = self.design.entity(resource.entity)
        table = next((name for name, each in self.tables.items() if each.info["entity"] is entity), None)
        if not entity or not table:
            return self.gaps.append(
                f"Resource '{resource.id}' is left out: it shows no entity that has attributes."
            )
        fields = self.columns[table]
        keys = tuple(each for each in fields if each.column.primary_key)
        resource = guarded(self.design, resource)
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
            shown=tuple(each for each in fields if each not in hidden and not each.withheld),
            keys=keys,
            filters=filters_of(filters),
            sorts=tuple(
                each
                for each in sorts
                if each.type.name not in SHAPELESS and not self.unsortable(each, resource)
            ),
            lives=tuple(each for each in self.lives if each.table == table),
            stubs=tuple(self.stubs.get(table, ())),
        )
        for operation in made.operations:
            path = made.at(operation)
            self.taken.add((METHODS[operation], self.shapes.setdefault(shape_of(path), path)))
        self.shapes.setdefault(made.path, made.path)
        self.collections.append(made)

    def unsortable(self, field: Field, resource: Resource) -> bool:
        """Whether a value is encrypted, and so in no order."""
        if field.sealed:
            self.gaps.append(
                f"Resource '{resource.id}': it cannot be sorted by '{field.attribute.id}', which is stored encrypted."
            )
        return bool(field.sealed)

    def add_expands(self) -> None:
        """The references that lists can bring along: to a resource that shows single rows."""
        for place, each in enumerate(self.collections):
            found = []
            for value in self.picked(each.resource, each.fields, "expand"):
                hop = next((hop for hop in self.hops(each.table) if hop.here == (value,)), None)
                there = next(
                    (it for it in self.collections if hop and it.table == hop.to and "get" in it.operations),
                    None,
                )
                if hop and there:
                    found.append(Expand(value.json, hop, there.module, there.label))
                else:
                    self.gaps.append(
                        f"Resource '{each.resource.id}': '{value.attribute.id}' leads to no resource with get."
                    )
            self.collections[place] = replace(each, expands=tuple(found), hops=tuple(self.hops(each.table)))

    def hops(self, name: str) -> Iterator[Hop]:
        return Doors(self.design, self.columns, self.tables, []).hops(name, itself=True)

    def path(self, resource: Resource) -> str:
        path = self.base + (clean_path(resource.route) or f"/{ascii_snake(resource.id)}")
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
        for label in chain((pascal(plain), pascal(other)), numbered(pascal(plain))):
            classes = {f"{label}{each}".casefold() for each in ("", *METHODS, "Query", "Expanded")}
            if not classes & self.classes:
                self.classes |= classes
                return label
        raise AssertionError

    def operations(self, resource: Resource, entity: Entity, keys: tuple[Field, ...]) -> tuple[str, ...]:
        wanted = tuple(dict.fromkeys(resource.operations)) or ("list", "get")
        if not resource.operations:
            self.gaps.append(f"Resource '{resource.id}' names no operations: list and get are offered.")
        allowed = {"list"} if entity.view else {"list", "create", "bulk"}
        if keys and not any(each.type.name in SHAPELESS for each in keys):
            allowed |= {"get", "watch"} if entity.view else set(METHODS)
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
        path = self.base + clean_path(endpoint.path)
        path = self.shapes.setdefault(shape_of(path), path)
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
            "log_in",
            "log_out",
            *keyword.kwlist,
            *handlers,
            *(call.name for call in self.calls),
        }
        returns = next((each for each in self.collections if each.resource.id == endpoint.returns), None)
        values = values_of(endpoint, re.findall(r"\{(\w+)\}", path))
        name = unique((ascii_snake if endpoint.id.isascii() else snake)(endpoint.id), taken)
        body = next(each for each in numbered(pascal(f"{name} body")) if each.casefold() not in self.classes)
        self.classes.add(body.casefold())
        row = self.row(path)
        types = [key.type for key in row.keys] if row else []
        values = (
            tuple(replace(value, type=type_) for value, type_ in zip(values, types, strict=False))
            + values[len(types) :]
        )
        moves = self.moves(endpoint, returns, values)
        self.calls.append(Call(endpoint, name, endpoint.method, path, values, returns, row, body, moves))

    def row(self, path: str) -> Collection | None:
        """The resource of which a path names a row, as /orders/{number}/pay."""
        shape = shape_of(path) + "/"
        items = (
            (each, shape_of(f"{each.path}/" + "/".join("{}" for _ in each.keys)) + "/")
            for each in self.collections
            if each.keys
        )
        return next(
            (each for each, item in items if shape.startswith(item) and shape.count("{}") == len(each.keys)),
            None,
        )

    def moves(
        self, endpoint: Endpoint, returns: Collection | None, values: tuple[Value, ...]
    ) -> tuple[str, ...]:
        """The moves that an endpoint makes, when its path names the row that it returns."""
        if not returns or len([each for each in values if each.place == "path"]) != len(returns.keys or (0,)):
            return ()
        steps = (step for life in returns.lives for step in life.steps)
        return tuple(step.move.id for step in steps if step.move.by == endpoint.id)
