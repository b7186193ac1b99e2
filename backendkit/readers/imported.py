"""What comes out of reading an existing system: a design, and what could not be understood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backendkit.model import Design
from backendkit.model.naming import kebab, plural, unique

ALLOWED = (
    "a database URL (postgresql://…), a SQLite file, or an OpenAPI 3.0 or 3.1 description (JSON or YAML)"
)
Values = dict[str, Any]
_SIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Imported:
    """The design that was read, and in plain sentences what could not be understood of its source."""

    design: Design
    unread: tuple[str, ...] = ()


def titled(name: str) -> str:
    """The name of a file or a database as people write it on a cover.

    >>> titled("order_system")
    'Order System'
    """
    return " ".join(word[0].upper() + word[1:] for word in re.split(r"[\s_-]+", name) if word) or name


def lean(value: Any) -> Any:
    """The same data without what is empty and without signs that no text may hold."""
    if isinstance(value, dict):
        kept = {lean(key): lean(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item or (item == 0 and item is not False)}
    if isinstance(value, str):
        return _SIGN.sub("\N{REPLACEMENT CHARACTER}", value)
    return [lean(item) for item in value] if isinstance(value, list | tuple) else value


def resource(entity: Values, taken: set[str]) -> Values:
    """What callers can do with an entity: everything, where its rows can be told apart."""
    name = plural(entity["id"])
    id_, route = unique(name if name not in taken else f"{name}-resource", taken), unique(f"/{name}", taken)
    taken |= {id_, route}
    keys = [attribute["id"] for attribute in entity["attributes"] if attribute.get("key")]
    marked = [
        each["id"] for each in entity["attributes"] if each.get("key") or each.get("to") or each.get("unique")
    ]
    of = [id for each in (*entity["references"], *entity["uniques"]) for id in each["of"]]
    return {
        "id": id_,
        "entity": entity["id"],
        "path": route if route != f"/{id_}" else "",
        "operations": ["list", "get", "create", "replace", "patch", "delete"]
        if keys and not entity["view"]
        else ["list"],
        "filter": list(dict.fromkeys((*marked, *of))),
        "sort": list(dict.fromkeys((*marked, *of))),
    }


def elements(name: str, engine: str, entities: Sequence[Values], taken: set[str]) -> list[Values]:
    """The system and the container of its data."""
    system = unique(kebab(name), taken)
    data = unique("data", {*taken, system})
    owns = [entity["id"] for entity in entities if not entity["view"]]
    return [
        {"id": system, "name": name, "kind": "system"},
        {
            "id": data,
            "name": f"{name} data",
            "kind": "container",
            "in": system,
            "technology": engine,
            "store": "database",
            "owns": owns,
        },
    ]
