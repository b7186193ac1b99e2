"""Types of columns and the words for them, both ways, for every engine.

https://docs.sqlalchemy.org/en/21/core/types.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.type_api import TypeEngine

from backendkit.model import Design
from backendkit.model.database import Attribute, Entity
from backendkit.model.datatype import DataType, parse_type
from backendkit.model.link import value_type

FOLDING = ("sqlite", "mysql", "mariadb")
"""Engines to which `Album` and `album` are one name."""
_DECLARED = (
    (r"(tinyint|bit)\(1\)|bool(ean)?", "boolean"),
    (r"(unsigned )?big ?int(eger)?|int8|bigserial|(big)?int(eger)? unsigned", "bigint"),
    (r"(tiny|small|medium)?int(eger)?[24]?|(small)?serial|(tiny|small|medium)int unsigned", "integer"),
    (r"double( precision)?|float[48]?|real", "float"),
    (r"datetime2?|datetimeoffset|timestamp(tz| with(out)?( local)? time zone)?", "datetime"),
    (r"date", "date"),
    (r"time(tz| with(out)? time zone)?", "time"),
    (r"uuid|guid|uniqueidentifier", "uuid"),
    (r"jsonb?", "json"),
    (r"(tiny|medium|long)?blob|bytea|(long )?(var)?binary|image", "binary"),
    (r"(tiny|medium|long|n)?text|n?clob", "text"),
    (r"(native |n|var|n?var)?char(acter)?( varying)?2?|string", "string"),
    (r"dec(imal)?|numeric|number", "decimal"),
)
_DIGITS = re.compile(r"\s*\(\s*(\d+|max)\s*(?:,\s*(-?\d+)\s*)?(?: (?:char|byte))?\)", re.IGNORECASE)
_TYPE_NAME = re.compile(
    r"""(?!.*\b(?:default|check|references|primary|unique|not|null|generated|as|constraint|collate)\b)
    (?:[^\W\d][\w$]*|"[^"\x00-\x1f]+")(?:[ .](?:[^\W\d][\w$]*|"[^"\x00-\x1f]+"))*
    (?:\((?:[\w ,.]|'[^'\\]*')*\))?(?:[ ][a-z ]+)?(?:\[\d*\])*""",
    re.VERBOSE | re.IGNORECASE,
)
_PLAIN: dict[str, Callable[[], TypeEngine[Any]]] = {
    "text": sa.Text,
    "integer": sa.Integer,
    "bigint": sa.BigInteger,
    "float": sa.Double,
    "boolean": sa.Boolean,
    "date": sa.Date,
    "time": sa.Time,
    "datetime": lambda: sa.DateTime(timezone=True),
    "uuid": sa.Uuid,
    "json": lambda: sa.JSON().with_variant(JSONB(), "postgresql"),
    "binary": sa.LargeBinary,
}


def named_type(declared: str) -> str:
    """The word for a type as a database spells it; `other(…)` for one we have no word for, empty for none.

    >>> [named_type(name) for name in ("NVARCHAR(160)", "DOUBLE PRECISION", "NUMERIC(10,2)", "geometry")]
    ['string(160)', 'float', 'decimal(10,2)', 'other(geometry)']
    """
    declared = " ".join(declared.split())
    digits = _DIGITS.search(declared)
    bare = _DIGITS.sub("", declared)
    for pattern, word in _DECLARED:
        if re.fullmatch(pattern, declared, re.IGNORECASE):
            return word
        if re.fullmatch(pattern, bare, re.IGNORECASE):
            return _sized(word, digits, declared)
    return f"other({declared})" if declared else ""


def _sized(word: str, digits: re.Match[str] | None, declared: str) -> str:
    if word not in ("string", "decimal") or not digits or digits[1].lower() == "max":
        return word
    try:
        sized = f"{word}({digits[1]}{',' + (digits[2] or '0') if word == 'decimal' else ''})"
        return str(parse_type(sized))
    except ValueError:
        return f"other({declared})"


def attribute_type(sqltype: TypeEngine[Any], dialect: sa.Dialect | None = None) -> str:
    """The word for the type of a column.

    >>> attribute_type(sa.Numeric(10, 2)), attribute_type(sa.Enum("new", "worn"))
    ('decimal(10,2)', 'enum(new, worn)')
    """
    if isinstance(sqltype, sa.types.NullType):
        return ""
    if isinstance(sqltype, sa.Enum) and sqltype.enums and all(sqltype.enums):
        return str(DataType("enum", values=tuple(sqltype.enums)))
    for kind, word in ((sa.Uuid, "uuid"), (sa.Boolean, "boolean"), (sa.JSON, "json")):
        if isinstance(sqltype, kind):
            return word
    try:
        return named_type(sqltype.compile(dialect=dialect))
    except sa.exc.CompileError:
        return named_type(str(sqltype))


def column_type(design: Design, entity: Entity, attribute: Attribute) -> TypeEngine[Any]:
    """The column type of an attribute; text while its type is not known."""
    word = value_type(design, attribute) or DataType("text")
    if word.name == "bigint" and attribute.generated and entity.keys == (attribute,):
        return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    if word.name == "string":
        endless = sa.String().with_variant(sa.String(255), *FOLDING[1:])
        return sa.String(word.length) if word.length else endless
    if word.name == "decimal":
        return sa.Numeric(word.precision, word.scale)
    if word.name == "enum":
        if attribute.to:  # what it points to holds the values
            return sa.String(max(map(len, word.values)))
        values = dict.fromkeys(word.values)
        return sa.Enum(*values, native_enum=False, create_constraint=True, name=None)
    if word.name == "other":
        found = _Named(word.other) if known(word) else sa.Text()
        # SQLite takes any words for a type, but neither arrays nor schemas.
        plain = re.fullmatch(r"\w+( \w+)*(\([\d, ]+\))?", word.other)
        return found if plain else found.with_variant(sa.Text(), "sqlite")
    return _PLAIN.get(word.name, sa.Text)()


def stored_type(design: Design, entity: Entity, attribute: Attribute, dialect: sa.Dialect) -> str:
    """The word one reads back from a database of that dialect: SQLite knows no uuid, only 32 characters."""
    word = value_type(design, attribute)
    if not word or word.name == "enum":
        return str(word or "")
    return named_type(column_type(design, entity, attribute).compile(dialect=dialect))


def known(word: DataType | None) -> bool:
    """Whether a column can have this type; the name of another one must be nothing but a name."""
    return word is not None and (word.name != "other" or bool(_TYPE_NAME.fullmatch(word.other)))


class _Named(sa.types.UserDefinedType[Any]):
    """A type by its name in the database, which was checked to be one."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return self.name
