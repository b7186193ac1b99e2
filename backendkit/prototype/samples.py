"""What a running prototype can be asked, with values that lead to an answer: keys that stand there, a row that fits.

The operations come from the OpenAPI description (https://spec.openapis.org/oas/v3.1.1.html), the values from the tables.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from backendkit.model.naming import snake
from backendkit.prototype.rows import another
from backendkit.prototype.users import User
from backendkit.rest import Call, Collection, Field, Value

if TYPE_CHECKING:
    from backendkit.prototype.server import Running

Json = dict[str, Any]
MOST = 30
"""How many values are offered to choose from."""
_DOES = {
    "list": "lists rows of {}", "get": "reads one row of {}", "create": "adds a row to {}",
    "replace": "replaces one row of {}", "patch": "changes values in one row of {}", "delete": "deletes one row of {}",
    "bulk": "adds many rows to {}", "watch": "tells of each change of {}",
}  # fmt: skip
_SAMPLES: Json = {
    "integer": 1, "bigint": 1, "float": 1.5, "decimal": "9.90", "boolean": True, "date": "2026-01-05",
    "time": "09:00:00", "datetime": "2026-01-05T09:00:00", "json": {}, "binary": "AAAA",
    "uuid": "00000000-0000-4000-8000-000000000000",
}  # fmt: skip
_TAG = "the ETag of the row as you read it: then nobody's change in between is lost"


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a caller can ask; `said` is its part of the OpenAPI description."""

    id: str
    method: str
    path: str
    group: str
    does: str
    said: Json
    call: Call | None = None
    collection: Collection | None = None
    what: str = ""
    who: tuple[str, ...] | None = None
    """The roles that may ask; None when everybody may."""


