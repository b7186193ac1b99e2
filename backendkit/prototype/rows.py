"""Believable rows for every table, the same from the same seed: guess, let the database judge, guess again.

The tables know keys, references, uniques and checks best, so no second checker is written here.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from backendkit.model import expression
from backendkit.model.database import Entity
from backendkit.model.naming import kebab
from backendkit.prototype.users import given
from backendkit.rest import Field, Surface

TRIES = 30
BATCH = 1000
"""How many rows go to the database at once."""
SKEW = 2.0
"""How much more often the first rows are pointed to: at 2, half of all references go to the first quarter."""
ROOTS = 3
"""How many first rows point to no other row of their own table."""
_READ: dict[str, Callable[[str], Any]] = {
    "integer": int, "bigint": int, "decimal": Decimal, "float": float, "uuid": UUID, "json": json.loads,
    "date": date.fromisoformat, "time": time.fromisoformat, "datetime": datetime.fromisoformat,
}  # fmt: skip
_DAY = datetime(2026, 1, 5, 9, 0)
Links = list[tuple[Sequence[str], Sequence[str], list[dict[str, Any]]]]


def fill(
    connection: sa.Connection,
    surface: Surface,
    tables: dict[str, sa.Table],
    count: int | Mapping[str, int],
    seed: int,
) -> list[str]:
    """Put rows into every table, those that others point to first. What stayed empty is told in sentences.

    `count` is how many for each table, or a number by the name of the table.
    """
    made: dict[str, list[dict[str, Any]]] = {name: [] for name in tables}
    names = {id(table): name for name, table in tables.items()}
    wanted = {name: count if isinstance(count, int) else count[name] for name in tables}
    for name in _ordered(tables, names):
        guess = _Guess(
            surface.columns[name], made[name], random.Random(f"{seed} {name}"), given(surface, name)
        )
        links, number = _links(tables[name], lambda table: made[names[id(table)]]), 0
        while number < wanted[name]:
            # Batches grow, so that the first rows of a table can be pointed to by the next.
            batch = range(number, min(wanted[name], number + min(BATCH, max(1, number))))
            firsts = [(each, guess.unlike(each, links)) for each in batch]
            taken = _rows(connection, sa.insert(tables[name]), guess, links, firsts)
            if not taken and len(batch) >= TRIES:
                break  # The table is as full as its rules allow.
            made[name] += taken
            number = batch.stop
    empty = [
        surface.tables[name].info["entity"].id for name, rows in made.items() if wanted[name] and not rows
    ]
    return [f"No row for '{name}' could be made up." for name in empty]


def stated(surface: Surface, most: int = 100_000) -> tuple[dict[str, int], tuple[str, ...]]:
    """The rows that the design states for each table, at most so many in all; and a sentence where they are fewer.

    A table of which it states nothing gets 20.
    """
    volumes = {name: table.info["entity"].volume for name, table in surface.tables.items()}
    wanted = {
        name: 20 if volume is None or volume.rows is None else volume.rows for name, volume in volumes.items()
    }
    total = sum(wanted.values())
    if total <= most:
        return wanted, ()
    fewer = {name: min(rows, max(20, rows * most // total)) for name, rows in wanted.items()}
    return fewer, (
        f"The design states {total:,} rows; {sum(fewer.values()):,} were made up, in the same proportions.",
    )


def another(
    connection: sa.Connection,
    surface: Surface,
    tables: dict[str, sa.Table],
    name: str,
    seed: int,
    fixed: dict[str, Any],
) -> dict[str, Any] | None:
    """One more row that a table would take, pointing to rows that stand there; None when none is found.

    Some values may be given. Nothing is kept.
    """

    def standing(table: sa.Table) -> list[dict[str, Any]]:
        rows = connection.execute(sa.select(table).limit(50))
        return [dict(zip(table.columns.keys(), row, strict=True)) for row in rows]

    count = connection.scalar(sa.select(sa.func.count()).select_from(tables[name])) or 0
    guess = _Guess(surface.columns[name], [], random.Random(f"another {seed + count} {name}"), {})
    point = connection.begin_nested()
    try:
        links = _links(tables[name], standing)
        return next(_row(connection, sa.insert(tables[name]), guess, links, count + seed, fixed), None)
    finally:
        point.rollback()


def _links(table: sa.Table, rows: Callable[[sa.Table], list[dict[str, Any]]]) -> Links:
    """The references of a table, with the rows that they may point to."""
    return [
        (key.column_keys, [each.column.key for each in key.elements], rows(key.referred_table))
        for key in sorted(
            table.foreign_key_constraints, key=lambda key: (len(key.column_keys), key.column_keys)
        )
    ]


def _ordered(tables: dict[str, sa.Table], names: dict[int, str]) -> list[str]:
    """What is pointed to comes first; where that goes in a circle, references that may be empty wait."""
    for patient in (False, True):
        graph: dict[str, set[str]] = {name: set() for name in tables}
        for name, table in tables.items():
            for key in table.foreign_key_constraints:
                waits = patient and all(each.nullable for each in key.columns)
                if key.referred_table is not table and not waits:
                    graph[name].add(names[id(key.referred_table)])
        with suppress(CycleError):
            return list(TopologicalSorter(graph).static_order())
    return list(tables)


def _rows(
    connection: sa.Connection,
    statement: sa.Insert,
    guess: _Guess,
    links: Links,
    firsts: list[tuple[int, dict[str, Any]]],
) -> list[dict[str, Any]]:
    """Some rows at once; in smaller parts, and at last one by one, when the tables refuse one of them."""
    if len(firsts) == 1:
        return list(_row(connection, statement, guess, links, firsts[0][0], first=firsts[0][1]))
    if _taken(connection, statement, [first for _, first in firsts]):
        return [first for _, first in firsts]
    step = max(1, len(firsts) // 30)
    parts = (firsts[at : at + step] for at in range(0, len(firsts), step))
    return [row for part in parts for row in _rows(connection, statement, guess, links, part)]


def _row(
    connection: sa.Connection,
    statement: sa.Insert,
    guess: _Guess,
    links: Links,
    number: int,
    fixed: dict[str, Any] | None = None,
    first: dict[str, Any] | None = None,
) -> Iterator[dict[str, Any]]:
    """One row, or none when the tables took none of the guesses."""
    for attempt in range(TRIES):
        values = first if first and not attempt else guess.unlike(number, links, attempt)
        values |= fixed or {}
        if _taken(connection, statement, values):
            yield values
            return


def _taken(connection: sa.Connection, statement: sa.Insert, values: Any) -> bool:
    """Whether the database takes a row, or all of some rows; otherwise it is as before."""
    # A single statement that SQLite refuses leaves nothing behind: no savepoint, which costs as much again.
    alone = isinstance(values, dict) and connection.dialect.name == "sqlite"
    with suppress(sa.exc.IntegrityError), nullcontext() if alone else connection.begin_nested():
        connection.execute(statement, values)
        return True
    return False


def _unique(table: sa.Table) -> list[list[str]]:
    """The columns that (together) no two rows share."""
    found = [[each.key for each in table.primary_key]]
    found += [
        [each.key for each in rule.columns]
        for rule in table.constraints
        if isinstance(rule, sa.UniqueConstraint)
    ]
    found += [[each.key for each in index.columns] for index in table.indexes if index.unique]
    found += [[each.key] for each in table.columns if each.unique]
    return sorted(each for each in found if each)


def _popular(rows: list[dict[str, Any]], dice: random.Random) -> dict[str, Any]:
    """One of some rows, the first ones most often: in life, few have much and many have little."""
    return rows[int(len(rows) * dice.random() ** SKEW)]


class _Guess:
    """What the values of one table could be."""

    def __init__(
        self,
        fields: tuple[Field, ...],
        made: list[dict[str, Any]],
        dice: random.Random,
        given: dict[str, list[str]],
    ) -> None:
        self.made, self.dice, self.given = made, dice, given
        self.fields = [each for each in fields if not each.made or _makeable(each)]
        self.free = {each.name: each.attribute.optional and not each.column.primary_key for each in fields}
        self.limits = _limits(fields)
        self.unique = _unique(fields[0].column.table) if fields else []
        entity = fields[0].column.table.info["entity"] if fields else Entity()
        self.checks = [
            expression.parse_expression(it.holds)
            for it in entity.checks
            if expression.is_expression(it.holds)
        ]
        self.ids = {each.name: each.attribute.id for each in fields}
        self.seen: list[dict[tuple[Any, ...], int]] = [{} for _ in self.unique]
        self.person = any(word in fields[0].column.table.name.lower() for word in _words()["person"])

    def unlike(self, number: int, links: Links, attempt: int = 0) -> dict[str, Any]:
        """One row with its references, unlike the ones before it in what tells rows apart."""
        for more in range(TRIES):
            values = self.linked(number, links, attempt + more)
            keys = [tuple(map(str, map(values.get, names))) for names in self.unique]
            alone = all(seen.get(key, number) == number for key, seen in zip(keys, self.seen, strict=True))
            if alone and self.keeps(values):
                break
        for key, names, seen in zip(keys, self.unique, self.seen, strict=True):
            if all(values.get(name) is not None for name in names):
                seen[key] = number
        return values

    def keeps(self, values: dict[str, Any]) -> bool:
        """Whether a row would pass the checks that can be told here; the database has the last word."""
        said = {id: values.get(name) for name, id in self.ids.items()}
        with suppress(TypeError, ArithmeticError):
            return all(expression.evaluate(check, said) is not False for check in self.checks)
        return True

    def linked(self, number: int, links: Links, attempt: int) -> dict[str, Any]:
        """One row with its references."""
        values = self.values(number, leads=number == 0 and attempt < TRIES / 2)
        for here, there, rows in links:
            optional = all(self.free[key] for key in here)
            if optional and rows is self.made and number < ROOTS:
                rows = []
            # A row that must point to its own table, where none stands yet, points to itself.
            some = rows or ([] if optional else [values])
            picked = (
                _popular(some, self.dice) if some and not (optional and self.dice.random() < 0.2) else None
            )
            values |= {key: picked.get(far) if picked else None for key, far in zip(here, there, strict=True)}
        return values

    def values(self, number: int, *, leads: bool) -> dict[str, Any]:
        """One row; the one that leads is made of the examples that fit."""
        found = {field.name: self.value(field, number) for field in self.fields}
        name = next((found[each.name] for each in self.fields if each.json in ("name", "title")), None)
        found |= {
            each.name: kebab(name)[: each.type.length] for each in self.fields if name and _is_slug(each)
        }
        if leads:
            found |= {each.name: shown for each in self.fields if (shown := _shown(each)) is not None}
        return found | {name: values[number % len(values)] for name, values in self.given.items()}

    def value(self, field: Field, number: int) -> Any:
        kind, dice = field.type.name, self.dice
        if self.free[field.name] and dice.random() < 0.25:
            return None
        if kind in ("integer", "bigint", "decimal", "float"):
            return self.number(field, number)
        if kind in ("date", "time", "datetime"):
            moment = _DAY + timedelta(days=dice.randrange(300), minutes=dice.randrange(600))
            return {"date": moment.date(), "time": moment.time()}.get(kind, moment)
        shown = _shown(field) if kind == "json" else None
        made: dict[str, Callable[[], Any]] = {
            "boolean": lambda: dice.random() < 0.5,
            "uuid": lambda: UUID(int=dice.getrandbits(128), version=4),
            "json": lambda: {"note": dice.choice(_words()["picks"]["sentence"])} if shown is None else shown,
            "binary": lambda: dice.randbytes(12),
            "enum": lambda: dice.choice(field.type.values),
        }
        return made[kind]() if kind in made else self.text(field, number)

    def number(self, field: Field, number: int) -> Any:
        low, high = next((each for word, each in _words()["usual"].items() if word in field.json), (1, 100))
        least, most = self.limits.get(field.attribute.id, (None, None))
        low = low if least is None or (least < low < high) else float(least)
        high = high if most is None else float(most)
        high = high if high > low else low + 100
        if field.type.name == "float":
            return round(self.dice.uniform(low, high), 3)
        if field.type.name != "decimal":
            alone = field.column.primary_key and len(field.column.table.primary_key) == 1
            return number + 1 if alone else self.dice.randint(int(low), int(high))
        places = 2 if field.type.precision is None else field.type.scale or 0
        whole = 9 if field.type.precision is None else field.type.precision - places
        top = min(int(high * 10**places), 10 ** (whole + places) - 1)
        return Decimal(self.dice.randint(min(int(low * 10**places), top), top)).scaleb(-places)

    def text(self, field: Field, number: int) -> str:
        """A text like the example, or like what the name of the attribute suggests."""
        dice, example, length = self.dice, field.attribute.example, field.type.length or 99
        alone = field.attribute.unique or field.column.primary_key
        picked = {word: dice.choice(list(texts)) for word, texts in _words()["picks"].items()}
        picked |= {"n": number + 1, "digits": f"{dice.randrange(10**6):06}"}
        patterns = _words()["patterns"] | _words()["of people" if self.person else "of things"]
        pattern = next((each for word, each in patterns.items() if word in field.json), "")
        fitting = (text for text in str(pattern).format_map(picked).split("|") if len(text) <= length)
        found = next(fitting, "")
        if example and not alone and not found and (example.count(" ") > 2 or dice.random() < 0.5):
            found = example
        elif example and re.search(r"\d\d", example):
            found = re.sub(r"\d", lambda _: str(dice.randrange(10)), example)
        elif alone and not found:
            stem, dot, end = (example or field.json.replace("_", "-")).partition(".")
            return f"{stem}-{number + 1}{dot}{end}"[-length:]
        return (found or ("{sentence}" if length > 160 else "{kind} {thing}").format_map(picked))[:length]


def _shown(field: Field) -> Any:
    """The example as a value of its type; None where there is none that fits, or where rows are counted."""
    text, type_ = field.attribute.example, field.type
    if not text or len(text) > (type_.length or len(text)) or text not in (type_.values or (text,)):
        return None
    most = {"integer": 2**31, "bigint": 2**53, "float": 1e300, "decimal": 10**12}
    if type_.precision is not None:
        most["decimal"] = 10 ** (type_.precision - (type_.scale or 0))
    if type_.name in ("boolean", "binary") or (field.column.primary_key and type_.name in most):
        return None
    with suppress(ValueError, ArithmeticError, RecursionError):
        value = _READ.get(type_.name, str)(text)
        if type_.name in most:
            return value if abs(value) < most[type_.name] else None
        return None if getattr(value, "tzinfo", None) else value
    return None


def _is_slug(field: Field) -> bool:
    """Whether it is a short text that tells rows apart, like `crime`: made of the name beside it."""
    alone = field.attribute.unique or (field.column.primary_key and not field.attribute.to)
    plain = re.fullmatch("[a-z][a-z-]*", field.attribute.example or "x")
    return bool(
        alone
        and plain
        and field.type.name in ("string", "text")
        and re.search("code|slug|key|^id$", field.json)
    )


def _makeable(field: Field) -> bool:
    """Whether a value that the database makes can be made here too: a running number, an id."""
    return field.column.primary_key and field.type.name in ("integer", "bigint", "uuid")


def _limits(fields: tuple[Field, ...]) -> dict[str, tuple[Decimal | None, Decimal | None]]:
    """What checks like `stars >= 1 and stars <= 5` say of a single attribute."""
    entity = fields[0].column.table.info["entity"] if fields else None
    found: dict[str, tuple[Decimal | None, Decimal | None]] = {}
    for check in entity.checks if entity else ():
        with suppress(expression.NotAnExpression):
            for name, sign, value in _comparisons(expression.parse_expression(check.holds)):
                low, high = found.get(name, (None, None))
                found[name] = (low, value) if sign.startswith("<") else (value, high)
    return found


def _comparisons(line: expression.Expression) -> Iterator[tuple[str, str, Decimal]]:
    for part in line.parts if isinstance(line, expression.Operation) else ():
        yield from _comparisons(part)
    match line:
        case expression.Operation(
            "<" | "<=" | ">" | ">=" as sign, (expression.Name(name), expression.Constant("number", value))
        ):
            yield name, sign, Decimal(value)


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
    return found
