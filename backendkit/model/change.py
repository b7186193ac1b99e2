"""Changes are data, addressed by record id, so that two people's changes to one design can both be kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backendkit.model.design import Design, Located, Reference
from backendkit.model.edit import Edit
from backendkit.model.error import Path, UserError, spell
from backendkit.model.expression import rename
from backendkit.model.record import Grammar
from backendkit.model.shape import shapes


@dataclass(frozen=True, slots=True)
class Set:
    """A field of a record gets a value; None clears it. `at=""` is the design; a field may be dotted.

    A new `id` is written everywhere the record is referred to.
    """

    at: str
    field: str
    value: Any


@dataclass(frozen=True, slots=True)
class Insert:
    """A new record in a list: `Insert("copy", "attributes", {...})`, `Insert("", "requirements.goals", {...})`.

    It stands before the record of the id (or address) `before`, else last.
    """

    at: str
    field: str
    record: dict[str, Any] = dataclasses.field(default_factory=dict)
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """A record goes. What refers to it stays, as a finding."""

    at: str


@dataclass(frozen=True, slots=True)
class Move:
    """A record goes before another of its list, or last."""

    at: str
    before: str | None = None


Change = Set | Insert | Delete | Move
_VERBS: dict[str, type[Change]] = {"set": Set, "insert": Insert, "delete": Delete, "move": Move}


def change_from(data: dict[str, Any]) -> Change:
    """A change from plain data: one verb with its parts, as a file or a browser gives it.

    Raises UserError when it is none.

    >>> change_from({"set": {"at": "copy", "field": "name", "value": "Copies"}})
    Set(at='copy', field='name', value='Copies')
    """
    verb = next(iter(data), "") if isinstance(data, dict) and len(data) == 1 else ""
    if verb not in _VERBS:
        raise UserError(f"'{data}' is no change, allowed are {', '.join(_VERBS)}, each with its parts.")
    try:
        return _VERBS[verb](**data[verb])
    except TypeError:
        parts = ", ".join(part.name for part in dataclasses.fields(_VERBS[verb]))
        raise UserError(f"'{data[verb]}' are no parts of {verb}, allowed are {parts}.") from None


def edits(design: Design, change: Change) -> list[Edit]:
    """The edits by path that a change comes down to in this design.

    Raises UserError when the record it speaks of is not there (any more).

    >>> design = Design.load({"database": {"entities": [{"id": "copy"}]}})
    >>> edits(design, Set("copy", "name", "Copies"))
    [Edit(op='set', path=('database', 'entities', 0, 'name'), value='Copies')]
    """
    if not isinstance(change, Change):
        raise UserError(f"{change!r:.60} is no change, allowed are Set, Insert, Delete and Move.")
    if isinstance(change, Insert):
        return [_insert(design, change)]
    if isinstance(change, Set):
        return _set(design, change)
    found = _find(design, change.at)
    if isinstance(change, Delete):
        return [Edit("remove", found.path)]
    return [Edit("move", found.path, _place(design, found.path[:-1], change.before, leaving=found))]


def _find(design: Design, address: str) -> Located:
    found = design.find(address)
    if not found:
        raise UserError(
            f"There is no '{address}' in the design (any more): somebody may have renamed or deleted it."
        )
    return found


def _way(design: Design, at: str, name: str) -> Path:
    return ((*_find(design, at).path,) if at else ()) + tuple(name.split("."))


def _insert(design: Design, change: Insert) -> Edit:
    path = _way(design, change.at, change.field)
    return Edit("insert", (*path, _place(design, path, change.before)), change.record)


def _place(design: Design, path: Path, before: str | None, leaving: Located | None = None) -> int:
    """The index of the list at `path` where a record goes, counted without the one that leaves it."""
    neighbours = [found for found in design.located if found.path[:-1] == path and found is not leaving]
    for index, found in enumerate(neighbours):
        if before is not None and before in (found.address, found.record.id, spell(found.path)):
            return index
    return len(neighbours)


def _set(design: Design, change: Set) -> list[Edit]:
    path = _way(design, change.at, change.field)
    if change.value is None:
        return [Edit("remove", path)] if _value(design, path) is not None else []
    this = Edit("set", path, change.value)
    if change.field != "id" or not change.at:
        return [this]
    return [*_renamed(design, _find(design, change.at), str(change.value)), this]


def _renamed(design: Design, renamed: Located, id: str) -> Iterator[Edit]:
    old = renamed.address
    new = f"{renamed.parent.address}.{id}" if renamed.parent else id
    keyed: dict[Path, dict[str, str]] = {}
    for reference in design.references:
        target = design.resolve(reference)
        if not target or target.path[: len(renamed.path)] != renamed.path:
            continue
        word = _respelled(reference, target is renamed, old, new, id)
        if reference.key:
            keyed.setdefault(reference.path, {})[reference.target] = word
        elif word != reference.target:
            yield Edit("set", reference.path, word)
    for path, words in keyed.items():
        held = _value(design, path).items()
        yield Edit("set", path, {words.get(key, key): _plain(value) for key, value in held})
    if renamed.kind == "attribute":
        yield from _rewritten(design, renamed, id)


def _respelled(reference: Reference, itself: bool, old: str, new: str, id: str) -> str:
    if reference.points.inside:
        return id if itself else reference.target
    return new + reference.target.removeprefix(old)


def _value(design: Design, path: Path) -> Any:
    """What somebody wrote at a path; None when nobody did."""
    value: Any = design.model_dump(mode="json", by_alias=True, exclude_unset=True)
    for step in path:
        if isinstance(value, str) or (isinstance(value, dict) and step not in value):
            return None
        value = value[step]
    return value


def _plain(value: Any) -> Any:
    """A whole number is written without its `.0`."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _rewritten(design: Design, renamed: Located, id: str) -> Iterator[Edit]:
    """Expressions over the entity whose attribute was renamed."""
    entity = renamed.parent.address if renamed.parent else ""
    for owner in design.located:
        for shape in shapes(type(owner.record)):
            text = getattr(owner.record, shape.name)
            if not text or not any(isinstance(mark, Grammar) for mark in shape.metadata):
                continue
            if entity in design.scopes(owner) and (new := rename(text, renamed.record.id, id)) != text:
                yield Edit("set", (*owner.path, shape.alias), new)