class Samples:
    """The operations of a running prototype, and values for them. It writes nothing. One thread at a time."""

    def __init__(self, running: Running) -> None:
        self.running, self.surface = running, running.surface

    @cached_property
    def described(self) -> Json:
        """The OpenAPI description."""
        from backendkit.writers.openapi import describe

        return describe(self.running.design)

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """What can be asked, by operationId: resources in the order of the design, then what is still to be written."""
        paths = self.described["paths"].items()
        said = {
            each["operationId"]: (method.upper(), path, each["tags"][0])
            for path, methods in paths for method, each in methods.items()
        }  # fmt: skip
        whole = {each["operationId"]: each for _, methods in paths for each in methods.values()}
        found = []
        for each in self.surface.collections:
            for what in each.operations:
                id = each.does(what)
                does = _DOES[what].format(each.entity.title)
                found.append(Operation(id, *said[id], does, whole[id], None, each, what, self._who(id)))
        for call in self.surface.calls:
            does = call.endpoint.does or call.endpoint.title
            id = call.name
            found.append(Operation(id, *said[id], does, whole[id], call, who=self._who(id)))
        return {each.id: each for each in found}

    def _who(self, id: str) -> tuple[str, ...] | None:
        access = self.surface.access
        return None if not access or access.open_to_all(id) else tuple(access.grants[id])

    def suited(self, id: str) -> User | None:
        """A user who may ask for an operation, one that may with every row before one that may with their own."""
        access = self.surface.access
        if not access or access.open_to_all(id):
            return None
        roles = sorted(access.grants[id], key=lambda role: access.grants[id][role] != "any")
        return next((user for role in roles for user in self.running.users if user.role == role), None)

    def details(self, id: str, user: User | None = None) -> Json:
        """What an operation takes: parameters and body fields, with values to choose from, and a body that fits.

        For a user the rows are those that they may use.
        """
        operation = self.operations[id]
        with self._database.engine.connect() as connection:
            values = _Values(self, connection, operation, user)
            return {
                "keys": self._keys(values, operation.path),
                "params": [self._parameter(values, operation, said) for said in operation.said["parameters"]],
                "fields": self._fields(values, operation),
                "body": self._body(values, operation),
            }

    def _parameter(self, values: _Values, operation: Operation, said: Json) -> Json:
        name, each, call = said["name"], operation.collection, operation.call
        found = {key: said[key] for key in ("name", "in", "required")} | self.form(said["schema"])
        field = next((one.field for one in each.filters if one.json == name), None) if each else None
        if each and name == "sort":
            found["known"] = [{"value": f"{sign}{one.json}"} for one in each.sorts for sign in ("", "-")]
        elif each and name == "If-Match":
            found["about"] = _TAG
        elif field and said["in"] == "query":
            found["known"] = values.known(field)
        for value in call.values if call and said["required"] else ():
            if value.json == name:
                found["value"] = _text(values.alike(value))
        return found

    def _keys(self, values: _Values, path: str) -> list[Json]:
        """The keys of rows that the parameters of a path stand for: of /books/{number} and /books/{number}/offer."""
        for each in self.surface.collections:
            item = each.at("get").split("/")
            start = path.split("/")[: len(item)]
            if each.keys and list(map(_shape, start)) == list(map(_shape, item)):
                names = [part[1:-1] for part in start if part.startswith("{")]
                return values.keys(each, names)
        return []

    def _fields(self, values: _Values, operation: Operation) -> list[Json]:
        content = operation.said.get("requestBody", {}).get("content", {}).values()
        schema = self.whole(next((each["schema"] for each in content), {}))
        each = operation.collection
        own = {field.json: field for field, _ in each.takes(operation.what)} if each else {}
        found = []
        for name, said in schema.get("properties", {}).items():
            field = {"name": name, "required": name in schema.get("required", ()), **self.form(said)}
            if name in own and own[name].column.foreign_keys:
                field["known"] = values.known(own[name])
            found.append(field | {"about": said.get("description", "")})
        return sorted(found, key=lambda field: not field["required"])

    def _body(self, values: _Values, operation: Operation) -> Json | None:
        if operation.call:
            taken = operation.call.taken("body")
            return {each.json: values.alike(each) for each in taken} if taken else None
        if not operation.collection or operation.what not in ("create", "bulk", "replace", "patch"):
            return None
        row = values.row(operation.collection, operation.what.replace("bulk", "create"))
        return {"items": [row]} if operation.what == "bulk" else row

    def whole(self, schema: Json) -> Json:
        """A schema, its reference followed."""
        name = schema.get("$ref", "").rpartition("/")[2]
        found: Json = self.described["components"]["schemas"][name] if name else schema
        return found

    def form(self, schema: Json) -> Json:
        """What the input of a value looks like: its kind, its choices, and its limits in words."""
        options = schema.get("anyOf", [schema])
        first = next((self.whole(each) for each in options if each.get("type") != "null"), {})
        choices = first.get("enum") or ([first["const"]] if "const" in first else [])
        said = [first.get("format", "") or str(first.get("type", "")).replace("string", "text")]
        said += [f"{word} {first[key]}" for key, word in _LIMITS.items() if key in first]
        return {
            "kind": "choice" if choices else str(first.get("type", "any")),
            "choices": choices,
            "form": "" if choices else ", ".join(filter(None, said)),
        }

    @cached_property
    def _database(self) -> Any:
        """A connection of its own, so that what callers do meanwhile is not touched."""
        database = self.running.app.state.database
        url = database.engine.url.render_as_string(hide_password=False)
        made = type(database)(url, next(iter(self.running.tables.values())).metadata)
        self.running._undo.callback(made.engine.dispose)
        return made


_LIMITS = {"maxLength": "at most", "minimum": "from", "maximum": "to"}


def _shape(segment: str) -> str:
    return re.sub(r"\{.*\}", "{}", segment)


