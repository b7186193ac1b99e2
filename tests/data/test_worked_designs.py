"""The worked designs are what learners compare theirs with: whole, consistent and free of findings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backendkit.model import CHAPTERS, Design, parse_measure
from backendkit.model.expression import parse_expression
from backendkit.rules import check, waived
from backendkit.store import open_design

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(path.parent for path in (ROOT / "data").glob("*/design.yaml"))


@pytest.fixture(scope="module")
def bookshop() -> Design:
    return open_design(ROOT / "data" / "bookshop").design


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_first_line_names_the_schema_that_editors_complete_from(folder: Path) -> None:
    first = (folder / "design.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../design.schema.json"


def test_the_blank_design_opens_and_says_nothing_yet() -> None:
    design = open_design(ROOT / "data" / "blank").design
    assert not list(design.records())


def test_the_bookshop_is_as_large_as_a_believable_one(bookshop: Design) -> None:
    assert 12 <= len(bookshop.database.entities) <= 15
    assert len(bookshop.requirements.functional) >= 30
    assert len(bookshop.requirements.quality) == 10
    assert len(bookshop.architecture.decisions) >= 4


def test_nothing_in_the_bookshop_dangles_or_is_doubled(bookshop: Design) -> None:
    assert [reference for reference in bookshop.references if not bookshop.resolve(reference)] == []
    assert [found.address for found in bookshop.records() if "[" in found.address] == []


def test_every_number_of_the_bookshop_is_read_and_printed_back_the_same(bookshop: Design) -> None:
    goals = [goal.measure for goal in bookshop.requirements.goals]
    for line in (*goals, *(quality.measure for quality in bookshop.requirements.quality)):
        assert str(parse_measure(line)) == line


def test_every_check_and_guard_of_the_bookshop_is_in_the_small_grammar(bookshop: Design) -> None:
    for entity in bookshop.database.entities:
        for rule in entity.checks:
            parse_expression(rule.holds)
    for machine in bookshop.development.states:
        for move in machine.moves:
            parse_expression(move.guard or "true")


def test_every_requirement_that_was_not_put_off_is_satisfied_somewhere(bookshop: Design) -> None:
    satisfied = {id for found in bookshop.records() for id in getattr(found.record, "satisfies", ())}
    wanted = (*bookshop.requirements.functional, *bookshop.requirements.quality)
    assert [one.id for one in wanted if one.priority != "wont" and one.id not in satisfied] == []


def test_the_option_with_the_highest_sum_is_the_one_that_was_chosen(bookshop: Design) -> None:
    for decision in bookshop.architecture.decisions:
        weights = {criterion.id: criterion.weight for criterion in decision.criteria}
        sums = {
            option.id: sum(weights[id] * score for id, score in option.scores.items())
            for option in decision.options
        }
        assert max(sums, key=sums.__getitem__) == decision.chosen
        assert all(option.scores.keys() == weights.keys() for option in decision.options)


def test_a_book_has_no_language_until_the_start_notebook_gives_it_one(bookshop: Design) -> None:
    assert bookshop.find("book.language") is None


def test_the_bookshop_is_free_of_findings_and_says_why_it_lives_with_some(bookshop: Design) -> None:
    assert [str(finding) for finding in check(bookshop)] == []
    assert 1 <= len(waived(bookshop)) <= 4
    assert all(len(one.reason) > 20 for one in waived(bookshop))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_notes_stand_for_chapters_of_the_design_and_leave_the_first_level_to_the_document(
    chapter: str, bookshop: Design
) -> None:
    notes = ROOT / "data" / "bookshop" / "notes" / f"{chapter}.md"
    assert notes.exists() == bookshop.scoped(chapter)
    text = notes.read_text(encoding="utf-8") if notes.exists() else ""
    assert not re.search(r"(?m)^# ", text)
