"""What the scaffold's own tests try: calls with values in their paths, and a role that may make them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from backendkit import rest
from backendkit.model.datatype import DataType

_SAMPLES: dict[str, Any] = {
    "integer": 1, "bigint": 1, "float": 1.5, "boolean": True, "date": "2027-01-31", "time": "12:00:00",
    "datetime": "2027-01-31T12:00:00Z", "uuid": "00000000-0000-4000-8000-000000000000", "json": {}, "binary": "AAAA",
    "decimal": "1",
}  # fmt: skip


class Trial(NamedTuple):
    """One call: its operation, method, path, the role that may make it (empty: everybody), and what it sends."""

    name: str
    method: str
    path: str
    role: str | None
    more: dict[str, Any]


def suite(surface: rest.Surface) -> dict[str, list[Trial]]:
    """The calls by what is tried with them; one that no role may make is only tried without a token."""
    every = [*_operations(surface), *_calls(surface)]
    may = [trial for trial in every if trial.role is not None]
    plain = {call.name for call in surface.calls if not (call.moves or _asks_whose(surface, call))}
    streams = {each.does("watch") for each in surface.collections}
    own = {name for each in surface.collections for name in map(each.does, each.operations)}

    def of(*kinds: str) -> list[Trial]:
        return [trial for trial in may if trial.name in own and trial.name.startswith(kinds)]

    return {
        "every": every,
        "lists": of("list_"),
        "rows": of("get_"),
        "bodies": of("create_"),
        "further": [trial for trial in may if trial.name in plain],
        # A stream that stood open would never end, and the test with it; the gate before it is the same.
        "closed": [it for it in every if surface.access and it.role != "" and it.name not in streams],
    }


def user_of(surface: rest.Surface) -> str:
    """The key of a made-up user, as a token has it."""
    key = surface.access.key if surface.access else None
    return str(_sample(key.type)) if key else "1"


def _operations(surface: rest.Surface) -> Iterator[Trial]:
    for each in surface.collections:
        path = {f"{{{name}}}": _in_path(field.type) for name, field in each.key_pairs}
        for operation in each.operations:
            name = each.does(operation)
            yield Trial(
                name, rest.METHODS[operation], _filled(each.at(operation), path), _role(surface, name), {}
            )


def _calls(surface: rest.Surface) -> Iterator[Trial]:
    for call in surface.calls:
        path = {f"{{{value.name}}}": _in_path(value.type) for value in call.taken("path")}
        path |= {f"{{{value.json}}}": _in_path(value.type) for value in call.taken("path")}
        more: dict[str, Any] = {}
        for place, word in (("query", "params"), ("header", "headers"), ("body", "json")):
            sent = {value.json: _sample(value.type) for value in call.taken(place) if not value.optional}
            if sent or (place == "body" and call.taken("body")):
                more[word] = sent
        yield Trial(call.name, call.method, _filled(call.path, path), _role(surface, call.name), more)


def _asks_whose(surface: rest.Surface, call: rest.Call) -> bool:
    """Whether a call first looks for a row and its owner: without one it is 404, written or not."""
    granted = surface.access.grants.get(call.name, {}) if surface.access else {}
    return bool(call.row and "own" in granted.values())


def _role(surface: rest.Surface, name: str) -> str | None:
    """A role that may do something: empty when everybody may, None when nobody may."""
    if not surface.access:
        return ""
    access, granted = surface.access, surface.access.grants.get(name, {})
    if any(role in granted for role in access.anyone):
        return ""
    return next((role for role in (*access.users, *access.services) if role in granted), None)


def _filled(path: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        path = path.replace(name, value)
    return path


def _in_path(type_: DataType) -> str:
    sample = _sample(type_)
    return quote("true" if sample is True else str(sample), safe="")


def _sample(type_: DataType) -> Any:
    """A value of a type, as it travels."""
    if type_.name == "enum":
        return next(iter(type_.values), "")
    return _SAMPLES.get(type_.name, "x")
