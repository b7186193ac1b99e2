"""Every exercise: the starter fails, the solution passes, plausible wrong answers get the right word."""

from __future__ import annotations

from pathlib import Path

import pytest

from backendkit.grading import Exercise, exercise, exercise_notebook, handout, names
from backendkit.model import Set, UserError, change_from
from backendkit.store import open_design


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "copy"


@pytest.mark.parametrize("name", names())
def test_the_starter_fails(name: str, work: Path) -> None:
    verdict = exercise(name, folder=work).check()
    assert not verdict.passed
    assert "hint" in str(verdict)


@pytest.mark.parametrize("name", names())
def test_the_solution_passes_and_is_explained(name: str, work: Path) -> None:
    task = exercise(name, folder=work)
    verdict = task.solve()
    assert verdict.passed, verdict.word
    assert task.form.explanation.strip() in str(verdict)


WRONG = [(name, number) for name in names() for number in range(len(Exercise(name).form.wrong))]


@pytest.mark.parametrize(("name", "number"), WRONG)
def test_a_plausible_wrong_answer_gets_the_right_word(name: str, number: int, work: Path) -> None:
    task = exercise(name, folder=work)
    wrong = task.form.wrong[number]
    task.opened.update(*(change_from(data) for data in wrong.answer))
    verdict = task.check()
    assert not verdict.passed
    assert wrong.gets in verdict.word


def test_what_a_learner_did_is_kept_until_start_over(work: Path) -> None:
    task = exercise("database/keys", folder=work)
    task.opened.update(*task.form.solution_changes)
    assert exercise("database/keys", folder=work).check().passed
    assert not task.start_over().check().passed


def test_starting_over_keeps_what_was_there_every_time(work: Path) -> None:
    task = exercise("database/keys", folder=work)
    task.update(Set("copy", "name", "First try"))
    task.start_over().update(Set("copy", "name", "Second try"))
    task.solve()
    kept = [open_design(work.with_name(f"copy-before{number}")).design.find("copy") for number in ("", "-2")]
    assert [str(found.record) for found in kept if found] == ["First try", "Second try"]


def test_a_task_says_where_its_copy_is_and_how_to_answer(work: Path) -> None:
    task = exercise("database/keys", folder=work)
    assert all(word in task._repr_markdown_() for word in (work.name, ".update(Set(", ".check()", ".hint()"))


def test_hints_come_one_after_the_other_and_the_last_one_stays(work: Path) -> None:
    task = exercise("database/keys", folder=work)
    hints = task.form.hints
    assert [task.hint() for _ in range(len(hints) + 1)] == [*hints, hints[-1]]


def test_a_name_that_is_no_exercise_is_answered_with_those_there_are() -> None:
    with pytest.raises(UserError, match="database/keys"):
        exercise("database/locks")


@pytest.mark.parametrize("name", names())
def test_the_notebook_and_the_handout_come_from_the_same_file(name: str) -> None:
    notebook = exercise_notebook(name)
    assert f'exercise("{name}")' in notebook.cells[1].source
    assert all("outputs" not in cell or cell.outputs == [] for cell in notebook.cells)
    assert notebook.cells[0].source == handout(name)
    assert "Explanation" not in handout(name)
    assert "Explanation" in handout(name, answers=True)
