"""The usual candidates for the usual questions, side by side; a button makes of a question a decision to weigh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from backendkit.candidates import Question, pose, questions
from backendkit.model import UserError
from backendkit.model.architecture import Decision
from backendkit.room.display import Page, Table
from backendkit.room.weighing import next_decision
from backendkit.room.widget import Widget, live

if TYPE_CHECKING:
    from backendkit.store import OpenDesign


def compare_tools(opened: OpenDesign, question: str = "") -> Asking | Page:
    """Candidates with scores and reasons for a question, as "database", or for all; and a button that asks the team.

    Raises UserError with the questions there are.
    """
    _ = _asked(opened, question)
    return Asking(opened, question) if live() else still_tools(opened, question)


class Asking(Widget):
    """The questions, one at a time."""

    parts: ClassVar[tuple[str, ...]] = ("asking",)

    def __init__(self, opened: OpenDesign, question: str = "") -> None:
        self.question = question
        super().__init__(opened, lambda: still_tools(opened, question))

    def snapshot(self) -> dict[str, Any]:
        """The questions with their candidates, the decision that each would be, and those that ask it already."""
        assert self.opened
        design, id = self.opened.design, next_decision(self.opened.design)
        known = [(one.name, at.address) for at, one in design.each(Decision)]
        return {
            "questions": [
                {
                    "id": one.id,
                    "criteria": [*one.criteria.items()],
                    "reasons": {each.id: each.reasons for each in one.candidates},
                    "record": pose(design, one.id, id).record,
                    "asked": [at for title, at in known if title == one.title],
                }
                for one in _asked(self.opened, self.question)
            ]
        }


def still_tools(opened: OpenDesign, question: str = "") -> Page:
    """A table for each question: a line for each candidate, with score and reason."""
    return Page(tuple(map(_table, _asked(opened, question))))


def show_machine(opened: OpenDesign) -> Table:
    """What this machine has of the tools, services and variables of the design, and how to mend what is missing."""
    from backendkit.doctor import examine_design

    rows = tuple((one.name, one.found, one.mend) for one in examine_design(opened))
    empty = "Nothing to look for yet: name tools, services and variables first."
    return Table(("What", "Found here", "To mend it"), rows, "The design and this machine", empty=empty)


def _asked(opened: OpenDesign, question: str) -> tuple[Question, ...]:
    known = questions(opened)
    found = tuple(one for one in known if question in ("", one.id))
    if not found:
        raise UserError(f"Nobody asks for '{question}', there are: {', '.join(one.id for one in known)}.")
    return found


def _table(question: Question) -> Table:
    rows = tuple(
        (each.name, *(f"{each.scores[key]}: {each.reasons[key]}" for key in question.criteria))
        for each in question.candidates
    )
    headings = (question.title, *(name.capitalize() for name in question.criteria.values()))
    return Table(headings, rows, f"{question.title}: scores from 0 to 5, and why")
