"""A design as a Mermaid entity-relationship diagram, through eralchemy's intermediary model.

https://mermaid.js.org/syntax/entityRelationshipDiagram.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from backendkit.model import Design
from backendkit.model.database import Entity
from backendkit.model.datatype import DataType
from backendkit.model.naming import ascii_snake, distinct, unique

if TYPE_CHECKING:
    from backendkit.tables import Link

# Mermaid takes these for its own, whatever their case.
_RESERVED = {
    "one",
    "many",
    "only",
    "zero",
    "to",
    "optionally",
    "title",
    "acctitle",
    "accdescr",
    "style",
    "class",
}
_RESERVED |= {"classdef", "direction", "u", "end", "subgraph", "erdiagram"}
_KEYS = {"pk", "fk", "uk"}
_COMMA = re.compile(r"decimal\((\d+)_(\d+)\) (.*\S)")  # Mermaid takes no comma in a type, but beside it


def mermaid_text(design: Design) -> str:
    """The text of the diagram: `erDiagram`, entities with their attributes, references with how many of each.

    Names are cut to what Mermaid takes; a title that loses something by that stands beside the name.

    >>> print(mermaid_text(Design.load({"database": {"entities": [{"id": "order"}]}})), end="")
    erDiagram
    order {
    }
    """
    from eralchemy.models import Column, Table

    from backendkit.tables import Link, links, value_type

    names: dict[int, str] = {}
    for entity in design.database.entities:
        names[id(entity)] = unique(_word(entity.id or entity.table, _RESERVED), names.values())
    tables, relations, titles = [], [], []
    for entity in design.database.entities:
        found = [link for link in links(design, entity) if isinstance(link, Link)]
        pointing = {id(attribute) for link in found for attribute in link.of}
        words = [_word(attribute.id or attribute.column, _KEYS) for attribute in entity.attributes]
        columns = [
            Column(word, _type(value_type(design, each)), each.key, each.optional, id(each) in pointing)
            for word, each in zip(distinct(words), entity.attributes, strict=True)
        ]
        tables.append(Table(names[id(entity)], columns))
        if (title := _label(entity.title)) not in ("", names[id(entity)]):
            titles.append(f'{names[id(entity)]}["{title}"]')
        relations += [_relation(entity, link, names) for link in found]
    lines = [
        line
        for table in tables
        for line in _COMMA.sub(r'decimal \3 "\1,\2"', table.to_mermaid_er()).split("\n")
    ]
    text = ["erDiagram", *titles, *lines, *relations]
    return "".join(f"{'    ' * line.startswith(' ')}{line.strip()}\n" for line in text if line.strip())


def _relation(entity: Entity, link: Link, names: dict[int, str]) -> str:
    """Children on the right: many, or one at most where the reference is unique; the reference gives the name."""
    from eralchemy.models import Relation

    of = {attribute.id for attribute in link.of}
    groups = [{key.id for key in entity.keys}, *({one.id} for one in entity.attributes if one.unique)]
    groups += [set(unique.of) for unique in entity.uniques]
    groups += [set(index.of) for index in entity.indexes if index.unique]
    single = any(group and group <= of for group in groups)
    optional = any(attribute.optional and not attribute.key for attribute in link.of)
    ends = "?" if single else "*", "?" if optional else "1"
    relation: Any = Relation
    line = relation(names[id(entity)], names[id(link.entity)], *ends).to_mermaid_er().removesuffix("has")
    said = _label(link.record.title)
    return f'{line}"{said}"' if said else f"{line}has"


def _word(text: str, reserved: set[str]) -> str:
    """A name in the letters that Mermaid takes, and none of its own words."""
    word = ascii_snake(text)
    return f"{word}_" if word in reserved else word


def _type(found: DataType | None) -> str:
    if not found or found.name == "enum":
        return found.name if found else "unknown"
    return _word(found.other, _KEYS) if found.other else str(found).replace(",", "_")


def _label(title: str) -> str:
    """A title without the signs that end a text in Mermaid or mean something in HTML."""
    return " ".join(re.sub(r"[^\w .,:()/'+-]", " ", title).split())
