"""A design in a database: every revision a row, and the unique number of the next one decides who was first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backendkit.model import UserError
from backendkit.store.disk import locked


@dataclass(frozen=True, slots=True)
class Revision:
    """One saved state of one text: its number, who saved it and when (UTC)."""

    number: int
    author: str
    at: datetime
    name: str


class Sql:
    """Named texts behind a SQLAlchemy URL, as `sqlite:///team.db#bookshop`. A revision is a number."""

    folder: Path | None = None

    def __init__(self, where: str) -> None:
        import sqlalchemy as sa

        address, _, self.name = where.rpartition("#") if "#" in where else (where, "", "")
        try:
            url = sa.make_url(address)
            if url.drivername in ("postgres", "postgresql"):
                url = url.set(drivername="postgresql+psycopg")
            waits = {"timeout": 30} if url.get_backend_name() == "sqlite" else {}
            self.engine = sa.create_engine(
                url, poolclass=sa.NullPool, connect_args=waits, hide_parameters=True
            )
        except (sa.exc.SQLAlchemyError, ImportError, ValueError):
            known = "sqlite:///team.db#shop or postgresql://user@host/db#shop"
            raise UserError(f"'{_masked(address)}' is no address of a database, as {known}.") from None
        self.url, self.known = url, False
        self.file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
        self.where = f"{url.render_as_string(hide_password=True)}#{self.name}"
        self.out = Path("work", "out", self.name)
        self.table = sa.Table(
            "design_revisions",
            sa.MetaData(),
            sa.Column("design", sa.String(200), primary_key=True),
            sa.Column("name", sa.String(200), primary_key=True),
            sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("author", sa.String(200), nullable=False),
            sa.Column("at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("text", sa.Text, nullable=False),
        )
        if not self.name:
            names = ", ".join(self._designs()) or "none yet"
            raise UserError(f"Say which design: '{self.where}NAME'. In this database: {names}.")

    def exists(self) -> bool:
        return self.name in self._designs()

    def names(self) -> tuple[str, ...]:
        """The texts of this design."""
        column = self.table.c.name
        return tuple(row[0] for row in self._rows(column, order=column, distinct=True))

    def stamp(self, name: str) -> object:
        """Changes when the text may have changed; cheap."""
        return self._latest(name)

    def _latest(self, name: str) -> str:
        columns = self.table.c
        rows = self._rows(columns.number, where=columns.name == name, order=columns.number.desc(), limit=1)
        return str(rows[0][0]) if rows else ""

    def read(self, name: str) -> tuple[str, str]:
        """The text and its revision; both empty when there is none."""
        here = self.table.c.name == name
        rows = self._rows(
            self.table.c.text, self.table.c.number, where=here, order=self.table.c.number.desc(), limit=1
        )
        return (rows[0][0], str(rows[0][1])) if rows else ("", "")

    def lines(self, name: str) -> str:
        """The text of a name that is only ever appended to."""
        rows = self._rows(self.table.c.text, where=self.table.c.name == name, order=self.table.c.number)
        return "".join(row[0] for row in rows)

    def write(self, name: str, text: str, revision: str, author: str) -> str | None:
        """Save when the revision still holds; the new revision, or None when it does not."""
        import sqlalchemy as sa

        number = int(revision or 0) + 1
        row = {
            "design": self.name,
            "name": name,
            "number": number,
            "author": author[:200],
            "at": datetime.now(UTC),
            "text": text,
        }
        if not self._there():
            self._create()
        try:
            with self._connected() as connection:
                connection.execute(self.table.insert(), row)
        except sa.exc.IntegrityError:
            return None
        return str(number)

    def append(self, name: str, line: str) -> None:
        """Add one line, as a revision that holds only this line."""
        while self.write(name, line + "\n", self._latest(name), "") is None:
            pass

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Who is second waits instead of doing work that will be refused; the unique number decides all the same."""
        import sqlalchemy as sa

        if self.url.get_backend_name() == "postgresql":
            with self._connected() as connection:
                connection.execute(sa.text("SET LOCAL lock_timeout = '60s'"))
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(self.name))))
                yield
        elif self.file and self.file.parent.is_dir():
            with locked(self.file.with_name(f"{self.file.name}.lock")):
                yield
        else:
            yield

    def history(self, name: str) -> tuple[Revision, ...]:
        """Every revision of a text, first one first."""
        columns = self.table.c
        rows = self._rows(
            columns.number, columns.author, columns.at, where=columns.name == name, order=columns.number
        )
        return tuple(Revision(row[0], row[1], _utc(row[2]), name) for row in rows)

    def revision(self, name: str, number: int) -> str | None:
        """The text of one revision."""
        here = (self.table.c.name == name) & (self.table.c.number == number)
        rows = self._rows(self.table.c.text, where=here)
        return str(rows[0][0]) if rows else None

    def _designs(self) -> list[str]:
        column = self.table.c.design
        return [row[0] for row in self._rows(column, order=column, distinct=True, every=True)]

    def _rows(
        self,
        *columns: Any,
        order: Any = None,
        where: Any = True,
        distinct: bool = False,
        limit: int | None = None,
        every: bool = False,
    ) -> list[Any]:
        import sqlalchemy as sa

        if not self._there():
            return []
        query = sa.select(*columns).order_by(order).limit(limit)
        query = query.distinct() if distinct else query
        query = query if every else query.where(self.table.c.design == self.name, where)
        with self._connected() as connection:
            return list(connection.execute(query))

    def _there(self) -> bool:
        """Whether the table is there; asking SQLite makes no file."""
        import sqlalchemy as sa

        if not self.known and not (self.file and not self.file.exists()):
            with self._connected() as connection:
                self.known = sa.inspect(connection).has_table(self.table.name)
        return self.known

    def _create(self) -> None:
        import sqlalchemy as sa

        try:
            with self._connected() as connection:
                self.table.create(connection, checkfirst=True)
        except (UserError, sa.exc.IntegrityError):  # another process was a moment earlier
            if not self._there():
                raise
        self.known = True

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        """A connection for one step, so that threads and forks share none."""
        import sqlalchemy as sa

        try:
            with self.engine.begin() as connection:
                yield connection
        except sa.exc.IntegrityError:
            raise
        except (sa.exc.SQLAlchemyError, OSError) as error:
            said = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
            said = said.replace(str(self.url.password), "***") if self.url.password else said
            raise UserError(f"The database of '{self.where}' did not do it: {said}.") from None


def _masked(address: str) -> str:
    return re.sub(r"(://[^:/@]*):.*@", r"\1:***@", address)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
