"""Changes are data, addressed by record id, so that two people's changes to one design can both be kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from backendkit.model.design import Design, Located, Reference
from backendkit.model.edit import Edit
from backendkit.model.error import Path, UserError, spell
from backendkit.model.expression import rename
from backendkit.model.record import Grammar, Part
from backendkit.model.shape import shapes


@dataclass(frozen=True, slots=True)
class Set:
    """A field of a record gets a value; None clears it. `at=""` is the design; a field may be dotted.

    Below a mapping all the rest is its key, dots included: `waive.REQ007`, `votes.Dr. Kim`. A mapping left without
    keys goes too. A new `id` is written everywhere the record is referred to.
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
    values = design.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return Resolver(design).edits(change, values) or []


class _Outdated(Exception):
    """The design no longer tells what an address means."""


class Resolver:
    """Changes made one after the other as edits, by one design, as long as that tells where everything stands.

    Records that come, go and move shift the places of others: that is counted. What gives a record another address
    is not: then `edits` gives None, and the design has to be loaded anew.
    """

    def __init__(self, design: Design) -> None:
        self.design = design
        self._moved: list[Edit] = []
        self._fresh, self._over = True, False
        self._names: dict[Path, dict[str, Located]] = {}

    def edits(self, change: Change, values: Any) -> list[Edit] | None:
        """The edits of the next change, on the values that the earlier ones left; None: load the design anew."""
        if not isinstance(change, Change):
            raise UserError(f"{change!r:.60} is no change, allowed are Set, Insert, Delete and Move.")
        if self._over:
            return None
        try:
            found = self._set(change, values) if isinstance(change, Set) else [self._step(change, values)]
        except _Outdated:
            return None
        self._fresh = False
        return found

    def _found(self, at: str) -> Located:
        if self._moved and ("[" in at or not self.design.find(at)):
            raise _Outdated
        found = self.design.find(at)
        if not found:
            raise UserError(
                f"There is no '{at}' in the design (any more): somebody may have renamed or deleted it."
            )
        return found

    def _now(self, path: Path) -> Path:
        """Where a path of the design has gone to."""
        for edit in self._moved:
            *above, index = edit.path
            if len(path) < len(edit.path) or path[: len(above)] != tuple(above):
                continue
            at = path[len(above)]
            if edit.op == "remove" and at == index:
                raise _Outdated
            path = (*above, _shifted(edit.op, at, index, edit.value), *path[len(edit.path) :])
        return path

    def _step(self, change: Insert | Delete | Move, values: Any) -> Edit:
        if isinstance(change, Insert):
            owner = self._found(change.at) if change.at else None
            path, _ = _way(owner, change.field)
            step = Edit("insert", (*self._now(path), self._index(path, change.before, values)), change.record)
            self._over = self._clashes(owner, change.record)
        else:
            found = self._found(change.at)
            path = self._now(found.path)
            step = Edit("remove", path)
            if isinstance(change, Move):
                step = Edit("move", path, self._index(found.path[:-1], change.before, values, found))
            self._over = _natural(found) in self._doubled
        self._moved.append(step)
        return step

    def _index(self, path: Path, before: str | None, values: Any, leaving: Located | None = None) -> int:
        """The index of a list where a record goes, counted without the one that leaves it."""
        if before is not None:
            found = self._neighbours(path).get(before)
            if self._moved and ("[" in before or not found):
                raise _Outdated
            if found and found is not leaving:
                index = int(self._now(found.path)[-1])
                return index - bool(leaving and int(self._now(leaving.path)[-1]) < index)
        held = _held(values, self._now(path))
        return len(held) - bool(leaving) if isinstance(held, list) else 0

    def _neighbours(self, path: Path) -> dict[str, Located]:
        if path not in self._names:
            names = self._names.setdefault(path, {})
            for found in self.design.located:
                if found.path[:-1] == path:
                    for name in (found.address, found.record.id, spell(found.path)):
                        names.setdefault(name, found)
        return self._names[path]

    def _clashes(self, owner: Located | None, record: Any) -> bool:
        """Whether a new record may take the address of another, or one that the design cannot foretell."""
        id = record.get("id", "") if isinstance(record, dict) else None
        if not isinstance(id, str) or "." in id or self._dotted:
            return True
        return bool(id and self.design.find(f"{owner.address}.{id}" if owner else id))

    @cached_property
    def _dotted(self) -> bool:
        return any("." in found.record.id for found in self.design.located)

    @cached_property
    def _doubled(self) -> set[str]:
        """Addresses that the first one of several records has."""
        return {
            _natural(each)
            for each in self.design.located
            if each.record.id and each.address != _natural(each)
        }

    def _set(self, change: Set, values: Any) -> list[Edit]:
        owner = self._found(change.at) if change.at else None
        renames = bool(owner) and change.field == "id"
        if renames and not self._fresh:
            raise _Outdated
        path, self._over = _way(owner, change.field)
        path = self._now(path)
        if change.value is None:
            return _removed(values, path, len(owner.path) if owner else 0)
        this = Edit("set", path, change.value)
        return (
            [*_renamed(self.design, owner, str(change.value), values), this] if owner and renames else [this]
        )


def _shifted(op: str, at: Any, index: Any, goal: Any) -> int:
    """The index of a list item after another one came, went or moved, or after it moved itself."""
    if op == "insert":
        return int(at + (at >= index))
    if op == "move" and at == index:
        return int(goal)
    at -= at > index
    return int(at + (op == "move" and at >= goal))


def _natural(found: Located) -> str:
    """The address a record has when no other one has it."""
    return f"{found.parent.address}.{found.record.id}" if found.parent else found.record.id


def _way(owner: Located | None, field: str) -> tuple[Path, bool]:
    """The path of a field, and whether a new value may change addresses. Below a mapping all the rest is one key."""
    path: Path = owner.path if owner else ()
    part: type[Part] | None = type(owner.record) if owner else Design
    steps = field.split(".")
    for n, step in enumerate(steps):
        shape = next((each for each in shapes(part) if each.alias == step), None) if part else None
        if shape and shape.mapping and steps[n + 1 :]:
            return (*path, step, ".".join(steps[n + 1 :])), False
        path, part = (*path, step), shape.part if shape and not shape.many else None
        leads = bool(shape and shape.part)
    return path, leads or steps[-1] == "id"


def _removed(values: Any, path: Path, least: int) -> list[Edit]:
    """The edit that clears a field, with the mappings that would be empty then; none when nothing stands there."""
    if _held(values, path) is None:
        return []
    while len(path) > least + 1 and len(_held(values, path[:-1])) == 1:
        path = path[:-1]
    return [Edit("remove", path)]


def _held(values: Any, path: Path) -> Any:
    """What somebody wrote at a path; None when nobody did."""
    for step in path:
        known = isinstance(values, dict) and step in values
        inside = isinstance(values, list) and isinstance(step, int) and step < len(values)
        values = values[step] if known or inside else None
    return values


def _renamed(design: Design, renamed: Located, id: str, values: Any) -> Iterator[Edit]:
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
        yield Edit("set", path, {words.get(key, key): value for key, value in _held(values, path).items()})
    if renamed.kind == "attribute":
        yield from _rewritten(design, renamed, id)


def _respelled(reference: Reference, itself: bool, old: str, new: str, id: str) -> str:
    if reference.points.inside:
        return id if itself else reference.target
    return new + reference.target.removeprefix(old)


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
