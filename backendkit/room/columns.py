"""What the columns of a list hold, read from the model, so that one editor serves every list of a design.

https://docs.pydantic.dev/latest/concepts/fields/
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from backendkit.draw import technologies
from backendkit.model import Part, Record
from backendkit.model.datatype import PLAIN
from backendkit.model.shape import FieldShape, shapes
from backendkit.room import lists
from backendkit.room.examples import EXAMPLES

Column = dict[str, Any]
TYPES = ("string(200)", "decimal(10,2)", "enum(a, b)", *PLAIN)
HEADINGS = {
    **lists.HEADINGS,
    "id": "Id",
    "graphql.resources": "GraphQL: resources",
    "graphql.depth": "GraphQL: depth",
}
CAPTURE: dict[str, tuple[str, str]] = {
    "stakeholder": ("name", "Who wants something of it, or fears it?"),
    "goal": ("text", "What gets better, and for whom?"),
    "requirement": ("text", "Write what must happen, in your words; we sharpen it later."),
    "quality": ("measure", "How well, as a number: p95 latency of GET /books <= 200 ms"),
    "constraint": ("text", "What is fixed, and may not be changed?"),
    "assumption": ("text", "What do you take for true, without proof?"),
    "integration": ("name", "Which system outside does it talk to?"),
    "question": ("text", "What can nobody in the room answer yet?"),
    "element": ("name", "A person, a system, or something that runs"),
    "relation": ("does", "What for, as a verb: looks for books"),
    "decision": ("title", "The question, in a few words"),
    "criterion": ("name", "What the options are judged by"),
    "option": ("name", "One way to do it"),
    "entity": ("name", "A thing the system remembers"),
    "attribute": ("id", "price"),
    "resource": ("entity", "The entity that callers see"),
    "endpoint": ("does", "What it does: pays an order"),
    "event": ("when", "What happened: an order is paid"),
    "tool": ("name", "What is it built with? Python, PostgreSQL …"),
    "service": ("image", "What runs beside the code: postgres:17"),
    "variable": ("id", "DATABASE_URL"),
    "move": ("trigger", "What sets it off"),
    "check": ("holds", "price >= 0"),
    "role": ("name", "Who has the same rights?"),
    "state-machine": ("attribute", "Whose life it is: order.state"),
    "grant": ("role", "Who may do it?"),
    "classified": ("attribute", "What is delicate: reader-account.email"),
    "derived": ("attribute", "What follows from other values: order-line.fee"),
    "business-rule": ("holds", "What must always hold, in your words or as amount <= 500"),
    "owned": ("by", "What leads from a row to its owner: order.reader"),
    "threat": ("threat", "What could somebody do?"),
    "control": ("asvs", "The number of a requirement of ASVS 5: V6.2.1"),
}
"""Where the first words go, by kind of record, and what the empty line asks."""
STEMS = {
    "requirement": "R",
    "goal": "G",
    "quality": "Q",
    "constraint": "C",
    "assumption": "A",
    "question": "OQ",
    "decision": "D",
}
"""Kinds whose records are numbered; the others are named by words."""
USUAL: dict[str, tuple[str, ...]] = {
    "requirement": ("text", "priority", "acceptance", "source"),
    "element": ("name", "kind", "in", "technology", "about"),
    "entity": ("name", "about", "volume.rows", "volume.growth"),
    "attribute": ("type", "to", "key", "optional", "unique", "example", "about"),
    "option": ("name", "scores", "good", "bad"),
    "tool": ("name", "kind", "version", "for", "decision", "because"),
    "service": ("image", "port", "page", "element", "variables", "about"),
    "variable": ("about", "example", "default", "secret", "optional"),
    "quality": ("measure", "characteristic", "priority", "goals", "source"),
}
"""The columns that are shown before anybody asks for more."""
_MANY = 7
"""So many columns are shown at once when nobody chose."""


def columns_of(kind: type[Record], chosen: tuple[str, ...] = ()) -> list[Column]:
    """The columns of a list of such records, as plain data; those that are `shown` come first.

    A part inside gives one column for each of its fields, with a dotted name.

    >>> from backendkit.model.requirements import Question
    >>> [(one["name"], one["kind"]) for one in columns_of(Question)][:4]
    [('id', 'line'), ('text', 'text'), ('asks', 'reference'), ('by', 'line')]
    """
    found = list(_columns(kind))
    main, asks = CAPTURE.get(kind.kind, ("name", ""))
    wanted = chosen or USUAL.get(kind.kind) or _first([one["name"] for one in found if _usual(one)])
    first = ("id", *(() if main in wanted else (main,)), *wanted)
    names = [one["name"] for one in found]
    order = sorted(
        (name for name in names if _rank(name, first) < len(first)), key=lambda name: _rank(name, first)
    )
    for one in found:
        one["shown"] = one["name"] in order or one["kind"] == "list"
        one["heading"] = _heading(kind.kind if one["name"] == "text" else one["name"])
        if one["name"] == main:
            one |= {"main": True, "asks": asks}
    place = {name: n for n, name in enumerate([*order, *(name for name in names if name not in order)])}
    return sorted(found, key=lambda one: place[one["name"]])


def fields(part: type[Part]) -> list[Column]:
    """What a part says beside its lists, for a form.

    >>> from backendkit.model.api import Api
    >>> [one["name"] for one in fields(Api)][:4]
    ['about', 'style', 'base', 'versioning.by']
    """
    found = (one for one in _columns(part) if one["kind"] != "list" and one["name"] != "waive")
    return [one | {"heading": _heading(one["name"])} for one in found]


def _first(names: list[str]) -> tuple[str, ...]:
    """Its own fields, then those that every record has."""
    own = [name for name in names if name not in ("name", "about")]
    return (*own, *(name for name in ("name", "about") if name in names))[:_MANY]


def about_ids(kind: type[Record]) -> dict[str, str]:
    """How ids of this kind look: `stem` and a number, or words with `joint` between them.

    >>> from backendkit.model.requirements import Goal
    >>> about_ids(Goal)
    {'of': 'goal', 'stem': 'G', 'joint': '-'}
    """
    joint = "_" if kind.kind in ("attribute", "parameter", "variable") else "-"
    return {"of": kind.kind, "stem": STEMS.get(kind.kind, ""), "joint": joint}


def _rank(name: str, first: tuple[str, ...]) -> int:
    """Where a column stands: `volume` asks for all of its parts."""
    return next(
        (n for n, word in enumerate(first) if name == word or name.startswith(f"{word}.")), len(first)
    )


def _usual(column: Column) -> bool:
    return column["name"] not in ("id", "waive", "votes") and column["kind"] != "list"


def _heading(name: str) -> str:
    words = HEADINGS.get(name, name.replace("-", " ").replace(".", ": "))
    return words[:1].upper() + words[1:]


def _columns(part: type[Part], before: str = "") -> Iterator[Column]:
    for shape in shapes(part):
        info = part.model_fields[shape.name]
        if shape.part and not shape.many:
            inside = _columns(shape.part, f"{before}{shape.alias}.")
            of_every = Record.model_fields if issubclass(shape.part, Record) else ()
            yield from (one for one in inside if one["name"].rpartition(".")[2] not in of_every)
            continue
        column = {"name": before + shape.alias, "help": " ".join((info.description or "").split())}
        yield column | _held(shape, info)


def _held(shape: FieldShape, info: FieldInfo) -> Column:
    """The kind of a column, and what goes with it."""
    if shape.part and issubclass(shape.part, Record):
        return {"kind": "list", "columns": columns_of(shape.part)} | about_ids(shape.part)
    inner, marks = _inside(info.annotation)
    if shape.mapping:
        return {"kind": "pairs", "number": inner is not str} | _pointed(shape)
    if shape.points:
        return {"kind": "references" if shape.many else "reference"} | _pointed(shape)
    if get_origin(inner) is Literal:
        words = [word for word in get_args(inner) if word]
        return {"kind": "choices" if shape.many else "choice", "words": words}
    if shape.many:
        return {"kind": "lines" if _prose(info, marks) else "words"}
    if shape.name == "type":
        return {"kind": "type", "words": list(TYPES)}
    if shape.name == "technology":
        return {"kind": "type", "words": list(technologies())}
    if inner in (bool, int, float):
        named = {bool: "flag", int: "whole", float: "number"}[inner]
        return {"kind": named, "default": info.default or None}
    return {"kind": "text" if _prose(info, marks) else "line"}


def _pointed(shape: FieldShape) -> Column:
    points = shape.points
    return {"to": list(points.kinds), "inside": points.inside} if points else {}


def _inside(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """The type of one value, and what it is marked with."""
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(arg for arg in get_args(annotation) if arg is not type(None))
    if get_origin(annotation) in (tuple, dict):
        annotation = [arg for arg in get_args(annotation) if arg is not ...][-1]
    if hasattr(annotation, "__metadata__"):
        return get_args(annotation)[0], tuple(annotation.__metadata__)
    return annotation, ()


def _prose(info: FieldInfo, marks: tuple[Any, ...]) -> bool:
    told = (info, *(mark for mark in marks if isinstance(mark, FieldInfo)))
    return any(one.json_schema_extra == {"format": "prose"} for one in told)


def example_of(where: str) -> dict[str, Any]:
    """A record as it might stand in a list, flat, in the words of its columns; for placeholders.

    >>> example_of("requirements.goals")["text"]
    'Double the monthly sales within a year.'
    """
    record = EXAMPLES.get(where) or EXAMPLES.get(where.rpartition(".")[2]) or {}
    return {name: value for name, value in record.items() if not _records(value)}


def _records(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)
