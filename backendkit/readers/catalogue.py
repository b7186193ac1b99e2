"""What a database's catalogue says, in bulk, and table by table where that is refused.

https://docs.sqlalchemy.org/en/21/core/reflection.html
"""

from __future__ import annotations

import json
import re
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.reflection import ObjectKind

from backendkit.model import UserError
from backendkit.tables import attribute_type, named_type

Key = tuple[str, str]
"""Schema and name of a table."""
FACTS = (
    "pk_constraint",
    "foreign_keys",
    "unique_constraints",
    "indexes",
    "check_constraints",
    "table_comment",
)
SECONDS = 5.0
"""How long rows may be counted."""
SMALL = 16_000_000
"""Bytes up to which PostgreSQL's rows are counted; of bigger tables its own estimate is taken."""
_SYSTEM = re.compile(
    r"information_schema|pg_.*|mysql|sys|performance_schema|db_\w+|guest|temp", re.IGNORECASE
)
_PG = "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
_PARTITIONS = f"""SELECT n.nspname, c.relname, pn.nspname, p.relname {_PG} JOIN pg_inherits i ON i.inhrelid = c.oid
JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE c.relispartition"""
_TYPES = f"""SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
{_PG} JOIN pg_attribute a ON a.attrelid = c.oid WHERE a.attnum > 0"""
_SIZES = (
    f"SELECT n.nspname, c.relname, c.reltuples::bigint, pg_relation_size(c.oid) {_PG} WHERE c.relkind = 'r'"
)
_OTHERS = f"SELECT n.nspname, c.relname, 'a foreign table is not read' {_PG} WHERE c.relkind = 'f'"
_STANDARD = """\
SELECT table_schema, table_name, column_name, data_type, is_nullable, column_default,
coalesce(character_maximum_length, CASE data_type WHEN 'numeric' THEN numeric_precision END), numeric_scale FROM information_schema.columns ORDER BY table_schema, table_name, ordinal_position"""

