"""Columns, rules and references of tables as source (SQLAlchemy)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from backendkit import rest, tables
from backendkit.model.datatype import DataType
from backendkit.scaffold.quoting import Code, py

_COLUMNS = {
    "integer": "Integer()", "bigint": "BigInteger()", "float": "Double()", "boolean": "Flag()", "date": "Day()",
    "time": "Clock()", "datetime": "Moment()", "uuid": "Key()", "json": "JSON(none_as_null=True)",
    "binary": "LargeBinary()",
}  # fmt: skip
_HELD = {
    "integer": "int", "bigint": "int", "float": "float", "decimal": "Decimal", "boolean": "bool", "date": "dt.date",
    "time": "dt.time", "datetime": "dt.datetime", "uuid": "UUID", "json": "Any", "binary": "bytes",
}  # fmt: skip
_MAKERS = {"uuid": "uuid4", "datetime": "now", "date": "lambda: now().date()", "time": "lambda: now().time()"}
_PARSERS = {
    "date": "dt.date.fromisoformat",
    "time": "dt.time.fromisoformat",
    "datetime": "dt.datetime.fromisoformat",
}
_PARSERS |= {"uuid": "UUID", "decimal": "Decimal"}


def column(field: rest.Field) -> Code:
    """A column of a migration: what the database has to know."""
    parts = [py(field.column.name), column_type(field, frozen=True), *_facts(field)]
    if field.column.name != field.name:
        parts.append(f"key={field.name!r}")
    if not field.column.primary_key and not field.optional and not _unsaid(field):
        parts.append("nullable=False")
    return Code(", ".join(parts))


def mapped(field: rest.Field) -> Code:
    """A column of a class: its name where that is another, its type, its references and defaults."""
    named = [py(field.column.name), f"key={field.name!r}"] if field.column.name != field.name else []
    parts = [*named[:1], column_type(field), *_pointing(field), *_facts(field), *named[1:]]
    if default := _default(field):
        parts.append(f"default={default}")
    return Code(", ".join(parts))


def held(field: rest.Field) -> Code:
    """The type of a value in Python."""
    found = _HELD.get(field.type.name, "str")
    optional = (field.optional or _unsaid(field)) and not field.column.primary_key
    return Code(f"{found} | None" if optional else found)


def parsed(field: rest.Field) -> Code:
    """A key that stands in the variable `text`, as a value of its type."""
    kind = field.type.name
    return Code(f"{_PARSERS.get(kind, 'int' if kind in ('integer', 'bigint') else 'str')}(text)")


def reader(field: rest.Field) -> Code:
    """What makes a key of its text."""
    kind = field.type.name
    return Code(_PARSERS.get(kind, "int" if kind in ("integer", "bigint") else "str"))


def _unsaid(field: rest.Field) -> bool:
    """Whether the database makes a value that may stay empty."""
    return field.attribute.generated and not field.column.identity and field.type.name not in _MAKERS


def _facts(field: rest.Field) -> Iterator[str]:
    column = field.column
    if column.identity:
        yield "Identity()"
    if isinstance(column.computed, sa.Computed):
        yield f"Computed({str(column.computed.sqltext)!r}, persisted=True)"
    if column.primary_key:
        alone = len(column.table.primary_key) == 1 and field.type.name in ("integer", "bigint")
        yield "primary_key=True" + (", autoincrement=False" if alone and not column.identity else "")


def column_type(field: rest.Field, *, frozen: bool = False) -> str:
    """The type of a column; `frozen` names what stands in the database, whatever the service makes of it."""
    type_ = field.type
    if field.sealed and frozen:
        return "LargeBinary()"
    if field.sealed:
        place = f"{field.column.table.name}.{field.column.name}"
        found = ", found=True" if field.sealed == "found" else ""
        return f"Sealed({_HELD.get(type_.name, 'str')}, {place!r}{found})"
    # SQLite counts only in a column that it knows as INTEGER.
    counts = type_.name == "bigint" and field.column.identity
    return _plain_type(type_) + ('.with_variant(Integer(), "sqlite")' if counts else "")


def _plain_type(type_: DataType) -> str:
    if type_.name == "string":
        return f"String({type_.length or ''})"
    if type_.name == "enum":
        return f"String({max(map(len, type_.values))})"
    if type_.name == "decimal":
        return f"Exact({type_.precision}, {type_.scale or 0})" if type_.precision else "Exact()"
    return _COLUMNS.get(type_.name, "Text()")


def _default(field: rest.Field) -> str:
    """What a column holds when nobody says, as an expression; empty when there is none that fits."""
    kind, text, column = field.type.name, field.attribute.default, field.column
    if column.computed is not None:
        return ""
    if field.withheld and not field.optional:
        return "'!'"  # the hash of no password at all
    if text in ("now", "new uuid") or field.attribute.generated:
        return _MAKERS.get(kind, "")
    if not text or column.server_default is None:
        return ""
    if kind == "boolean":
        return str(text == "true")
    if kind in ("integer", "bigint", "float", "decimal") and text.removeprefix("-").isdecimal():
        return f"Decimal({int(text)})" if kind == "decimal" else str(int(text))
    if kind == "float":
        return repr(float(text))
    literal = py(tables.unquoted(text))
    return (
        f"{_PARSERS[kind]}({literal})" if kind in _PARSERS else "" if kind in ("json", "binary") else literal
    )


def rules(table: sa.Table, fields: Iterable[rest.Field]) -> Iterator[Code]:
    """Uniques, checks and indexes as source, always in the same order. No check can look at what is encrypted."""
    names = {id(field.column): field.name for field in fields}
    sealed = {field.attribute.id for field in fields if field.sealed}
    found = []
    rules: list[Any] = [*table.constraints, *table.indexes]
    for rule in rules:
        named = f", name={rule.name!r}" if isinstance(rule.name, str) and type(rule) is not sa.Index else ""
        if isinstance(rule, sa.UniqueConstraint):
            found.append(f"UniqueConstraint({_keys(rule.columns, names)}{named})")
        elif isinstance(rule, sa.Index):
            unique = ", unique=True" if rule.unique else ""
            found.append(f"Index({rule.name!r}, {_keys(rule.columns, names)}{unique})")
        elif isinstance(rule, sa.CheckConstraint) and isinstance(rule.sqltext, sa.TextClause):
            if sealed & {*rule.info.get("names", ())}:
                continue
            found.append(f"CheckConstraint({rule.sqltext.text!r}{named})")
    for field in fields:
        column = field.column
        if isinstance(column.type, sa.Enum) and not field.sealed:
            values = ", ".join("'" + value.replace("'", "''") + "'" for value in column.type.enums)
            sql = f"{_quoted(column.name)} IN ({values})".replace(":", "\\:")
            found.append(f"CheckConstraint({sql!r})")
    return map(Code, sorted(found))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _keys(columns: Iterable[sa.Column[Any]], names: dict[int, str]) -> str:
    return ", ".join(repr(names[id(column)]) for column in columns)


def links(surface: rest.Surface, *, frozen: bool = False) -> Iterator[tuple[str, Code]]:
    """References that are put to tables once all are there: for a migration all of them, else those that no column says."""
    names = {id(field.column): field.name for fields in surface.columns.values() for field in fields}
    variables = {id(table): name for name, table in surface.tables.items()}
    for name, table in surface.tables.items():
        found = []
        for rule in table.foreign_key_constraints:
            if id(rule.referred_table) not in variables or (not frozen and _plain(rule)):
                continue
            here, there = (name, variables[id(rule.referred_table)])
            suffix = ".c" if frozen else ".__table__.c"
            of = ", ".join(f"{here}{suffix}.{names[id(each.parent)]}" for each in rule.elements)
            to = ", ".join(f"{there}{suffix}.{names[id(each.column)]}" for each in rule.elements)
            found.append(f"ForeignKeyConstraint([{of}], [{to}]{_extra(rule)})")
        yield from ((name, Code(each)) for each in sorted(found))


def _pointing(field: rest.Field) -> Iterator[str]:
    """The reference of a column, where it is one column to another, both of plain names."""
    for rule in sorted(field.column.table.foreign_key_constraints, key=lambda rule: tuple(rule.column_keys)):
        key = rule.elements[0]
        if key.parent is field.column and _plain(rule) and not rule.info.get("elsewhere"):
            yield f"ForeignKey({f'{key.column.table.name}.{key.column.name}'!r}{_extra(rule)})"


def _plain(rule: sa.ForeignKeyConstraint) -> bool:
    """Whether a text can name what a reference points to."""
    key = rule.elements[0]
    words = (key.column.table.name, key.column.name)
    return (
        len(rule.elements) == 1
        and not key.column.table.schema
        and all(re.fullmatch(r"[A-Za-z_]\w*", word, re.ASCII) for word in words)
        and key.column.info.get("named") == key.column.name
    )


def _extra(rule: sa.ForeignKeyConstraint) -> str:
    named = f", name={rule.name!r}" if isinstance(rule.name, str) else ""
    return named + (f", ondelete={rule.ondelete!r}" if rule.ondelete else "")
