"""Decisions weighed while one looks: weights as sliders, scores, who wins, and what would have to change (decide.py)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from backendkit.decide import METHOD
from backendkit.model import Design, Record
from backendkit.model.architecture import Decision
from backendkit.room.overviews import asked_decisions, show_decisions
from backendkit.room.widget import Widget, live

if TYPE_CHECKING:
    from backendkit.room.display import Page
    from backendkit.store import OpenDesign

STATUSES = get_args(get_args(Decision.model_fields["status"].annotation)[0])


def weigh(opened: OpenDesign, where: str = "") -> Weigh | Page:
    """Weigh the options of a decision, as "D1", of those about tools ("environment") or of all, in place."""
    return Weigh(opened, where) if live() else show_decisions(opened, where)


class Weigh(Widget):
    """The decisions of a design, or one of them."""

    parts: ClassVar[tuple[str, ...]] = ("sliders", "decide", "weighcard", "weigh")

    def __init__(self, opened: OpenDesign, where: str = "") -> None:
        self.where = where
        super().__init__(opened, lambda: show_decisions(opened, where))

    def snapshot(self) -> dict[str, Any]:
        """The decisions with their criteria and options, and the id that is free for the next."""
        assert self.opened
        design = self.opened.design
        return {
            "where": self.where,
            "method": METHOD,
            "statuses": STATUSES,
            "next": next_decision(design),
            "decisions": decisions(design, self.where),
        }


def decisions(design: Design, where: str = "") -> list[dict[str, Any]]:
    """One decision or all as plain data. A weight that nobody wrote is 1; a score that nobody gave is not there.

    >>> design = Design.load({"architecture": {"decisions": [{"id": "D1", "criteria": [{"id": "speed"}]}]}})
    >>> decisions(design)[0]["criteria"]
    [{'at': 'D1.speed', 'id': 'speed', 'name': '', 'weight': 1, 'record': {'id': 'speed'}}]
    """
    return [
        {
            "at": at.address,
            "id": one.id,
            "title": one.name,
            "context": one.context,
            "status": one.status or "",
            "chosen": one.chosen,
            "because": one.because,
            "criteria": _inside(design, at.path, "criterion", ("id", "name", "weight")),
            "options": _inside(design, at.path, "option", ("id", "name", "scores", "votes")),
        }
        for at, one in asked_decisions(design, where)
    ]


def _inside(
    design: Design, path: tuple[str | int, ...], kind: str, names: tuple[str, ...]
) -> list[dict[str, Any]]:
    """The criteria or options of the decision at a path."""
    found = (at for at in design.records(kind) if at.parent and at.parent.path == path)
    return [
        {"at": at.address, **{name: getattr(at.record, name) for name in names}, "record": _record(at.record)}
        for at in found
    ]


def _record(record: Record) -> dict[str, Any]:
    """All that is written there: what comes back when somebody deletes it and thinks again."""
    return record.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def next_decision(design: Design) -> str:
    """The id that is free for the next decision."""
    numbers = [
        int(found[1]) for at in design.records() if (found := re.fullmatch(r"D(\d{1,9})", at.record.id))
    ]
    return f"D{max(numbers, default=0) + 1}"
