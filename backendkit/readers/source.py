"""Opening what is to be read, never to be written: SQLite files (https://www.sqlite.org/uri.html) and database URLs."""

from __future__ import annotations

import sqlite3
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from backendkit.model import UserError
from backendkit.readers.imported import ALLOWED

_DRIVERS = {"mysql": "pymysql", "mariadb": "pymysql", "mssql": "pyodbc", "oracle": "oracledb"}


@contextmanager
def open_file(path: Path) -> Iterator[sa.Connection]:
    """A SQLite file, read-only.

    It is opened as immutable where SQLite would otherwise leave a write-ahead log beside it, or could not make one.
    """
    address = path.resolve().as_uri() + "?mode=ro"
    with _told(str(path)):
        try:
            raw = _sqlite(address + ("&immutable=1" if _rests(path) else ""))
        except sqlite3.OperationalError:
            raw = _sqlite(address + "&immutable=1")
    engine = sa.create_engine("sqlite://", creator=lambda: raw, poolclass=sa.StaticPool)
    try:
        with _told(str(path)), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
        raw.close()


def _rests(path: Path) -> bool:
    """Whether a file keeps a write-ahead log when it is in use (https://www.sqlite.org/fileformat.html), and is not."""
    with path.open("rb") as file:
        return file.read(20)[18:] == b"\x02\x02" and not path.with_name(path.name + "-wal").exists()


def _sqlite(address: str) -> sqlite3.Connection:
    raw = sqlite3.connect(address, uri=True, check_same_thread=False, timeout=10)
    try:
        raw.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error:
        raw.close()
        raise
    raw.text_factory = lambda data: data.decode("utf-8", "replace")
    return raw


@contextmanager
def open_url(url: sa.URL) -> Iterator[sa.Connection]:
    """A database by its URL, in a transaction that may only read."""
    backend = url.get_backend_name()
    if backend in ("mysql", "mariadb") and "+" not in url.drivername:
        url = url.set(drivername=f"{backend}+{_DRIVERS[backend]}")
    shown, secrets = url.render_as_string(hide_password=True).partition("?")[0], _secrets(url)
    waiting = {"connect_timeout": 10} if backend in ("postgresql", "mysql", "mariadb") else {}
    try:
        engine = sa.create_engine(url, connect_args=waiting, poolclass=sa.NullPool)
    except sa.exc.NoSuchModuleError:
        raise UserError(f"{shown}: no database is called '{url.drivername}'; allowed is {ALLOWED}.") from None
    except ImportError as error:
        raise UserError(
            f"{shown}: the driver is missing: run `pip install {_DRIVERS.get(backend, error.name)}`."
        ) from None
    with _told(shown, *secrets), engine.connect() as connection:
        if backend in ("postgresql", "mysql", "mariadb", "oracle"):
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        yield connection


def parse_url(text: str) -> sa.URL:
    """The parts of a URL. Raises UserError, which never repeats the URL: a password may be in it."""
    try:
        url = sa.make_url("postgresql" + text[8:] if text.startswith("postgres:") else text)
        if not text.startswith("sqlite") and "@" in f"{url.host}{url.database}":
            raise ValueError("half of a password")
    except (sa.exc.ArgumentError, ValueError):
        raise UserError(
            "The URL cannot be read; write dialect://user:password@host:port/database, with the signs "
            "@ : / ? # of a password as %40 %3A %2F %3F %23."
        ) from None
    return url


def _secrets(url: sa.URL) -> tuple[str, ...]:
    values = [url.password or "", *(str(value) for key, value in url.query.items() if "pass" in key.lower())]
    return tuple(
        form
        for value in values
        if value
        for form in (value, urllib.parse.quote(value), urllib.parse.quote_plus(value))
    )


@contextmanager
def _told(shown: str, *secrets: str) -> Iterator[None]:
    """What a driver says, as one sentence without a password."""
    try:
        yield
    except (sa.exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        for secret in filter(None, secrets):
            said = said.replace(secret, "***")
        raise UserError(f"{shown} cannot be read: {said[:300].rstrip('.?')}.") from None
