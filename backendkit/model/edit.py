"""Edits by path: what a change comes down to, applied to plain data here and to the text of the file by the store."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from backendkit.model.error import Path


@dataclass(frozen=True, slots=True)
class Edit:
    """One step on plain data; steps are applied one after the other.

    - ``set``: `value` stands at `path`; missing mappings on the way are made, a new key comes last.
    - ``remove``: the key or the list item at `path` is gone.
    - ``insert``: `value` is a new list item at `path` (…, index); the list is made when missing, index == len appends.
    - ``move``: the list item at `path` (…, index) goes to index `value` of the same list (counted without it).
    """

    op: Literal["set", "remove", "insert", "move"]
    path: Path
    value: Any = None


def apply(values: Any, edits: Iterable[Edit]) -> Any:
    """Plain data with the edits done; what was given stays as it was.

    >>> apply({"a": [1, 2]}, [Edit("insert", ("a", 1), 9), Edit("set", ("b", "c"), 3)])
    {'a': [1, 9, 2], 'b': {'c': 3}}
    """
    for edit in edits:
        values = _applied(values, edit.path, edit)
    return values


def _applied(holder: Any, path: Path, edit: Edit) -> Any:
    """A copy of the holders along the path; everything beside it is shared."""
    step, *rest = path
    if holder is None:
        holder = [] if isinstance(step, int) else {}
    holder = copy.copy(holder)
    if rest:
        inner = holder.get(step) if isinstance(step, str) else holder[step]
        holder[step] = _applied(inner, tuple(rest), edit)
    elif edit.op == "set":
        holder[step] = edit.value
    elif edit.op == "remove":
        del holder[step]
    elif edit.op == "insert":
        holder.insert(step, edit.value)
    else:
        holder.insert(edit.value, holder.pop(step))
    return holder
