"""The bar at the head of each notebook: which design, where to go next, how much time is left, what stays open.

A time box ends with questions, not with a bell (timeboxing, https://en.wikipedia.org/wiki/Timeboxing).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backendkit.model import Design, UserError
from backendkit.model.requirements import Question
from backendkit.room import chosen as choice
from backendkit.room.actions import BOOKSHOP
from backendkit.room.board import Phase, phases
from backendkit.room.display import Text
from backendkit.room.display import escape_markdown as plain
from backendkit.room.widget import Shown, Widget, live

if TYPE_CHECKING:
    from backendkit.store import OpenDesign


def show_way(opened: OpenDesign, phase: str) -> Shown:
    """The bar of a phase, as "requirements" or "document": previous, next, the time box and the parking lot.

    Raises UserError with the phases there are.
    """
    here = _phase(phase)

    def still() -> Text:
        return _still(here)

    return Way(opened, here, still) if live() else still()


class Way(Widget):
    """The bar, live."""

    parts = ("fields", "clock", "parking", "way")

    def __init__(self, opened: OpenDesign, here: Phase, still: Any) -> None:
        self.here = here
        super().__init__(opened, still)

    def snapshot(self) -> dict[str, Any]:
        """What the bar shows; the clock runs in the browser."""
        assert self.opened
        design, folder = self.opened.design, self.opened.folder
        before, after = _beside(self.here)
        return {
            "name": design.name or self.opened.name,
            "place": choice.shown(self.opened),
            "worked": bool(folder and folder.resolve().is_relative_to(BOOKSHOP.parent)),
            "phase": self.here._asdict(),
            "previous": before and {"file": before.file, "title": before.title},
            "next": after and {"file": after.file, "title": after.title},
            "questions": [_question(at.address, one) for at, one in design.each(Question)],
            "people": _people(design),
        }


def _phase(name: str) -> Phase:
    known = phases()
    found = next((one for one in known if name and name in (one.chapter, one.name)), None)
    if found is None:
        raise UserError(f"There is no phase '{name}', there are: {', '.join(one.name for one in known)}.")
    return found


def _beside(here: Phase) -> tuple[Phase | None, Phase | None]:
    known = phases()
    place = next(n for n, one in enumerate(known) if one.file == here.file)
    return known[place - 1] if place else None, known[place + 1] if place + 1 < len(known) else None


def _question(at: str, one: Question) -> dict[str, str]:
    told = {"asks": one.asks, "by": one.by, "answer": one.answer}
    return {"at": at, "id": one.id, "text": one.text or one.title, **told}


def _people(design: Design) -> list[dict[str, str]]:
    """Who can be asked."""
    found = design.records("stakeholder", "role")
    return [{"id": one.address, "name": one.record.title} for one in found]


def _still(here: Phase) -> Text:
    """Where a notebook without a kernel leads; the document leaves it out."""
    before, after = _beside(here)
    links = (("Previous", before), ("Next", after))
    told = " · ".join(f"{word}: [{plain(one.title)}]({one.file})" for word, one in links if one)
    return Text(told, empty=True)
