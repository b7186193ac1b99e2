"""The rows of an existing database, copied table by table: the source is only read, and no row is lost in silence."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import isfinite, isnan
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from backendkit.model import UserError
from backendkit.rest import Field, Surface

BATCH = 2000
_AS_TEXT = ("date", "time", "datetime", "json", "other")


def copy_rows(source: str, surface: Surface, tables: dict[str, sa.Table], engine: sa.Engine) -> list[str]:
    """Copy what the design's tables have in the source. What is not understood is told in sentences.

    `source` is a database URL or a SQLite file. Raises UserError when it cannot be read.
    """
    told: list[str] = []
    with _opened(source) as reading, _lenient(engine) as writing:
        for name, table in tables.items():
            entity = surface.tables[name].info["entity"]
            copy = _Copy(entity.id, surface.columns[name], table)
            try:
                with reading.begin_nested():
                    copy.all(reading, writing, entity.table_name, entity.schema_ or None)
            except sa.exc.DBAPIError as error:
                copy.told.append(f"its rows cannot be read: {str(error.orig).splitlines()[0]}")
            told += [f"{entity.id}: {sentence}." for sentence in copy.sentences()]
    return told


def _opened(source: str) -> AbstractContextManager[sa.Connection]:
    from backendkit.readers.source import open_file, open_url, parse_url

    if "://" in source and not Path(source).exists():
        url = parse_url(source)
        if url.get_backend_name() != "sqlite":
            return open_url(url)
        source = (url.database or "").removeprefix("file:").partition("?")[0]
    if not Path(source).is_file():
        raise UserError(
            f"'{source}' is neither a SQLite file nor a URL, as postgresql://user:password@host/name."
        )
    return open_file(Path(source))


@contextmanager
def _lenient(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction in which references and checks wait: what the source holds is shown, also where it is wrong."""

    def switch(references: str, checks: str) -> None:
        raw = engine.raw_connection()
        raw.cursor().execute(f"PRAGMA foreign_keys = {references}").close()
        raw.cursor().execute(f"PRAGMA ignore_check_constraints = {checks}").close()
        raw.close()

    switch("OFF", "ON")
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        switch("ON", "OFF")


class _Untouched(sa.types.UserDefinedType[Any]):
    """A type that hands every value to the database as it is."""

    cache_ok = True


class _Copy:
    """One table on its way, and what was odd about it."""

    def __init__(self, entity: str, fields: tuple[Field, ...], table: sa.Table) -> None:
        self.entity, self.fields = entity, fields
        self.table = table.to_metadata(sa.MetaData())
        for column in self.table.columns:
            if isinstance(column.type, sa.Float):  # it would make numbers of everything, or fail
                column.type = _Untouched()
        self.odd: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.told: list[str] = []

    def all(self, reading: sa.Connection, writing: sa.Connection, name: str, schema: str | None) -> None:
        if not sa.inspect(reading).has_table(name, schema):
            return self.told.append(f"the source has no table '{schema + '.' if schema else ''}{name}'")
        source = sa.table(sa.quoted_name(name, True), schema=schema and sa.quoted_name(schema, True))
        there = reading.execute(sa.select(sa.text("*")).select_from(source).limit(0)).keys()
        known = [field for field in self.fields if field.attribute.column_name in there]
        lost = [field.attribute.column_name for field in self.fields if field not in known]
        self.told += [f"the source has no column '{column}' in its table '{name}'" for column in lost]
        if not known:
            return None
        plain = reading.dialect.name != "postgresql"
        columns = [self.column(field, plain) for field in known]
        statement = sa.select(*columns).select_from(source).execution_options(stream_results=True)
        result = reading.execute(statement)
        while rows := result.fetchmany(BATCH):
            self.batch([self.row(known, row) for row in rows], writing)

    def column(self, field: Field, plain: bool) -> sa.ColumnElement[Any]:
        """A column of the source; from PostgreSQL dates as text, for it knows some that Python does not."""
        column: sa.ColumnElement[Any] = sa.column(sa.quoted_name(field.attribute.column_name, True))
        return column if plain or field.type.name not in _AS_TEXT else sa.cast(column, sa.Text)

    def row(self, fields: list[Field], row: sa.Row[Any]) -> dict[str, Any]:
        values = {}
        for field, value in zip(fields, row, strict=True):
            try:
                values[field.name] = None if value is None else _READ.get(field.type.name, _text)(value)
            except (ArithmeticError, AttributeError, RecursionError, TypeError, ValueError):
                values[field.name], how = _odd(field.type.name, value)
                self.odd[f"'{field.attribute.id}' is no {field.type}, and served as {how}"] += 1
        return values

    def batch(self, rows: list[dict[str, Any]], writing: sa.Connection) -> None:
        """Write rows at once, or one by one when the tables refuse some of them."""
        try:
            with writing.begin_nested():
                writing.execute(sa.insert(self.table), rows)
        except sa.exc.IntegrityError as error:
            if len(rows) == 1:
                self.refused[str(error.orig)] += 1
                return
            for row in rows:
                self.batch([row], writing)

    def sentences(self) -> list[str]:
        odd = [f"{_rows(count)}: {what}" for what, count in self.odd.items()]
        return self.told + odd + [f"{_rows(count)} left out: {why}" for why, count in self.refused.items()]


def _rows(count: int) -> str:
    return f"{count:,} row" + ("" if count == 1 else "s")


def _odd(kind: str, value: Any) -> tuple[Any, str]:
    """What to keep of a value that is not of its type, and how it is served then."""
    if kind == "binary":  # such a column gives nothing but bytes
        return str(value).encode(), "the bytes of its text"
    if isinstance(value, bytes) and kind == "json":
        return base64.b64encode(value).decode(), "it is"
    if kind == "float" and isinstance(value, float) and isnan(value):  # SQLite would keep nothing
        return "NaN", "it is"
    return value if isinstance(value, str | bytes | int | float) else str(value), "it is"


def _json(value: Any) -> Any:
    """What JSON text says, when it can be said again."""
    if isinstance(value, bytes):
        raise TypeError
    found = json.loads(value)
    json.dumps(found, allow_nan=False)
    return found


def _binary(value: Any) -> bytes:
    if isinstance(value, str | int | float):
        raise TypeError
    return bytes(value)


def _text(value: Any) -> Any:
    if isinstance(value, bytes):
        raise TypeError
    return str(value)


def _whole(value: Any) -> Any:
    if not isinstance(value, int):
        raise TypeError
    return value


def _number(value: Any) -> Any:
    if not isinstance(value, int | float) or not isfinite(value):
        raise ValueError
    return value


def _decimal(value: Any) -> Decimal:
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError
    return number


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _day(value: Any) -> date:
    if type(value) is date or len(value) == 10:
        return value if isinstance(value, date) else date.fromisoformat(value)
    moment = _moment(value)
    if moment.time() != time():
        raise ValueError
    return moment.date()


def _clock(value: Any) -> time:
    clock = value if isinstance(value, time) else time.fromisoformat(value)
    if clock.tzinfo:
        raise ValueError
    return clock


_READ: dict[str, Callable[[Any], Any]] = {
    "integer": _whole,
    "bigint": _whole,
    "float": _number,
    "decimal": _decimal,
    "boolean": lambda value: (False, True)[(0, 1).index(value)],
    "date": _day,
    "time": _clock,
    "datetime": _moment,
    "uuid": lambda value: (
        value if isinstance(value, UUID) else UUID(bytes=value) if isinstance(value, bytes) else UUID(value)
    ),
    "json": _json,
    "binary": _binary,
}
