"""A design as SQL that makes its tables (ISO/IEC 9075, in each engine's own dialect).

https://docs.sqlalchemy.org/en/21/core/ddl.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backendkit.model import Design, UserError

RELATIONAL = {"postgresql": 63, "sqlite": 0, "mysql": 64, "mariadb": 64, "mssql": 128, "oracle": 128}
"""Engines that have tables, and the longest name that each takes: bytes of PostgreSQL, else characters."""


def ddl_text(design: Design) -> str:
    """CREATE statements for the design's engine, or for PostgreSQL where it has no tables or is not chosen.

    Raises UserError for names that the engine would cut.

    >>> print(ddl_text(Design.load({"database": {"engine": "sqlite", "entities": [{"id": "book"}]}})), end="")
    -- sqlite
    -- book: left out: no attributes.
    """
    from sqlalchemy import schema as sql
    from sqlalchemy.engine.url import URL

    from backendkit.tables import metadata

    engine = design.database.engine or "postgresql"
    lines = [
        f"-- {engine}" if design.database.engine else "-- PostgreSQL, because the design names no engine"
    ]
    if engine not in RELATIONAL:
        lines, engine = [f"-- {engine} has no tables; this is what PostgreSQL would hold"], "postgresql"
    made = metadata(design, engine=engine)
    tables = list(made.tables.values())
    _refuse_long_names(tables, engine)
    lines += ["-- " + " ".join(each.split()) for each in made.info["left_out"]]
    # Named parameters, because other styles double every percent sign.
    kind: Any = URL.create(engine).get_dialect()
    dialect = kind(paramstyle="named")
    schemas = dict.fromkeys(table.schema for table in tables if table.schema)
    statements: list[Any] = [sql.CreateSchema(schema) for schema in schemas]
    later: list[Any] = []
    for table, keys in _ordered(tables, whole=not dialect.supports_alter):
        statements.append(sql.CreateTable(table, include_foreign_key_constraints=keys))
        statements += [
            sql.CreateIndex(index) for index in sorted(table.indexes, key=lambda index: str(index.name))
        ]
        if dialect.supports_comments and not dialect.inline_comments:
            statements += [sql.SetTableComment(table)] if table.comment else []
            statements += [sql.SetColumnComment(column) for column in table.columns if column.comment]
        later += [sql.AddConstraint(key) for key in _keys(table) if key not in keys]
    for statement in (*statements, *later):
        written = str(statement.compile(dialect=dialect)).strip()
        lines.append("\n" + "\n".join(line.rstrip(" ") for line in written.split("\n")) + ";")
    return "\n".join(lines) + "\n"


def _keys(table: Any) -> list[Any]:
    return sorted(table.foreign_key_constraints, key=lambda key: int(key._creation_order))


def _ordered(tables: list[Any], *, whole: bool) -> Iterator[tuple[Any, list[Any]]]:
    """Tables after those they refer to, each with the references that can be made along with it."""
    done: set[Any] = set()
    left = list(tables)
    while left:
        ready = (table for table in left if all(key.referred_table in {*done, table} for key in _keys(table)))
        table = next(ready, left[0])
        left.remove(table)
        done.add(table)
        yield table, [key for key in _keys(table) if whole or key.referred_table in done]


def _refuse_long_names(tables: list[Any], engine: str) -> None:
    most = RELATIONAL[engine]
    for name in [
        name for table in tables for name in (table.name, *(column.name for column in table.columns))
    ]:
        length = len(name.encode() if engine == "postgresql" else name)
        if most and length > most:
            found = f"'{name[:20]}…' has {length} {'bytes' if engine == 'postgresql' else 'characters'}"
            raise UserError(
                f"The name {found}, {engine} takes {most}: give it a shorter `table` or `column`."
            )
