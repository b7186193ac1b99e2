"""A design in a database: every revision a row, and the unique number of the next one decides who was first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from backendkit.model import UserError
from backendkit.store.disk import locked
from backendkit.store.protocol import Revision, masked

TABLE = sa.Table(
    "design_revisions",
    sa.MetaData(),
    sa.Column("design", sa.String(200), primary_key=True),
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("author", sa.String(200), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
ROW = TABLE.c


class Sql:
    """Named texts behind a SQLAlchemy URL, as `sqlite:///team.db#bookshop`. A revision is a number."""

    folder: Path | None = None

    def __init__(self, where: str) -> None:
        address, _, self.name = where.rpartition("#") if "#" in where else (where, "", "")
        try:
            url = sa.make_url(address)
            if not address.startswith("sqlite") and "@" in f"{url.host}{url.database}":
                raise ValueError("half of a password")
            if url.drivername in ("postgres", "postgresql"):
                url = url.set(drivername="postgresql+psycopg")
            waits = {"timeout": 30} if url.get_backend_name() == "sqlite" else {}
            self.engine = sa.create_engine(
                url, poolclass=sa.NullPool, connect_args=waits, hide_parameters=True
            )
        except (sa.exc.SQLAlchemyError, ImportError, ValueError):
            known = (
                "sqlite:///team.db#shop or postgresql://user@host/db#shop, with the @ of a password as %40"
            )
            raise UserError(f"'{masked(address)}' is no address of a database, as {known}.") from None
        self.url, self.known = url, False
        self.file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
        self.where = f"{masked(url.render_as_string(hide_password=True))}#{self.name}"
        self.out = Path("work", "out", re.sub(r"[^\w -]+", "-", self.name))
        if not self.name:
            names = ", ".join(self._designs()) or "none yet"
            raise UserError(f"Say which design: '{self.where}NAME'. In this database: {names}.")

    def exists(self) -> bool:
        """Whether there is a design."""
        return self.name in self._designs()

    def names(self) -> tuple[str, ...]:
        """The texts of this design."""
        query = sa.select(ROW.name).where(ROW.design == self.name).distinct().order_by(ROW.name)
        return tuple(row.name for row in self._rows(query))

    def stamp(self, name: str) -> str:
        """The number of the latest revision."""
        query = self._of(name, ROW.number).order_by(ROW.number.desc()).limit(1)
        return "".join(str(row.number) for row in self._rows(query))

    def stamps(self) -> object:
        """The number of revisions: none ever goes."""
        query = sa.select(sa.func.count()).where(ROW.design == self.name)
        return [tuple(row) for row in self._rows(query)]

    def read(self, name: str) -> tuple[str, str]:
        """The text and its revision; both empty when there is none."""
        rows = self._rows(self._of(name, ROW.text, ROW.number).order_by(ROW.number.desc()).limit(1))
        return (rows[0].text, str(rows[0].number)) if rows else ("", "")

    def lines(self, name: str) -> str:
        """The text of a name that is only ever appended to."""
        return "".join(row.text for row in self._rows(self._of(name, ROW.text).order_by(ROW.number)))

    def write(self, name: str, text: str, revision: str, author: str) -> str | None:
        """Save when the revision still holds; the new revision, or None when it does not."""
        number = int(revision or 0) + 1
        row = {"design": self.name, "name": name, "number": number, "text": text}
        if not self._there():
            self._create()
        try:
            with self._connected() as connection:
                connection.execute(TABLE.insert(), {**row, "author": author[:200], "at": datetime.now(UTC)})
        except sa.exc.IntegrityError:
            return None
        return str(number)

    def append(self, name: str, line: str) -> None:
        """Add one line, as a revision that holds only this line."""
        while self.write(name, line + "\n", self.stamp(name), "") is None:
            pass

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Who is second waits instead of doing work that will be refused; the unique number decides all the same."""
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
        query = self._of(name, ROW.number, ROW.author, ROW.at).order_by(ROW.number)
        return tuple(Revision(row.number, row.author, _utc(row.at), name) for row in self._rows(query))

    def revision(self, name: str, number: int) -> str | None:
        """The text of one revision."""
        rows = self._rows(self._of(name, ROW.text).where(ROW.number == number))
        return str(rows[0].text) if rows else None

    def _of(self, name: str, *columns: sa.Column[Any]) -> sa.Select[Any]:
        """What is asked of the revisions of one text."""
        return sa.select(*columns).where(ROW.design == self.name, ROW.name == name)

    def all(self) -> dict[str, tuple[int, datetime]]:
        """Every design of this database, by one question: how many revisions it has and when the last one came."""
        query = sa.select(ROW.design, sa.func.count(), sa.func.max(ROW.at)).group_by(ROW.design)
        return {name: (count, _utc(at)) for name, count, at in sorted(map(tuple, self._rows(query)))}

    def _designs(self) -> list[str]:
        return [row.design for row in self._rows(sa.select(ROW.design).distinct().order_by(ROW.design))]

    def _rows(self, query: sa.Select[Any]) -> list[Any]:
        if not self._there():
            return []
        with self._connected() as connection:
            return list(connection.execute(query))

    def _there(self) -> bool:
        """Whether the table is there; asking SQLite makes no file."""
        if not self.known and not (self.file and not self.file.exists()):
            with self._connected() as connection:
                self.known = sa.inspect(connection).has_table(TABLE.name)
        return self.known

    def _create(self) -> None:
        try:
            with self._connected() as connection:
                TABLE.create(connection, checkfirst=True)
        except (UserError, sa.exc.IntegrityError):  # another process was a moment earlier
            if not self._there():
                raise
        self.known = True

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        """A connection for one step, so that threads and forks share none."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except sa.exc.IntegrityError:
            raise
        except (sa.exc.SQLAlchemyError, OSError) as error:
            said = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
            asked = [str(value) for key, value in self.url.query.items() if "pass" in key.lower()]
            for secret in filter(None, (self.url.password, *asked)):
                said = said.replace(secret, "***")
            raise UserError(f"The database of '{self.where}' did not do it: {said}.") from None


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
