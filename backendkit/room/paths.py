"""The ways through the workbook, minute by minute: a first look, a workshop, a system as built, a course.

The steps stand in paths.yml; how lessons say minutes and results: https://carpentries.github.io/lesson-development-training/.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pydantic import Field

from backendkit.model import Part, UserError
from backendkit.store import text

FILE = Path(__file__).with_suffix(".yml")


class Step(Part):
    """Some minutes of a session: a notebook or some of its sections, an exercise, something together, or a break."""

    minutes: int = Field(ge=1)
    notebook: str = ""
    """The name of a file in notebooks/, without its ending."""
    sections: tuple[str, ...] = ()
    """Headings of the notebook; none means all of it."""
    exercise: str = ""
    together: str = ""
    """What everybody does at once, away from the notebooks."""
    break_: str = Field("", alias="break")
    do: str = ""
    have: str = ""
    """What one has at the end of it."""
    more: str = ""
    """Why it takes longer than the notebook says."""

    @property
    def title(self) -> str:
        """What it is called in an agenda: the notebook and its sections, the exercise, the break.

        >>> Step(notebook="02c_api", sections=("The calls",), minutes=15).title
        'API: The calls'
        """
        if self.exercise:
            return f"Exercise {self.exercise}"
        if not self.notebook:
            return self.together or self.break_
        word = self.notebook.partition("_")[2]
        name = "API" if word == "api" else word.capitalize()
        return f"{name}: {'; '.join(self.sections)}" if self.sections else name


class Left(Part):
    """What a path leaves out, and why: a section of a notebook, or something as a whole."""

    what: str
    in_: str = Field("", alias="in")
    why: str


class Session(Part):
    """What is done at one go, and what is done at home after it."""

    title: str
    steps: tuple[Step, ...] = Field(min_length=1)
    home: str = ""

    @property
    def minutes(self) -> int:
        """How long its steps take together."""
        return sum(step.minutes for step in self.steps)

    @property
    def agenda(self) -> Iterator[tuple[int, Step]]:
        """Each step with the minute at which it begins."""
        begin = 0
        for step in self.steps:
            yield begin, step
            begin += step.minutes


class Plan(Part):
    """A path: for whom it is, how long it takes, its sessions, what one has at the end, what is left out and why."""

    id: str
    title: str
    minutes: int
    """How long each session is."""
    for_: str = Field(alias="for")
    have: str
    sessions: tuple[Session, ...] = Field(min_length=1)
    left_out: tuple[Left, ...] = Field((), alias="left-out")
    rest: str
    """What becomes of the chapters that are not named at all."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all sessions, in order."""
        return tuple(step for session in self.sessions for step in session.steps)

    @property
    def told(self) -> str:
        """How long it takes, as people say it.

        >>> [plan.told for plan in all_paths()][:2]
        ['20 minutes', '4 hours']
        """
        hours = self.minutes / 60
        each = f"{hours:g} hours" if self.minutes >= 120 else f"{self.minutes} minutes"
        return each if len(self.sessions) == 1 else f"{len(self.sessions)} times {each}"

    def minutes_for(self, notebook: str) -> int:
        """How long this path stays in a notebook; 0 when it leaves it out.

        >>> path("first-look").minutes_for("11_document")
        5
        """
        return sum(step.minutes for step in self.steps if step.notebook == notebook)


@cache
def all_paths() -> tuple[Plan, ...]:
    """All paths, the shortest first.

    >>> [plan.id for plan in all_paths()]
    ['first-look', 'workshop', 'as-built', 'course']
    """
    found = text.read(FILE.read_text(encoding="utf-8"), FILE.name)
    return tuple(Plan.model_validate({"id": id, **values}) for id, values in found.items())


def path(id: str) -> Plan:
    """The path of that name. Raises UserError with the names there are."""
    found = next((plan for plan in all_paths() if plan.id == id), None)
    if found is None:
        raise UserError(f"There is no path '{id}', there are: {', '.join(plan.id for plan in all_paths())}.")
    return found


def agenda(plan: Plan) -> str:
    """The agenda of a path as a Markdown table, by the clock from 0:00; the course has one table for each session."""
    return "\n\n".join(
        (f"**{number}. {session.title}**\n\n" if len(plan.sessions) > 1 else "") + _table(session)
        for number, session in enumerate(plan.sessions, 1)
    )


def _table(session: Session) -> str:
    lines = ["| From | Min | What | How | Then there is |", "| --- | --- | --- | --- | --- |"]
    for begin, step in session.agenda:
        cells = (
            f"{begin // 60}:{begin % 60:02}",
            str(step.minutes),
            f"**{step.title}**",
            step.do,
            step.have,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
