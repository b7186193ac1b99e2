"""Paths, filters and parameters of an API with their checked names."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator
from itertools import count

import sqlalchemy as sa
from pydantic import BaseModel

from backendkit.model.api import Endpoint, Parameter
from backendkit.model.datatype import DataType, parse_type
from backendkit.model.naming import ascii_snake, distinct, snake, spelled
from backendkit.rest.shapes import HANDLED, Field, Filter, Value

ORDERED = ("integer", "bigint", "decimal", "float", "date", "time", "datetime")
SHAPELESS = ("json", "binary")
# Names that would hide what pydantic, SQLAlchemy or a handler needs under the same name.
_TAKEN = {
    *keyword.kwlist, *keyword.softkwlist, *dir(BaseModel), *dir(sa.sql.ColumnCollection), *HANDLED,
    "str", "int", "float", "bool", "bytes", "dt", "now", "uuid4", "mapped_column", "metadata", "registry", "expanded",
}  # fmt: skip


def clean_path(text: str) -> str:
    """A path of plain segments and {parameters}; anything else in it becomes a hyphen."""
    segments = []
    for segment in filter(None, text.split("/")):
        if match := re.fullmatch(r"\{([^{}]*)\}", segment):
            segments.append(f"{{{ascii_snake(match[1])}}}")
        elif clean := re.sub(r"[^\w.~-]+", "-", segment).strip("-"):
            segments.append(clean[:100])
    return "".join(f"/{segment}" for segment in segments if segment not in (".", ".."))


def numbered(name: str) -> Iterator[str]:
    """The name, then the name with 2, 3, and so on."""
    yield name
    yield from (f"{name}{number}" for number in count(2))


def shape_of(path: str) -> str:
    """The path without the names of its parameters: two paths of one shape are the same to a caller."""
    return re.sub(r"\{\w*\}", "{}", path)


def python_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names in small letters that hide nothing in a model, a table or a handler."""
    small = (name if name == name.lower() else snake(name) for name in names)
    return distinct((re.sub("^model_(?=dump|validate)", "model", name) for name in small), _TAKEN)


def filters_of(fields: Iterable[Field]) -> tuple[Filter, ...]:
    """The parameters that narrow a list by some values."""
    plain = [each for each in fields if each.type.name not in SHAPELESS]
    ranged = [each for each in plain if each.type.name in ORDERED and not (each.attribute.to or each.sealed)]
    found = [(each, "eq", each.json) for each in plain]
    for each in ranged:
        found += [(each, "ge", f"{each.json}_from"), (each, "le", f"{each.json}_to")]
    jsons = distinct((name for _, _, name in found), {"limit", "offset", "sort", "cursor", "expand"})
    names = python_names(jsons)
    return tuple(Filter(json, name, *each[:2]) for json, name, each in zip(jsons, names, found, strict=True))


def values_of(endpoint: Endpoint, in_path: list[str]) -> tuple[Value, ...]:
    """What an endpoint takes: first what its path names, then the rest where it belongs."""
    known = {ascii_snake(each.id): each for each in endpoint.takes if each.place in ("", "path")}
    found = [(known.get(name, Parameter(id=name)), "path", name) for name in in_path]
    bodiless = endpoint.method in ("GET", "DELETE")
    for each in endpoint.takes:
        if known.get(ascii_snake(each.id)) is each and ascii_snake(each.id) in in_path:
            continue
        place = each.place if each.place in ("query", "header") else "query" if bodiless else "body"
        found.append((each, place, spelled(each.id) if place != "header" else ascii_snake(each.id)))
    names = python_names(name for _, _, name in found)
    jsons = distinct(f"{place} {name}" for _, place, name in found)
    return tuple(
        Value(json.split()[1], name, place, _type(each.type), each.optional and place != "path", each.about)
        for json, name, (each, place, _) in zip(jsons, names, found, strict=True)
    )


def _type(text: str) -> DataType:
    try:
        word = parse_type(text)
    except ValueError:
        return DataType("text")
    return DataType("text") if word.name == "reference" else word
