"""A database as a design: its tables as entities, and a resource for each of them.

https://docs.sqlalchemy.org/en/21/core/reflection.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from backendkit.model import Design
from backendkit.model.datatype import DataType
from backendkit.model.naming import distinct, kebab, snake, unique
from backendkit.readers.catalogue import Catalogue, Key, measure
from backendkit.readers.imported import Imported, Values, elements, lean, resource
from backendkit.readers.sqltext import allowed_values, check_line, default_word
from backendkit.tables import FOLDING

_WORDS = {"and", "or", "not", "in", "is", "null", "true", "false"}
_ENGINES = ("postgresql", "sqlite", "mysql", "mariadb", "mssql", "oracle")
_USUAL = ("NO ACTION", "SIMPLE", "FALSE", "NONE", "")


def read_database(connection: sa.Connection, name: str, schemas: tuple[str, ...]) -> Imported:
    """The design of the database behind a connection, which is only read."""
    catalogue = Catalogue(connection, schemas)
    rows = measure(catalogue)
    reading = _Reading(catalogue)
    entities = [reading.entity(key) | {"volume": {"rows": rows.get(key)}} for key in catalogue.columns]
    engine = catalogue.engine if catalogue.engine in _ENGINES else ""
    if not engine:
        reading.unread.append(f"{catalogue.engine} is no engine that a design knows: it is left open.")
    if not entities:
        reading.unread.append(f"There are no tables in {', '.join(catalogue.schemas) or 'this database'}.")
    taken = set(reading.ids.values())
    resources = [resource(entity, taken) for entity in entities]
    values = {
        "name": name,
        "scope": ["architecture", "database", "api"],
        "architecture": {"elements": elements(name, engine, entities, taken)},
        "database": {"engine": engine, "entities": entities},
        "api": {
            "style": "rest",
            "pagination": {"by": "offset", "size": 50, "most": 200},
            "errors": "problem-details",
            "resources": resources,
        },
    }
    return Imported(Design.load(lean(values)), tuple(dict.fromkeys(reading.unread)))


class _Reading:
    """Ids for tables (`ids`) and their columns (`names`), and what could not be understood."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue, self.unread = catalogue, catalogue.unread
        self.ids: dict[Key, str] = {}
        self.enums: dict[tuple[Key, str], str] = {}
        self.pointers: dict[tuple[Key, str], tuple[Key, str]] = {}
        self.names: dict[Key, dict[str, str]] = {}
        for (schema, table), columns in catalogue.columns.items():
            plain, taken = kebab(table), set(self.ids.values())
            if plain in taken and schema != catalogue.default:
                plain = kebab(f"{schema} {table}")
            self.ids[(schema, table)] = unique(plain, taken)
            found = [column["name"] for column in columns]
            self.names[(schema, table)] = dict(zip(found, distinct(map(snake, found), _WORDS), strict=True))
        self.checks = {key: list(self.checked(key)) for key in catalogue.columns}

    def entity(self, key: Key) -> Values:
        """One table or view."""
        schema, table = key
        id_, view = self.ids[key], key in self.catalogue.views
        attributes = {
            column["name"]: self.attribute(key, column, view) for column in self.catalogue.columns[key]
        }
        taken = set(self.names[key].values())
        return {
            "id": id_,
            "about": self.catalogue.fact("table_comment", key).get("text"),
            "view": view,
            "references": list(self.references(key, attributes, taken)),
            "uniques": list(self.uniques(key, attributes, taken)),
            "indexes": list(self.indexes(key, taken)),
            "checks": [check | {"id": self.named(check["id"], taken)} for check in self.checks[key]],
            "attributes": list(attributes.values()),
            "table": table if table != id_ else "",
            "schema": schema if schema != self.catalogue.default else "",
        }

    def attribute(self, key: Key, column: Values, view: bool) -> Values:
        name, sql, keys = column["name"], str(column.get("default") or ""), self.keys(key)
        id_, computed = self.names[key][name], bool(column.get("computed"))
        running = (
            "nextval(" in sql.lower() or bool(column.get("identity")) or column.get("autoincrement") is True
        )
        default = "" if running or computed else default_word(sql)
        if computed or default is None:
            what = "how it is computed" if computed else f"the default {sql}"
            self.unread.append(f"{key[1]}.{name}: {what} is not kept.")
        if column["word"] == "boolean":
            default = {"0": "false", "1": "true"}.get(default or "", default)
        if not column["word"]:
            self.unread.append(f"{key[1]}.{name}: the database says no type.")
        return {
            "id": id_,
            "column": name if name != id_ else "",
            "type": self.enums.get((key, name), column["word"]),
            "key": name in keys,
            "optional": (view or bool(column.get("nullable", True))) and name not in keys,
            "default": default,
            "generated": running or computed or (column.get("rowid", False) and keys == [name]),
            "about": column.get("comment"),
        }

    def keys(self, key: Key) -> list[str]:
        """The columns of the primary key."""
        return list(self.catalogue.fact("pk_constraint", key).get("constrained_columns") or ())

    def references(self, key: Key, attributes: dict[str, Values], taken: set[str]) -> Iterator[Values]:
        seen = set()
        for found in self.catalogue.fact("foreign_keys", key):
            columns, options = list(found["constrained_columns"]), found.get("options", {})
            target = self.target(key, found)
            if (tuple(columns), str(target)) in seen or not set(columns) <= set(attributes):
                continue
            seen.add((tuple(columns), str(target)))
            back = str(options.get("ondelete") or "").upper()
            for option, said in options.items():
                if option != "ondelete" and str(said).upper() not in _USUAL:
                    self.unread.append(
                        f"{key[1]}: {option} {said} of the reference by {', '.join(columns)} is not kept."
                    )
            values = {"on-delete": back.lower().replace(" ", "-") if back not in _USUAL else ""}
            first = attributes[columns[0]]
            if target and len(columns) == 1 and not first.get("to") and self.alike(key, columns[0], target):
                whole = target[1] == self.keys(target[0])
                to = self.ids[target[0]] + ("" if whole else f".{self.names[target[0]][target[1][0]]}")
                first.update({"type": "reference", "to": to, **values})
                continue
            id_ = self.named(found.get("name") or f"to {found['referred_table']}", taken)
            yield {"id": id_, "of": self.of(key, columns), **self.composite(key, found, target), **values}

    def target(self, key: Key, found: Values) -> tuple[Key, list[str]] | None:
        """The table and columns that a foreign key points to."""
        other = self.same(
            self.catalogue.columns,
            self.catalogue.root((found["referred_schema"] or key[0], found["referred_table"])),
        )
        if not other:
            return None
        columns = [self.same(self.names[other], name) for name in found["referred_columns"]] or self.keys(
            other
        )
        return (
            (other, columns) if all(columns) and len(columns) == len(found["constrained_columns"]) else None
        )

    def same(self, known: Mapping[Any, Any], name: Any) -> Any:
        """The name as it is written where it stands: to some engines `Album` and `album` are one."""
        if name in known or self.catalogue.engine not in FOLDING:
            return name if name in known else None
        return next((each for each in known if str(each).casefold() == str(name).casefold()), None)

    def alike(self, key: Key, column: str, target: tuple[Key, list[str]]) -> bool:
        """Whether a column has the type of the one it points to, or none: then the reference says it all.

        The last one of a circle keeps its type.
        """
        here, there = (key, column), (target[0], target[1][0])
        at: tuple[Key, str] | None = there
        while at and at != here:
            at = self.pointers.get(at)
        words = [self.word(*here), self.word(*there)]
        if (
            at
            or words[0] not in ("", words[1])
            or self.enums.get(here, self.enums.get(there)) != self.enums.get(there)
        ):
            return False
        self.pointers[here] = there
        return True

    def word(self, key: Key, name: str) -> str:
        return next(str(column["word"]) for column in self.catalogue.columns[key] if column["name"] == name)

    def composite(self, key: Key, found: Values, target: tuple[Key, list[str]] | None) -> Values:
        """The other side of a reference that stands beside the attributes."""
        if target:
            names = [self.names[target[0]][name] for name in target[1]]
            match = (
                []
                if target[1] == self.keys(target[0])
                else [f"{self.ids[target[0]]}.{name}" for name in names]
            )
            return {"to": self.ids[target[0]], "match": match}
        self.unread.append(f"{key[1]}: it refers to '{found['referred_table']}', which was not read.")
        return {"to": unique(kebab(found["referred_table"]), set(self.ids.values()))}

    def uniques(self, key: Key, attributes: dict[str, Values], taken: set[str]) -> Iterator[Values]:
        for found in self.catalogue.fact("unique_constraints", key):
            columns = found["column_names"]
            if len(columns) == 1 and columns[0] in attributes:
                attributes[columns[0]]["unique"] = self.keys(key) != columns
            elif set(columns) <= set(attributes) and set(columns) != set(self.keys(key)):
                yield {
                    "id": self.named(found["name"] or " ".join(columns), taken),
                    "of": self.of(key, columns),
                }

    def indexes(self, key: Key, taken: set[str]) -> Iterator[Values]:
        for found in self.catalogue.fact("indexes", key):
            columns, options = found["column_names"], found.get("dialect_options", {})
            if found.get("duplicates_constraint"):
                continue
            if not columns or None in columns or not set(columns) <= set(self.names[key]):
                self.unread.append(
                    f"{key[1]}: the index {found['name']} is over an expression and is not kept."
                )
                continue
            some = next((said for option, said in options.items() if option.endswith("_where")), None)
            kind = options.get("postgresql_using", "btree")
            if some is not None or kind != "btree":
                what = f"only over rows where {some}" if some is not None else f"of the kind {kind}"
                self.unread.append(f"{key[1]}: the index {found['name']} is {what}, which is not kept.")
            whole = bool(found["unique"]) and some is None
            yield {"id": self.named(found["name"], taken), "of": self.of(key, columns), "unique": whole}

    def checked(self, key: Key) -> Iterator[Values]:
        """Checks; one that lists the values of a text makes it an enum instead."""
        columns = {id_: name for name, id_ in self.names[key].items()}
        words = {column["name"]: column["word"].partition("(")[0] for column in self.catalogue.columns[key]}
        for found in self.catalogue.fact("check_constraints", key):
            line, sql = check_line(found["sqltext"], self.names[key]), " ".join(found["sqltext"].split())
            values = allowed_values(line) if line else None
            place = (key, columns[values[0]]) if values else (key, "")
            if values and place not in self.enums and words[place[1]] in ("string", "text"):
                self.enums[place] = str(DataType("enum", values=values[1]))
                continue
            if not line:
                self.unread.append(f"{key[1]}: the check {sql[:200]} is kept as prose.")
            yield {"id": found["name"] or "check", "holds": line or sql}

    def of(self, key: Key, columns: Sequence[str]) -> list[str]:
        return [self.names[key][column] for column in columns]

    def named(self, name: str, taken: set[str]) -> str:
        """An id within the entity."""
        id_ = unique(kebab(name), taken)
        taken.add(id_)
        return id_