_ACTIONS = """SELECT json_group_array("from"), "table", on_update, on_delete
FROM (SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq) GROUP BY id"""
_KINDS = {
    frozenset({"integer"}): "bigint",
    frozenset({"real"}): "float",
    frozenset({"integer", "real"}): "float",
    frozenset({"text"}): "text",
    frozenset({"blob"}): "binary",
}
_REFUSALS = (sa.exc.SQLAlchemyError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What drivers raise for a catalogue that they did not expect."""
_NOISE = ("Did not recognize type", "Could not instantiate", "WARNING: SQL-parsed foreign key")


class Catalogue:
    """The tables and views of some schemas by (schema, name), and what could not be read of them."""

    def __init__(self, connection: sa.Connection, schemas: tuple[str, ...]) -> None:
        self.connection, self.engine = connection, str(connection.dialect.name)
        self.unread: list[str] = []
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            self.inspector = sa.inspect(connection)
            self.default = self.inspector.default_schema_name or ""
            self.schemas = self._chosen(schemas)
            self.views = set(self._names("view") + self._names("materialized_view"))
            self.columns: dict[Key, list[dict[str, Any]]] = self._gather("columns")
            self.facts: dict[str, dict[Key, Any]] = {what: self._gather(what) for what in FACTS}
        said = dict.fromkeys(" ".join(str(each.message).split()).rstrip(".") + "." for each in heard)
        self.unread += [each for each in said if not each.startswith(_NOISE)]
        self.partitions: dict[Key, Key] = {}
        self.rowless: set[Key] = set()
        if self.engine == "postgresql":
            self._partitions()
        if self.engine == "sqlite":
            self._inner_tables()
            self._actions()
        self._types()

    def fact(self, what: str, key: Key) -> Any:
        """One kind of fact about a table; empty when there is none."""
        return self.facts[what].get(key) or ({} if what in ("pk_constraint", "table_comment") else [])

    def root(self, key: Key) -> Key:
        """The table a partition is part of."""
        while key in self.partitions:
            key = self.partitions[key]
        return key

    def _chosen(self, wanted: tuple[str, ...]) -> list[str]:
        found = self.tried("the schemas", self.inspector.get_schema_names) or [self.default]
        if missing := [each for each in wanted if each not in found]:
            raise UserError(f"There is no schema '{missing[0]}'; there are {', '.join(found)}.")
        if self.engine in ("mysql", "mariadb", "oracle") and not wanted:
            return [self.default]
        own = [each for each in found if not _SYSTEM.fullmatch(each)]
        return list(dict.fromkeys(wanted)) or sorted(own, key=lambda each: each != self.default)

    def tried(self, what: str, ask: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """The answer; None where the database or its driver refuses it, which is listed."""
        # A refused question must not end PostgreSQL's transaction.
        apart = self.connection.begin_nested() if self.engine == "postgresql" else nullcontext()
        try:
            with apart:
                return ask(*arguments, **options)
        except NotImplementedError:
            return {}
        except _REFUSALS as error:
            said = " ".join(str(getattr(error, "orig", None) or error).split())
            self.unread.append(f"{what}: {said[:200].rstrip('.')}.")
            return None

    def query(self, what: str, sql: str, *parameters: Any) -> list[Any]:
        return list(self.tried(what, lambda: self.connection.exec_driver_sql(sql, parameters).all()) or ())

    def _names(self, kind: str) -> list[Key]:
        ask = getattr(self.inspector, f"get_{kind}_names")
        return [
            (s, name)
            for s in self.schemas
            for name in self.tried(f"the {kind}s of '{s}'", ask, schema=s) or ()
        ]

    def _gather(self, what: str) -> dict[Key, Any]:
        """One kind of fact about every table."""
        ask = getattr(self.inspector, f"get_multi_{what}")
        options: dict[str, Any] = {
            "kind": ObjectKind.ANY if what in ("columns", "table_comment") else ObjectKind.TABLE
        }
        if self.engine == "postgresql":  # which leaves out the schema of what its search path finds
            path = "pg_catalog" if what == "foreign_keys" else "DEFAULT"
            self.connection.exec_driver_sql(f"SET LOCAL search_path TO {path}")
        found: dict[Key, Any] = {}
        for schema in self.schemas:
            silent = len(self.unread)
            answer = self.tried(what.replace("_", " "), ask, schema=schema, **options)
            if answer is None:
                answer = self._one_by_one(what, ask, schema, options, silent)
            found |= {(schema, name): value for (_, name), value in answer.items()}
        return found

    def _one_by_one(
        self, what: str, ask: Any, schema: str, options: dict[str, Any], silent: int
    ) -> dict[Key, Any]:
        refusal = self.unread[silent]
        names = [key for key in (*self._names("table"), *self.views) if key[0] == schema]
        del self.unread[silent:]
        found: dict[Key, Any] = {}
        for key in names:
            word = f"{key[1]}: {what.replace('_', ' ')}"
            found |= self.tried(word, ask, schema=schema, filter_names=[key[1]], **options) or {}
        if found:
            return found
        self.unread[silent:] = [f"{schema}: {refusal}"]
        return self._standard_columns(schema) if what == "columns" else {}

    def _standard_columns(self, schema: str) -> dict[Key, Any]:
        """The columns as the SQL standard's own views show them, where the real catalogue is denied."""
        found: dict[Key, Any] = {}
        for place, table, name, declared, empty, default, size, scale in self.query(
            "information_schema", _STANDARD
        ):
            if place == schema:
                digits = f"({size}{'' if scale is None else f',{scale}'})" if size else ""
                column = {
                    "name": name,
                    "word": named_type(declared + digits),
                    "nullable": empty == "YES",
                    "default": default,
                }
                found.setdefault((schema, table), []).append(column)
        return found

    def _partitions(self) -> None:
        """Partitions are their parent's business; foreign tables are another database's."""
        for schema, name, above, parent in self.query("partitions", _PARTITIONS):
            self.partitions[(schema, name)] = (above, parent)
            self.columns.pop((schema, name), None)
        for schema, name, why in self.query("foreign tables", _OTHERS):
            self.unread += [f"{name}: {why}."] if schema in self.schemas else []

    def _inner_tables(self) -> None:
        """SQLite keeps the data of virtual tables (full text search, say) in tables of its own."""
        inner = []
        for name, kind, rowless in self.query("inner tables", "SELECT name, type, wr FROM pragma_table_list"):
            if rowless:
                self.rowless.add(("main", name))
            if kind == "shadow" and ("main", name) in self.columns:
                inner.append(name)
                del self.columns[("main", name)]
            elif kind == "virtual":
                self.unread.append(f"{name}: a virtual table, kept as a table without key.")
        if inner:
            self.unread.append(f"{', '.join(inner)}: inner tables of virtual tables, left out.")

    def _actions(self) -> None:
        """What SQLite does when the other row goes, which SQLAlchemy only sees of references beside the columns."""
        for key, keys in self.facts["foreign_keys"].items():
            rows = self.query(f"{key[1]}: references", _ACTIONS, key[1]) if keys else []
            for found in keys:
                for columns, other, updated, deleted in rows:
                    if (json.loads(columns), other) == (
                        found["constrained_columns"],
                        found["referred_table"],
                    ):
                        found["options"] = {**found["options"], "onupdate": updated, "ondelete": deleted}

    def _types(self) -> None:
        """Give every column its `word`."""
        every = [(key, column) for key, found in self.columns.items() for column in found]
        for _, column in every:
            if "type" in column:
                column["word"] = attribute_type(column["type"], self.connection.dialect)
        if self.engine == "sqlite":
            self._declared_types()
        if self.engine == "postgresql" and any(not column["word"] for _, column in every):
            named = {(row[0], row[1], row[2]): row[3] for row in self.query("types", _TYPES)}
            for key, column in every:
                column["word"] = column["word"] or named_type(named.get((*key, column["name"]), ""))

    def _declared_types(self) -> None:
        """SQLite's types as they were declared; a key of the type INTEGER numbers itself."""
        for key, columns in self.columns.items():
            rows = self.query(f"{key[1]}: types", "SELECT name, type FROM pragma_table_xinfo(?)", key[1])
            declared = {row[0]: re.sub(r"(?i)\s*generated always", "", row[1]) for row in rows}
            for column in columns:
                column["word"] = named_type(declared.get(column["name"], ""))
                column["rowid"] = (
                    declared.get(column["name"], "").upper() == "INTEGER" and key not in self.rowless
                )


def measure(catalogue: Catalogue) -> dict[Key, int]:
    """How many rows each table has, counted as far as time allows, else as its database estimates; and SQLite's
    columns without a type get that of the values in them."""
    rows: dict[Key, int] = {}
    with _hurried(catalogue) as left:
        for key, (estimate, size) in _estimates(catalogue).items():
            root, silent = catalogue.root(key), len(catalogue.unread)
            if root in catalogue.columns and root not in catalogue.views:
                query = sa.select(sa.func.count()).select_from(sa.table(key[1], schema=key[0]))
                exact = size <= SMALL and left() and catalogue.tried("", catalogue.connection.scalar, query)
                number = exact if type(exact) is int else estimate
                rows |= {root: rows.get(root, 0) + number} if number is not None else {}
            del catalogue.unread[silent:]
        if catalogue.engine == "sqlite":
            _look_for_types(catalogue)
    return rows


@contextmanager
def _hurried(catalogue: Catalogue) -> Iterator[Callable[[], bool]]:
    """Questions that take long are broken off; gives whether there is time left."""
    end = time.monotonic() + SECONDS
    raw: Any = catalogue.connection.connection.driver_connection
    if catalogue.engine == "sqlite":
        raw.set_progress_handler(lambda: time.monotonic() > end, 50_000)
    if catalogue.engine == "postgresql":
        catalogue.connection.exec_driver_sql("SET LOCAL statement_timeout = 2000")
    yield lambda: time.monotonic() < end
    if catalogue.engine == "sqlite":
        raw.set_progress_handler(None, 0)


def _estimates(catalogue: Catalogue) -> dict[Key, tuple[int | None, int]]:
    """What the database thinks of its tables: rows, and bytes where they matter."""
    found: dict[Key, tuple[int | None, int]] = {}
    silent = len(catalogue.unread)
    if catalogue.engine == "postgresql":
        sizes = catalogue.query("sizes", _SIZES)
        return {(row[0], row[1]): (row[2] if row[2] >= 0 else None, row[3]) for row in sizes}
    if catalogue.engine == "sqlite":
        guesses = catalogue.query("", "SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl")
        found |= {("main", row[0]): (row[1], 0) for row in guesses}
    elif catalogue.engine in ("mysql", "mariadb"):
        guesses = catalogue.query(
            "", "SELECT table_schema, table_name, table_rows FROM information_schema.tables"
        )
        found |= {(row[0], row[1]): (row[2], 0 if (row[2] or 0) < 100_000 else SMALL + 1) for row in guesses}
    del catalogue.unread[silent:]
    return dict.fromkeys(catalogue.columns, (None, 0)) | found


def _look_for_types(catalogue: Catalogue) -> None:
    for key, columns in catalogue.columns.items():
        for column in columns:
            if not column["word"]:
                some: sa.Select[Any] = (
                    sa.select(sa.column(column["name"]).label("v")).select_from(sa.table(key[1])).limit(1000)
                )
                kinds = sa.select(sa.func.typeof(some.subquery().c.v)).distinct()
                found = catalogue.tried(
                    f"{key[1]}: types", lambda kinds=kinds: catalogue.connection.scalars(kinds).all()
                )
                column["word"] = _KINDS.get(frozenset(found or ()) - {"null"}, "")