class _Values:
    """What stands in the tables, as it travels in JSON."""

    def __init__(
        self, samples: Samples, connection: sa.Connection, operation: Operation, user: User | None
    ) -> None:
        self.surface, self.tables = samples.surface, samples.running.tables
        self.connection = connection
        self.core = sys.modules[type(samples._database).__module__]
        self.user, self.doing = user, operation.what
        granted = self.surface.access.grants[operation.id] if self.surface.access else {}
        self.own = bool(user and granted.get(user.role) == "own")

    def mine(self, table: str) -> list[sa.ColumnElement[bool]]:
        """What narrows the rows of a table to those of the user, where they may only use their own."""
        access = self.surface.access
        if not (access and self.user and self.own and table in access.ways):
            return []
        grants = sys.modules[f"{self.core.__package__}.grants"]
        return [getattr(grants, f"own_{snake(table)}")(self.user.key, self.doing)]

    def known(self, field: Field) -> list[Json]:
        """The values that a field has or may point to, each with the name of its row."""
        far = next((key.column for key in field.column.foreign_keys), field.column)
        name, field = next(
            (name, each) for name, fields in self.surface.columns.items() for each in fields if each.column is far
        )  # fmt: skip
        column, label = self.tables[name].c[field.name], _label(self.surface.columns[name])
        alone = far.primary_key and len(far.table.primary_key) == 1
        shown = self.tables[name].c[label.name] if label and alone else sa.null()
        query = sa.select(column, shown).where(column.is_not(None)).limit(MOST)
        rows = self.connection.execute(query if alone else query.distinct().order_by(column))
        return [{"value": _text(self.plain(value)), "label": str(label or "")} for value, label in rows]

    def keys(self, collection: Collection, names: list[str]) -> list[Json]:
        """The keys of the first rows, by the names that they have in a path, each with the name of its row."""
        table, label = self.tables[collection.table], _label(collection.fields)
        columns = [table.c[key.name] for key in collection.keys]
        shown = table.c[label.name] if label else sa.null()
        rows = self.connection.execute(
            sa.select(shown, *columns).where(*self.mine(collection.table)).limit(MOST)
        )
        return [
            {"label": str(label or ""), **dict(zip(names, map(_text, map(self.plain, values)), strict=True))}
            for label, *values in rows
        ]

    def row(self, collection: Collection, what: str) -> Json:
        """A body for a new row that the tables would take; where none is found, one like a row that stands there."""
        fixed = self.leading(collection.table)
        row = another(self.connection, self.surface, self.tables, collection.table, MOST, fixed)
        if row is None:
            table = self.tables[collection.table]
            first = self.connection.execute(sa.select(table).limit(1)).first()
            row = dict(zip(table.columns.keys(), first or (), strict=False)) | fixed
        takes = [(each, needed) for each, needed in collection.takes(what) if each.name in row]
        if what == "patch":
            own = [each for each, _ in takes if not each.column.primary_key]
            own.sort(
                key=lambda each: (bool(each.column.foreign_keys), not each.required, row[each.name] is None)
            )
            takes = [(each, True) for each in own[:1]]
        fill = [
            each for each, needed in takes
            if not needed and row[each.name] is not None and not (each.column.primary_key and (what != "create" or _given(each)))
        ]  # fmt: skip
        picked = [*(each for each, needed in takes if needed), *fill]
        return {each.json: self.plain(row[each.name]) for each in picked}

    def leading(self, table: str) -> Json:
        """The values that make a row of a table the user's own."""
        ways = self.surface.access.ways.get(table, ()) if self.surface.access and self.own else ()
        way = next((way for way in ways if way.hops and not way.may), None)
        if not way or not self.user:
            return {}
        hop, here, there = way.hops[0], self.tables[table], self.tables[way.hops[0].to]
        columns = [there.c[field.name] for field in hop.there]
        pairs = zip(hop.here, columns, strict=True)
        used = sa.select(here).where(*(here.c[field.name] == column for field, column in pairs)).exists()
        # A row that nothing points to yet comes first: some references may be there once only.
        found = sa.select(*columns).where(*self.mine(hop.to)).order_by(used).limit(1)
        row = self.connection.execute(found).first()
        return {field.name: value for field, value in zip(hop.here, row or (), strict=False)}

    def alike(self, value: Value) -> Any:
        """A value of a type, or a key of the thing it is named after."""
        for each in self.surface.collections:
            named = (each.entity.id, each.resource.id, f"{each.entity.id}_id")
            if len(each.keys) == 1 and value.json in named and (known := self.known(each.keys[0])):
                return known[0]["value"]
        if value.type.values:
            return value.type.values[0]
        return _SAMPLES.get(value.type.name, value.json.replace("_", " ")[: value.type.length])

    def plain(self, value: Any) -> Any:
        """A value as it travels in JSON."""
        simple = value is None or isinstance(value, bool | int | float | str | dict | list)
        return value if simple else self.core.plain(value)


def _label(fields: tuple[Field, ...]) -> Field | None:
    """What a row is called by people."""
    texts = [each for each in fields if each.type.name in ("string", "text") and not each.column.primary_key]
    named = [each for word in ("name", "title") for each in texts if word in each.json]
    short = [each for each in texts if each.type.name == "string"]
    return next(iter((*named, *short)), None)


def _given(field: Field) -> bool:
    return bool(field.attribute.generated or field.attribute.default)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
