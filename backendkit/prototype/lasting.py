"""A database that lasts: made at the first start on it, taken again with its rows at the next. Only the prototype's own.

A table of its own says which design made it, with which tables. The keys of the service stand there too: the rows are
made up, and whoever has them may read them. A real service has its keys in the environment.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from backendkit.model import UserError

MARKER = sa.Table(
    "backendkit_prototype",
    sa.MetaData(),
    sa.Column("design", sa.Text, nullable=False),
    sa.Column("tables", sa.Text, nullable=False),
    sa.Column("given", sa.Text, nullable=False),
)
"""Whose it is; a hash of its tables; the settings that must be the same at each start."""
KEPT = ("jwt_keys", "encryption_keys")


class Lasting:
    """A database for one design. Raises UserError when the address is none, or the database is somebody else's."""

    def __init__(self, url: str, design: str, models: str) -> None:
        self.url, self.design = url, design
        self.tables = hashlib.sha256(models.encode()).hexdigest()[:16]
        try:
            self.shown = sa.make_url(url).render_as_string(hide_password=True)
            sa.make_url(url).get_dialect()
        except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError):
            raise UserError(
                "This is no address of a database: write sqlite:///file.db or postgresql+psycopg://user:password@host/name."
            ) from None
        self.given = self._read()
        self.new = not self.given

    def _read(self) -> dict[str, Any]:
        """What the database says of itself; nothing when it is empty."""
        with self._connected() as connection:
            there = set(sa.inspect(connection).get_table_names())
            if not there:
                return {}
            found = connection.execute(sa.select(MARKER)).mappings().first() if MARKER.name in there else None
        if not found:
            raise UserError(f"{self.shown} holds tables that no prototype made: name an empty database.")
        if found["design"] != self.design:
            raise UserError(f"{self.shown} belongs to the design '{found['design']}': name another database.")
        if found["tables"] != self.tables:
            raise UserError(
                f"The tables in {self.shown} are those of an earlier state of the design: delete that database to have it "
                "made anew, or name another one."
            )
        given: dict[str, Any] = json.loads(found["given"])
        return given

    def mark(self, given: Mapping[str, Any]) -> None:
        """Say whose it is, once its rows are there."""
        kept = {name: given[name] for name in KEPT}
        values = {"design": self.design, "tables": self.tables, "given": json.dumps(kept)}
        with self._connected() as connection:
            MARKER.create(connection)
            connection.execute(sa.insert(MARKER).values(values))

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        try:
            with engine.begin() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            reason = (str(error.orig).strip() or "no reason given").splitlines()[0]
            raise UserError(f"{self.shown} cannot be used: {reason}.") from None


def go_on_counting(connection: sa.Connection, tables: Mapping[str, sa.Table]) -> None:
    """Let PostgreSQL count on behind the rows that brought their numbers."""
    if connection.dialect.name != "postgresql":
        return
    quoted = connection.dialect.identifier_preparer.format_table
    for table in tables.values():
        for column in (each for each in table.columns if each.identity):
            last = connection.scalar(sa.select(sa.func.max(column)))
            if last is not None:
                sequence = sa.func.pg_get_serial_sequence(quoted(table), column.name)
                connection.execute(sa.select(sa.func.setval(sequence, last)))
