"""A change from a page: saved when nothing else was saved in its place meanwhile, and told in plain data.

Optimistic concurrency field by field (Kung and Robinson, 1981): a change carries what its author saw.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from backendkit.model import (
    CHAPTERS,
    Delete,
    Design,
    DesignError,
    Insert,
    Part,
    Path,
    Problem,
    Set,
    UserError,
    spell,
)
from backendkit.model.change import Change, Move, change_from
from backendkit.store.protocol import Held

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

Answer = dict[str, Any]
_GAPS: tuple[Any, ...] = (None, "", False, [], {})
_answers: OrderedDict[tuple[str, str], Answer] = OrderedDict()
_KEPT = 2000


class _Meanwhile(Exception):
    """Somebody saved something else where one of these changes goes."""

    def __init__(self, conflicts: list[Answer]) -> None:
        self.conflicts = conflicts


def save(opened: OpenDesign, id: str, changes: Sequence[Mapping[str, Any]]) -> Answer:
    """Save the changes of one step, all or none; a second time with the same id gives the same answer.

    `{ok, ids}`: saved, with the ids that got another number because they were taken. `{conflict}`: another value
    stands there meanwhile. `{refused}`: what the model says, with the number of the change where it speaks of one.
    `{later}`: not now, send it again.
    """
    known = _answers.get((opened.where, id))
    if known is not None:
        return known
    try:
        _ = opened.design  # by itself: a file that is mended in this very moment refuses nothing
    except UserError as unreadable:
        return {"later": str(unreadable)}
    try:
        answer = _saved(opened, changes)
    except _Meanwhile as meanwhile:
        answer = {"conflict": meanwhile.conflicts}
    except UserError as error:
        answer = _refusal(opened, changes, error)
    if "later" in answer:
        return answer
    _answers[opened.where, id] = answer
    while len(_answers) > _KEPT:
        _answers.popitem(last=False)
    return answer


def _refusal(opened: OpenDesign, changes: Sequence[Mapping[str, Any]], error: UserError) -> Answer:
    """Why nothing was saved. What somebody may mend elsewhere, a full disk or a broken file, passes."""
    try:
        design, empty = opened.design, not opened.text().strip()
    except UserError as unreadable:
        return {"later": str(unreadable)}
    if empty:  # another program empties a file before it fills it
        return {"later": str(error)}
    if isinstance(error, Held) or isinstance(error.__context__, OSError):
        return {"later": str(error)}
    if isinstance(error, DesignError):
        return {"refused": [_told(design, changes, problem) for problem in error.problems]}
    gone = [(n, at) for n, at in enumerate(map(_address, changes)) if at and not design.find(at)]
    return {
        "refused": [{"n": n, "at": at, "message": str(error)} for n, at in gone] or [{"message": str(error)}]
    }


def _address(change: Mapping[str, Any]) -> str:
    parts = next(iter(change.values()), None)
    return str(parts.get("at") or "") if isinstance(parts, dict) else ""


def _saved(opened: OpenDesign, changes: Sequence[Mapping[str, Any]]) -> Answer:
    ids: dict[str, str] = {}
    steps: list[Change] = []
    design = opened.design
    taken: list[Answer] = []
    for n, data in enumerate(changes):
        change = change_from({verb: _without_was(parts) for verb, parts in data.items()})
        if isinstance(change, Insert) and not _there(design, change):
            change = _with_free_id(design, change, steps, ids)
        if isinstance(change, Set) and (message := _taken(design, change)):
            taken.append({"n": n, "at": change.at, "field": "id", "message": message})
        elif not _done(design, change):
            steps.append(change)
    if taken:
        return {"refused": taken}
    if steps:
        _update(opened, steps, changes)
    return {"ok": True, "ids": ids}


def _taken(design: Design, change: Set) -> str:
    """Why a record cannot be called so: two with one id would be mixed up in the very next step."""
    found = design.find(change.at) if change.field == "id" else None
    if not found or change.value == found.record.id:
        return ""
    at = f"{found.parent.address}.{change.value}" if found.parent else str(change.value)
    other = design.find(at)
    kind = other.kind if other else "chapter" if at in CHAPTERS else ""
    return f"'{change.value}' is the id of another {kind} already: take a new one" if kind else ""


def _update(opened: OpenDesign, steps: Sequence[Change], changes: Sequence[Mapping[str, Any]]) -> None:
    waiting = opened.unsaved
    try:
        opened.update(*steps, check=_unless_changed(changes))
    except Held:
        opened.unsaved = waiting  # the page keeps its own, and sends them again
        raise


def _without_was(parts: Any) -> Any:
    return {key: value for key, value in parts.items() if key != "was"} if isinstance(parts, dict) else parts


def _unless_changed(changes: Sequence[Mapping[str, Any]]) -> Callable[[Design], None]:
    """Refuse to save where somebody else saved something else than what the author saw."""

    def check(design: Design) -> None:
        conflicts = []
        for n, data in enumerate(changes):
            (verb, parts), *_ = data.items()
            if parts.get("at") and not design.find(parts["at"]):
                continue  # it is gone: saving says so
            if verb == "set" and "was" in parts:
                now = value_at(design, parts["at"], parts["field"])
                if not same(now, parts["was"]) and not same(now, parts["value"]):
                    conflicts.append({"n": n, "at": parts["at"], "field": parts["field"], "theirs": now})
            if verb == "delete" and "was" in parts and not _unchanged(design, parts["at"], parts["was"]):
                conflicts.append({"n": n, "at": parts["at"], "field": ""})
        if conflicts:
            raise _Meanwhile(conflicts)

    return check


def _unchanged(design: Design, at: str, was: Any) -> bool:
    """Whether a record is what somebody saw of it."""
    found = design.find(at)
    try:
        return not found or _plain(type(found.record).model_validate(was)) == _plain(found.record)
    except ValueError:
        return False


def _plain(record: Part) -> dict[str, Any]:
    return record.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def value_at(design: Design, at: str, field: str) -> Any:
    """What is saved in a field, as plain data; None for a gap, or where the record is gone."""
    found = design.find(at) if at else None
    if at and not found:
        return None
    value: Any = _plain(found.record if found else design)
    for step in field.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def same(one: Any, other: Any) -> bool:
    """Whether two values mean the same: every gap is one gap.

    >>> same("", None), same(5, 5.0), same("a", "b"), same(0, None)
    (True, True, False, False)
    """
    return bool(one == other) or (_gap(one) and _gap(other))


def _gap(value: Any) -> bool:
    """A number is none: 0 is said."""
    return value in _GAPS and (isinstance(value, bool) or not isinstance(value, int | float))


def _there(design: Design, change: Insert) -> bool:
    """Whether exactly this record was inserted before: its answer was lost, and it is sent again."""
    id = change.record.get("id")
    found = design.find(f"{change.at}.{id}" if change.at else str(id))
    if not id or not found or found.path[:-1] != _list(design, change):
        return False
    held = _plain(found.record)
    return all(same(held.get(key), value) for key, value in change.record.items())


def _list(design: Design, change: Insert) -> tuple[str | int, ...]:
    owner = design.find(change.at) if change.at else None
    return (*(owner.path if owner else ()), *change.field.split("."))


def _done(design: Design, change: Change) -> bool:
    """Whether it holds already, so that nothing has to be saved."""
    if isinstance(change, Insert):
        return _there(design, change)
    if isinstance(change, Delete):
        return design.find(change.at) is None
    if isinstance(change, Set):
        return design.find(change.at) is not None and same(
            value_at(design, change.at, change.field), change.value
        )
    return isinstance(change, Move) and design.find(change.at) is None


def _with_free_id(design: Design, change: Insert, steps: Sequence[Change], ids: dict[str, str]) -> Insert:
    """Two people made an R8 at the same time: the second one becomes R9."""
    wanted = str(change.record.get("id") or "")
    inside = bool(change.at)
    taken = {
        step.record.get("id")
        for step in steps
        if isinstance(step, Insert) and (not inside or step.at == change.at)
    }

    def free(id: str) -> bool:
        return (
            id not in taken and id not in CHAPTERS and not design.find(f"{change.at}.{id}" if inside else id)
        )

    if not wanted or free(wanted):
        return change
    given = next_id(wanted, free)
    ids[wanted] = given
    return Insert(change.at, change.field, {**change.record, "id": given}, change.before)


def next_id(wanted: str, free: Callable[[str], bool]) -> str:
    """The next id of the same form that is free.

    >>> next_id("R8", {"R10"}.__contains__), next_id("book", {"book-2"}.__contains__)
    ('R10', 'book-2')
    """
    numbered = re.fullmatch(r"(.*?)(\d+)", wanted)
    stem, number = (numbered[1], int(numbered[2])) if numbered else (f"{wanted}-", 1)
    while True:
        number += 1
        if free(f"{stem}{number}"):
            return f"{stem}{number}"


def _told(design: Design, changes: Sequence[Mapping[str, Any]], problem: Problem) -> Answer:
    """Which change a problem belongs to, and what the model says of it."""
    for n, (at, place) in enumerate(_places(design, changes)):
        if place and problem.path[: len(place)] == place:
            field = next(iter(changes[n].values())).get("field", "")
            rest = spell(problem.path[len(place) :])
            return {
                "n": n,
                "at": at,
                "field": rest if "insert" in changes[n] else field,
                "message": problem.message,
            }
    return {"n": 0, "at": "", "field": spell(problem.path), "message": problem.message}


def _places(design: Design, changes: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Path]]:
    """The record that each change speaks of, and where what it writes stands afterwards."""
    added: dict[Path, int] = {}
    for data in changes:
        parts = next(iter(data.values()))
        at, field = parts.get("at", ""), tuple(parts.get("field", "").split("."))
        owner = design.find(at) if at else None
        place: Path = (*(owner.path if owner else ()), *field) if owner or not at else ()
        if "insert" in data:
            length = sum(found.path[:-1] == place for found in design.located)
            index = added.setdefault(place, length)
            added[place] += 1
            yield str(parts.get("record", {}).get("id", "")), (*place, index)
        else:
            yield at, place
