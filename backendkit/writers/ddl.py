"""A design as SQL that makes its tables (ISO/IEC 9075, in each engine's own dialect).

https://docs.sqlalchemy.org/en/21/core/ddl.html
"""

from __future__ import annotations

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
    from sqlalchemy import create_mock_engine

    from backendkit.tables import metadata

    engine = design.database.engine or "postgresql"
    lines = [f"-- {engine}"]
    if engine not in RELATIONAL:
        lines, engine = [f"-- {engine} has no tables; this is what PostgreSQL would hold"], "postgresql"
    tables = metadata(design, engine=engine)
    _refuse_long_names(tables, engine)
    lines += ["-- " + " ".join(each.split()) for each in tables.info["left_out"]]
    schemas = dict.fromkeys(table.schema for table in tables.tables.values() if table.schema)

    def note(statement: Any, *_: Any, **__: Any) -> None:
        written = str(statement.compile(dialect=mock.dialect)).strip()
        lines.append("\n" + "\n".join(line.rstrip() for line in written.split("\n")) + ";")

    # Named parameters, because other styles double every percent sign.
    mock = create_mock_engine(f"{engine}://", note, paramstyle="named")
    quote = mock.dialect.identifier_preparer.quote_schema
    lines += [f"\nCREATE SCHEMA {quote(schema)};" for schema in schemas]
    tables.create_all(mock, checkfirst=False)
    return "\n".join(lines) + "\n"


def _refuse_long_names(tables: Any, engine: str) -> None:
    most = RELATIONAL[engine]
    names = [
        name
        for table in tables.tables.values()
        for name in (table.name, *(column.name for column in table.columns))
    ]
    for name in names:
        length = len(name.encode() if engine == "postgresql" else name)
        if most and length > most:
            what = "bytes" if engine == "postgresql" else "characters"
            raise UserError(
                f"The name '{name[:20]}…' has {length} {what}, {engine} takes {most}: give it a shorter `table` or `column`."
            )
