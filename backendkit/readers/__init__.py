"""An existing system as a design: databases and OpenAPI descriptions, read and never written."""

from __future__ import annotations

from pathlib import Path

from backendkit.model import UserError
from backendkit.readers.compare import differences
from backendkit.readers.imported import ALLOWED, Imported, titled

__all__ = ["Imported", "differences", "read_system"]


def read_system(source: str, *, schemas: tuple[str, ...] = ()) -> Imported:
    """The design of an existing system, and what could not be understood of it.

    `source` is a database URL, a SQLite file or an OpenAPI description; `schemas` chooses among a database's.
    Nothing is written and no row is kept. Raises UserError when it cannot be read.
    """
    if "://" in source:
        return _read_url(source, schemas)
    if not source.strip() or "\0" in source:
        raise UserError(f"Nothing was given that can be read; allowed is {ALLOWED}.")
    path = Path(source)
    head = _head(path)
    if head.startswith(b"SQLite format 3\x00"):
        from backendkit.readers.database import read_database
        from backendkit.readers.source import open_file

        with open_file(path) as connection:
            return read_database(connection, titled(path.stem), schemas)
    from backendkit.readers.openapi import read_openapi

    return read_openapi(path)


def _read_url(source: str, schemas: tuple[str, ...]) -> Imported:
    from backendkit.readers.source import open_url, parse_url

    if source.startswith(("http://", "https://", "file://")):
        raise UserError(
            f"{source.partition(':')[0]}://… is no database; allowed is {ALLOWED}. Download the file first."
        )
    url = parse_url(source)
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise UserError("sqlite:// names no file; write sqlite:///path/to/file.db.")
        return read_system(url.database.removeprefix("file:").partition("?")[0], schemas=schemas)
    from backendkit.readers.database import read_database

    with open_url(url) as connection:
        return read_database(connection, titled(url.database or "database"), schemas)


def _head(path: Path) -> bytes:
    """The first bytes of a file; UserError when there is none to read."""
    try:
        if path.is_dir():
            raise UserError(f"{path} is a folder; allowed is {ALLOWED}.")
        with path.open("rb") as file:
            head = file.read(100)
    except OSError as error:
        why = "is not there" if isinstance(error, FileNotFoundError) else f"cannot be read ({error.strerror})"
        raise UserError(f"{path} {why}; allowed is {ALLOWED}.") from None
    if not head.strip():
        raise UserError(f"{path} is empty; allowed is {ALLOWED}.")
    return head
