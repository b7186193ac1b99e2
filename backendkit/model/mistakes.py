"""What pydantic says of a wrong value, in plain words: what was found, what is allowed, what to do."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from backendkit.model.error import Path, Problem
from backendkit.model.record import Part
from backendkit.model.shape import words

_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list (lines that begin with `- `)",
    "list_type": "a list (lines that begin with `- `)",
    "dict_type": "a mapping (`name: value` lines)",
    "model_type": "a mapping (`name: value` lines)",
    "model_attributes_type": "a mapping (`name: value` lines)",
}

_SIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def signs(value: Any, path: Path = ()) -> Iterator[Problem]:
    """Signs inside text that no picture, table or page can hold; an escape as `"\\0"` brings them past the file's check."""
    if isinstance(value, str) and (found := _SIGN.search(value)):
        yield Problem(path, f"found the sign U+{ord(found[0]):04X}, which no text needs: delete it.")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from signs(key, path)
            yield from signs(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from signs(item, (*path, index))


def patch(
    values: Any, errors: Iterable[Mapping[str, Any]], raw: Callable[[Path], str | None] | None
) -> dict[str, Any]:
    """Take gaps as gaps and plain scalars in text fields as they were typed."""
    result: dict[str, Any] = copy.deepcopy(values)
    for error in errors:
        found, path = error.get("input"), tuple(error["loc"])
        if found is None:
            _put(result, path, "" if error["type"] == "string_type" else {})
        elif error["type"] == "string_type" and isinstance(found, bool | int | float):
            typed = raw(path) if raw else None
            _put(result, path, typed if typed is not None else str(found).lower())
    return result


def _put(values: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        values = values[step]
    if path[-1] in values if isinstance(values, dict) else isinstance(path[-1], int):
        values[path[-1]] = value


def explain(root: type[Part], errors: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    """One plain sentence for every wrong value."""
    for error in errors:
        path = tuple(part for part in error["loc"] if part != "[key]")
        yield Problem(path, _sentence(root, error, path))


def _sentence(root: type[Part], error: Mapping[str, Any], path: Path) -> str:
    kind, found, context = error["type"], error.get("input"), error.get("ctx", {})
    if kind == "extra_forbidden":
        return f"'{path[-1]}' is no word here, {_choice(path[-1], words(root, path[:-1]))}"
    if kind == "literal_error":
        allowed = str(context["expected"]).replace("'", "").replace(" or ", ", ")
        return f"found {_show(found)}, {_choice(found, allowed.split(', '))}"
    if kind == "value_error":
        return f"{context['error']}."
    if kind in _WANTED:
        return f"found {_show(found)}, allowed is {_WANTED[kind]}."
    return f"found {_show(found)}: {str(error['msg']).replace('Input should be', 'allowed is')}."


def _choice(found: Any, allowed: Sequence[str]) -> str:
    guess = near(str(found), allowed)
    return f"allowed are {', '.join(allowed)}{f'; {guess}' if guess else '.'}"


def near(wrong: str, known: Iterable[str]) -> str:
    """Say which known word could have been meant; empty when none is near.

    >>> near("bok", ["book", "copy"])
    "did you mean 'book'?"
    """
    spelled = {word.lower(): word for word in known}
    close = difflib.get_close_matches(wrong.lower(), spelled, n=1, cutoff=0.7)
    return f"did you mean {spelled[close[0]]!r}?" if close else ""


def _show(found: Any) -> str:
    if isinstance(found, list):
        return "a list"
    if isinstance(found, dict):
        return "a mapping"
    if isinstance(found, bool):
        return str(found).lower()
    text = str(found)
    return f"'{text[:60]}…'" if len(text) > 60 else f"'{text}'"
