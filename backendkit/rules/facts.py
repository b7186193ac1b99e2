"""What several rules want to know of a design: gaps, words, circles, the ways to find a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from backendkit.model import Design
from backendkit.model.database import Entity
from backendkit.rules.engine import Hits


def gaps(design: Design, *kinds: str, unless: Callable[[Any], object] | None = None, **wanted: str) -> Hits:
    """One hit for every record that leaves wanted fields empty; `wanted` puts each field in words."""
    for at in design.records(*kinds):
        fields = [name for name in wanted if not getattr(at.record, name)]
        if fields and not (unless and unless(at.record)):
            words = [type(at.record).model_fields[name].alias or name for name in fields]
            yield at, f"{at.address} does not say {listed(map(wanted.get, fields))}", f"write {listed(words)}"


def listed(words: Iterable[object], last: str = "and") -> str:
    """Words in a row, as people write them.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    *many, end = [str(word) for word in words] or [""]
    return f"{', '.join(many)} {last} {end}" if many else end


def tokens(name: str) -> list[str]:
    """The words in a name, in lower case.

    >>> tokens("unitPrice_net2")
    ['unit', 'price', 'net', '2']
    """
    apart = re.sub(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return [word.lower() for word in re.findall(r"[^\W\d_]+|\d+", apart)]


def circles(ways: dict[str, list[str]]) -> Iterator[list[str]]:
    """Ways that come back to where they began; the first fifty.

    >>> list(circles({"a": ["b"], "b": ["a"], "c": ["a"]}))
    [['a', 'b', 'a']]
    """
    for _ in range(50):
        try:
            TopologicalSorter(ways).prepare()
            return
        except CycleError as error:
            circle: list[str] = error.args[1][::-1]
        yield circle
        ways[circle[0]] = [way for way in ways[circle[0]] if way != circle[1]]


def found_by(entity: Entity) -> list[tuple[str, ...]]:
    """The orders of attributes in which rows are found fast: key, uniques, indexes."""
    return [*entity.unique_groups, *(index.of for index in entity.indexes if not index.unique)]


def size(entity: Entity) -> int | None:
    """How many rows are expected, when somebody said so."""
    return entity.volume.rows if entity.volume else None
