"""The form of an exercise file: one file holds task, starter, what must hold, hints, solution and wrong answers."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from backendkit.model import Change, DesignError, Part, Problem, UserError, change_from
from backendkit.model.mistakes import explain
from backendkit.store import text

ROOT = Path(__file__).parents[2] / "exercises"


class Expectation(Part):
    """One thing that must hold at the end, and the sentence said when it does not."""

    silent: str = ""
    """A rule code that may no longer be found, at `at` when that is given."""
    has: str = ""
    """The address of a record that must be there; with `field`, whose value must be `value`."""
    at: str = ""
    field: str = ""
    value: Any = None
    query: str = ""
    """SQL on the prototype's database; its rows must be `rows`."""
    rows: list[list[Any]] = []
    call: str = ""
    """A call on the prototype, as `POST /books`; its status must be `status` and its body contain `answer`."""
    json_: Any = Field(None, alias="json")
    user: str = ""
    """For whom it is sent, as `member`; nobody when empty."""
    status: int = 200
    answer: Any = None
    otherwise: str
    """What is said when it does not hold: what is wrong, not what to type."""


class Wrong(Part):
    """A plausible wrong answer and the word it must get."""

    answer: list[dict[str, Any]]
    gets: str


class Form(Part):
    """What an exercise file says."""

    title: str
    minutes: int = Field(ge=1)
    level: Literal["first", "second", "third"] = "first"
    base: str = "bookshop"
    """The worked design it starts from: a folder under data/."""
    task: str
    starter: list[dict[str, Any]]
    holds: list[Expectation] = Field(min_length=1)
    hints: list[str] = Field(min_length=1)
    solution: list[dict[str, Any]] = Field(min_length=1)
    wrong: list[Wrong] = Field(min_length=2)
    explanation: str

    @cached_property
    def start_changes(self) -> tuple[Change, ...]:
        """What is done to the base before the learner begins."""
        return tuple(change_from(data) for data in self.starter)

    @cached_property
    def solution_changes(self) -> tuple[Change, ...]:
        """One way to do it."""
        return tuple(change_from(data) for data in self.solution)


def names() -> tuple[str, ...]:
    """All exercises, as `database/keys`, in the order of their chapters' folders.

    >>> "database/keys" in names()
    True
    """
    return tuple(sorted(f"{file.parent.name}/{file.stem}" for file in ROOT.glob("*/*.yml")))


def read_form(name: str) -> Form:
    """The exercise of that name. Raises UserError with the names there are, DesignError with what is wrong in it."""
    if name not in names():
        raise UserError(f"There is no exercise '{name}', there are: {', '.join(names()) or 'none'}.")
    file = ROOT / f"{name}.yml"
    values = text.read(file.read_text(encoding="utf-8"), source=file.name)
    try:
        return Form.model_validate(values, by_alias=True, by_name=False)
    except ValidationError as error:
        problems: tuple[Problem, ...] = tuple(explain(Form, error.errors(include_url=False)))
        raise DesignError(problems, source=file.name) from None
