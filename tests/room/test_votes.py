"""Dot votes: sums on paper, lines on the page, and dots that nobody loses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backendkit import room
from backendkit.model import Delete, Set, UserError
from backendkit.room.display import Table
from backendkit.room.saving import save
from backendkit.room.votes import Vote, totals, vote
from backendkit.store import OpenDesign, open_design

from .conftest import Looker


def dots(opened: OpenDesign, at: str, **given: int) -> None:
    opened.update(*(Set(at, f"votes.{name}", number) for name, number in given.items()))


def test_nobody_has_voted_and_the_document_says_nothing(bookshop: OpenDesign) -> None:
    table = vote(bookshop, "requirements.functional")
    assert isinstance(table, Table)
    assert not table.rows
    assert table._repr_mimebundle_()[1]["designdoc"]["empty"]


def test_sums_stand_in_order_with_how_many_people_voted(bookshop: OpenDesign) -> None:
    dots(bookshop, "R2", Kim=1, Ann=1)
    dots(bookshop, "R7", Kim=3)
    table = totals(bookshop, "requirements.functional")
    assert [(row[0], row[2]) for row in table.rows] == [("R7", "3"), ("R2", "2")]
    assert table.caption == "Functional requirements: dots of 2 people"


def test_options_and_qualities_are_voted_on_too(bookshop: OpenDesign) -> None:
    dots(bookshop, "D1.micro", Kim=2)
    dots(bookshop, "Q1", Kim=2)
    assert totals(bookshop, "D1.options").rows == (("micro", "microservices", "2"),)
    (quality,) = totals(bookshop, "requirements.quality").rows
    assert quality[0] == "Q1"


@pytest.mark.parametrize("where", ["requirements.goals", "D1", "options", "", "functional"])
def test_another_list_is_refused_in_one_sentence(bookshop: OpenDesign, where: str) -> None:
    with pytest.raises(UserError, match=r"take requirements\.functional"):
        vote(bookshop, where)


def test_a_vote_without_dots_is_refused(bookshop: OpenDesign) -> None:
    with pytest.raises(UserError, match="1 to 100"):
        vote(bookshop, "requirements.functional", 0)


def test_the_page_gets_every_line_with_its_dots(bookshop: OpenDesign) -> None:
    dots(bookshop, "R2", Kim=1)
    state = Vote(bookshop, "requirements.functional", 3).snapshot()
    assert state["dots"] == 3
    assert state["lines"][1] | {"text": ""} == {"at": "R2", "id": "R2", "text": "", "votes": {"Kim": 1}}
    assert len(state["lines"]) == len(bookshop.design.requirements.functional)
    assert Vote(bookshop, "D1.options").snapshot()["lines"][0]["at"] == "D1.modular"
    assert Vote(bookshop, "D99.options").snapshot()["lines"] == []


def test_two_people_who_vote_at_once_never_lose_a_dot(bookshop: OpenDesign) -> None:
    where = str(bookshop.folder)

    def person(name: str) -> None:
        opened = open_design(Path(where))
        for n in range(1, 6):
            change = {"set": {"at": "R1", "field": f"votes.{name}", "value": n, "was": n - 1 or None}}
            assert save(opened, f"{name}-{n}", [change]).get("ok")

    with ThreadPoolExecutor(4) as people:
        list(people.map(person, ["Kim", "Ann", "Bo", "Dr Kim: {x}"]))
    assert bookshop.design.requirements.functional[0].votes == {"Kim": 5, "Ann": 5, "Bo": 5, "Dr Kim: {x}": 5}


def test_dots_are_whole_and_never_below_none(bookshop: OpenDesign) -> None:
    for wrong in (-1, 1.5, "many"):
        answer = save(
            bookshop, f"{wrong}", [{"set": {"at": "R1", "field": "votes.Kim", "value": wrong, "was": None}}]
        )
        assert answer["refused"], wrong
    assert not bookshop.design.requirements.functional[0].votes


def test_lists_show_the_sum_once_there_is_one(bookshop: OpenDesign) -> None:
    assert "Votes" not in room.edit(bookshop, "requirements.functional").headings
    dots(bookshop, "R2", Kim=1, Ann=3)
    table = room.edit(bookshop, "requirements.functional")
    assert isinstance(table, Table)
    assert table.rows[1][table.headings.index("Votes")] == "4"


def test_decisions_are_voted_on_one_after_the_other_the_open_ones_first(bookshop: OpenDesign) -> None:
    bookshop.update(Set("D4", "chosen", ""))
    widget = Vote(bookshop, "architecture.decisions")
    state = widget.snapshot()
    assert state["decision"] == "D4"
    assert {line["at"].partition(".")[0] for line in state["lines"]} == {"D4"}
    widget.on_decision("D1")
    assert [line["at"] for line in widget.snapshot()["lines"]][:2] == ["D1.modular", "D1.micro"]
    bookshop.update(Delete("D1"))
    assert widget.snapshot()["decision"] == "D4"


def test_sums_of_all_decisions_say_which_decision_an_option_belongs_to(bookshop: OpenDesign) -> None:
    dots(bookshop, "D1.micro", Kim=2)
    assert totals(bookshop, "architecture.decisions").rows == (("D1.micro", "microservices", "2"),)


def test_a_design_without_decisions_has_nothing_to_vote_on(blank: OpenDesign) -> None:
    state = Vote(blank, "architecture.decisions").snapshot()
    assert (state["decisions"], state["lines"]) == ([], [])


def test_a_dot_of_one_page_is_seen_on_the_other(bookshop: OpenDesign, looker: Looker) -> None:
    one, other = (vote(bookshop, "D1.options") for _ in range(2))
    assert isinstance(one, Vote)
    assert isinstance(other, Vote)
    looker.see(one)
    looker.see(other)
    dot = {"set": {"at": "D1.micro", "field": "votes.Kim", "value": 1, "was": None}}
    assert looker.ask(one, "save", step="1", changes=[dot])["ok"]
    lines = looker.wait(other, "state")["state"]["lines"]
    assert {line["id"]: line["votes"] for line in lines}["micro"] == {"Kim": 1}
    twice = {"set": {"at": "D1.micro", "field": "votes.Kim", "value": 2, "was": None}}
    assert looker.ask(other, "save", step="2", changes=[twice])["conflict"][0]["theirs"] == 1
