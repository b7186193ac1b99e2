"""The paths hold what they promise: their minutes add up, what they name is there, nobody sits for too long."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from backendkit.grading import names
from backendkit.grading.form import read_form
from backendkit.model import UserError
from backendkit.room.paths import Plan, Step, agenda, all_paths, path

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PROMISED = {"first-look": 20, "workshop": 4 * 60, "as-built": 150, "course": 12 * 90}
EVERYWHERE = {"Reasons", "Findings"}
LONGEST = 90
each_plan = pytest.mark.parametrize("plan", all_paths(), ids=lambda plan: plan.id)


@cache
def notebook(name: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    return values


def headings(name: str) -> set[str]:
    text = "\n".join("".join(c["source"]) for c in notebook(name)["cells"] if c["cell_type"] == "markdown")
    return {heading.strip() for heading in re.findall(r"(?m)^## (.*)$", text)}


@each_plan
def test_the_minutes_add_up_to_what_the_path_promises(plan: Plan) -> None:
    assert {session.minutes for session in plan.sessions} == {plan.minutes}
    assert sum(step.minutes for step in plan.steps) == plan.minutes * len(plan.sessions) == PROMISED[plan.id]


@each_plan
def test_every_step_is_one_thing_and_says_what_one_does_and_has(plan: Plan) -> None:
    for step in plan.steps:
        assert [bool(step.notebook), bool(step.exercise), bool(step.together), bool(step.break_)].count(
            True
        ) == 1
        assert bool(step.break_) != bool(step.do and step.have), step
        assert step.notebook or not step.sections
        assert "|" not in f"{step.title}{step.do}{step.have}"


@each_plan
def test_notebooks_headings_and_exercises_are_there(plan: Plan) -> None:
    for step in plan.steps:
        assert not step.notebook or set(step.sections) <= headings(step.notebook), step
        assert not step.exercise or read_form(step.exercise).minutes <= step.minutes, step
    for left in plan.left_out:
        assert not left.in_ or left.what in headings(left.in_), left


@each_plan
def test_a_path_stays_in_a_notebook_no_longer_than_the_notebook_says_unless_it_says_why(plan: Plan) -> None:
    for name in {step.notebook for step in plan.steps if step.notebook}:
        longer = any(step.more for step in plan.steps if step.notebook == name)
        most = notebook(name)["metadata"]["backendkit"]["minutes"]
        assert (plan.minutes_for(name) > most) == longer, (
            f"{name}: {plan.minutes_for(name)} of {most} minutes"
        )


@each_plan
def test_nobody_sits_longer_than_90_minutes_without_a_break(plan: Plan) -> None:
    for session in plan.sessions:
        runs = groupby(session.steps, key=lambda step: bool(step.break_))
        assert all(pause or sum(step.minutes for step in run) <= LONGEST for pause, run in runs)
        assert not session.steps[-1].break_


@each_plan
def test_a_section_is_worked_on_or_left_out_with_a_reason_and_never_both(plan: Plan) -> None:
    used = Counter((step.notebook, section) for step in plan.steps for section in step.sections)
    left = {(one.in_, one.what) for one in plan.left_out if one.in_}
    assert set(used.values()) <= {1}
    assert not left & used.keys()
    for name in {step.notebook for step in plan.steps if step.sections}:
        if plan.id == "first-look":  # it looks at one section on purpose
            continue
        told = {section for where, section in left | used.keys() if where == name}
        assert told == headings(name) - EVERYWHERE, name


def test_the_course_leaves_nothing_out() -> None:
    there = {file.stem for file in NOTEBOOKS.glob("*.ipynb")}
    assert {step.notebook for step in path("course").steps} - {""} == there
    assert sorted(step.exercise for step in path("course").steps if step.exercise) == sorted(names())
    assert all(session.home for session in path("course").sessions)


def test_an_agenda_begins_at_zero_and_ends_at_the_promise() -> None:
    rows = [line.split(" | ") for line in agenda(path("workshop")).splitlines()[2:]]
    assert rows[0][0] == "| 0:00"
    hours, minutes = rows[-1][0].removeprefix("| ").split(":")
    assert int(hours) * 60 + int(minutes) + int(rows[-1][1]) == 240
    assert [row[2] for row in rows if "Break" in row[2]] == ["**Break**", "**Break**"]


def test_plans_are_frozen_and_an_unknown_one_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="frozen"):
        path("course").title = "Longer"
    with pytest.raises(UserError, match=r"There is no path 'marathon', there are: first-look, workshop"):
        path("marathon")
    assert Step(minutes=5, together="Sing").title == "Sing"
