"""Dot votes: everybody has a few dots and puts them where they matter (https://en.wikipedia.org/wiki/Dot-voting).

Each voter's dots are a field of their own (`votes.Kim`), so that two people who vote at once never lose one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from backendkit.model import Design, UserError
from backendkit.model.architecture import Decision, Option
from backendkit.model.requirements import Functional, Quality
from backendkit.room.display import Table
from backendkit.room.widget import Widget, live

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

Voted = Functional | Quality | Option
DECISIONS = "architecture.decisions"
CAPTIONS = {
    "requirements.functional": ("Functional requirements", "Requirement"),
    "requirements.quality": ("Quality requirements", "Requirement"),
}


def vote(opened: OpenDesign, where: str, dots: int = 5) -> Vote | Table:
    """Vote on priorities ("requirements.functional", "requirements.quality") or on a decision ("D1.options").

    "architecture.decisions" takes one after the other: first what nobody has decided yet. Every person has as many dots; sums stay hidden until somebody asks for them. Raises UserError for another list.
    """
    _checked(where)
    if not 0 < dots <= 100:
        raise UserError(f"{dots} dots for each person is no vote: give them 1 to 100.")
    return Vote(opened, where, dots) if live() else totals(opened, where)


class Vote(Widget):
    """A vote on one list."""

    parts: ClassVar[tuple[str, ...]] = ("votes",)

    def __init__(self, opened: OpenDesign, where: str, dots: int = 5) -> None:
        self.where, self.dots, self.decision = where, dots, ""
        super().__init__(opened, lambda: totals(opened, where))

    def snapshot(self) -> dict[str, Any]:
        """The lines with everybody's dots."""
        assert self.opened
        design, where = self.opened.design, self.where
        about: dict[str, Any] = {}
        if where == DECISIONS:
            about = {"decisions": _decisions(design), "decision": self._decision(design)}
            where = f"{about['decision']}.options"
        lines = [
            {"at": at, "id": one.id, "text": _text(one), "votes": one.votes}
            for at, one in _lines(design, where)
        ]
        return about | {"where": where, "caption": _caption(where)[0], "dots": self.dots, "lines": lines}

    def on_decision(self, id: str) -> None:
        """Vote on another decision, on every page that shows this vote."""
        self.decision = id
        self.refreshed()

    def _decision(self, design: Design) -> str:
        """The one that was taken, else the first that is open."""
        ids = [one["id"] for one in _decisions(design)]
        return self.decision if self.decision in ids else next(iter(ids), "")


def _decisions(design: Design) -> list[dict[str, str]]:
    """What can be voted on, the open questions first."""
    found = [one for _, one in design.each(Decision)]
    found.sort(key=lambda one: bool(one.chosen))
    return [{"id": one.id, "name": f"{one.id}: {one.name or 'a decision without a title'}"} for one in found]


def totals(opened: OpenDesign, where: str) -> Table:
    """The sums, the highest first; nothing as long as nobody voted."""
    _checked(where)
    caption, heading = _caption(where)
    found = [(sum(one.votes.values()), at, one) for at, one in _lines(opened.design, where)]
    voted = sorted((each for each in found if each[0]), key=lambda each: -each[0])
    ids = {at: at if where == DECISIONS else one.id for _, at, one in voted}
    rows = tuple((ids[at], _text(one), str(dots)) for dots, at, one in voted)
    people = len({name for _, _, one in voted for name in one.votes})
    by = f"{caption}: dots of {people} {'person' if people == 1 else 'people'}"
    empty = f"{caption}: nobody has voted yet."
    return Table(("", heading, "Dots"), rows, by, ("", "", "number"), empty=empty)


def _checked(where: str) -> None:
    at, _, name = where.rpartition(".")
    if where not in (*CAPTIONS, DECISIONS) and not (at and name == "options"):
        lists = ", ".join((*CAPTIONS, DECISIONS))
        raise UserError(
            f"Nobody votes on '{where}': take {lists}, or the options of a decision, as D1.options."
        )


def _caption(where: str) -> tuple[str, str]:
    if where == DECISIONS:
        return "Options of the decisions", "Option"
    return CAPTIONS.get(where) or (f"Options of {where.rpartition('.')[0]}", "Option")


def _lines(design: Design, where: str) -> list[tuple[str, Voted]]:
    """What is voted on, with its address; none while the decision is not there."""
    if where == DECISIONS:
        return [(at.address, one) for at, one in design.each(Option)]
    if where not in CAPTIONS:
        decision = design.find(where.rpartition(".")[0])
        if not decision or not isinstance(decision.record, Decision):
            return []
        return [(at.address, one) for at, one in design.each(Option) if at.parent == decision]
    return [(at.address, one) for at, one in design.each(_KINDS[where])]


_KINDS: dict[str, type[Functional | Quality]] = {
    "requirements.functional": Functional,
    "requirements.quality": Quality,
}


def _text(one: Voted) -> str:
    """What a voter has to read."""
    if isinstance(one, Functional):
        return one.text or one.name
    return (one.name or one.measure or one.about) if isinstance(one, Quality) else one.name or one.about
