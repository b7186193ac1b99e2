"""Attribute types as one readable word: what real databases have, spelled the same for every engine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

PLAIN = (
    "text",
    "integer",
    "bigint",
    "float",
    "boolean",
    "date",
    "time",
    "datetime",
    "uuid",
    "json",
    "binary",
    "reference",
)
ALLOWED = "string(n), decimal(p,s), enum(a, b), " + ", ".join(PLAIN) + ", or other(its name)"
_USUAL = {
    "varchar": "string(n)",
    "char": "string(n)",
    "str": "string(n)",
    "int": "integer",
    "smallint": "integer",
    "serial": "integer",
    "numeric": "decimal(p,s)",
    "money": "decimal(p,s)",
    "double": "float",
    "real": "float",
    "bool": "boolean",
    "timestamp": "datetime",
    "timestamptz": "datetime",
    "jsonb": "json",
    "blob": "binary",
    "bytea": "binary",
}
"""What people write who come from SQL, and our word for it."""
_CALL = re.compile(r"^(?P<name>[a-z]+)\s*(?:\((?P<inside>.*)\))?$", re.DOTALL)
_VALUE = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|([^,"]*?))\s*(?:,|$)""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DataType:
    """A type in parts. `str()` of it is the word again.

    `length` counts characters, `precision` all digits and `scale` those after the point; `values` are an enum's;
    `other` is the engine's own name for a type we have no word for.
    """

    name: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    values: tuple[str, ...] = ()
    other: str = ""

    def __str__(self) -> str:
        if self.name == "string":
            return f"string({self.length})" if self.length else "string"
        if self.name == "decimal":
            return f"decimal({self.precision},{self.scale or 0})" if self.precision else "decimal"
        if self.name == "enum":
            return f"enum({', '.join(_quoted(value) for value in self.values)})"
        return f"other({self.other})" if self.name == "other" else self.name


@lru_cache(maxsize=4096)
def parse_type(text: str) -> DataType:
    """Read one word; ValueError with what is allowed when it is none.

    >>> parse_type("decimal(10,2)").scale
    2
    >>> parse_type("enum(new, good, 'worn')").values
    ('new', 'good', "'worn'")
    >>> str(parse_type("enum(new,good)"))
    'enum(new, good)'
    """
    match = _CALL.match(text.strip())
    name, inside = (match["name"], match["inside"]) if match else ("", None)
    if name in PLAIN and inside is None:
        return DataType(name)
    if name == "string" and (inside is None or re.fullmatch(r"\s*[1-9]\d{0,8}\s*", inside)):
        return DataType("string", length=int(inside) if inside else None)
    if name == "decimal" and (found := _digits(inside)):
        return found
    if name == "enum" and inside is not None and (values := _values(inside)):
        return DataType("enum", values=values)
    if name == "other" and inside and inside.strip():
        return DataType("other", other=inside.strip())
    usual = re.match(r"[a-z]*", text.strip().lower())
    ours = _USUAL.get(usual[0] if usual else "", "")
    raise ValueError(
        f"'{text}' is no type; allowed are {ALLOWED}" + (f"; {ours} is meant here" if ours else "")
    )


def _digits(inside: str | None) -> DataType | None:
    if inside is None:
        return DataType("decimal")
    match = re.fullmatch(r"\s*([1-9]\d{0,3})\s*(?:,\s*(\d{1,4})\s*)?", inside)
    if not match or int(match[2] or 0) > int(match[1]):
        return None
    return DataType("decimal", precision=int(match[1]), scale=int(match[2] or 0))


def _values(inside: str) -> tuple[str, ...]:
    values, at = [], 0
    while at < len(inside):
        match = _VALUE.match(inside, at)
        if not match:
            return ()
        quoted, plain = match.groups()
        values.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain)
        at = match.end()
    return tuple(values) if all(values) else ()


def _quoted(value: str) -> str:
    if value.strip() == value and value and not re.search(r'[,"\\()]', value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
