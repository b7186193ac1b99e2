"""The bar at the head of a notebook: where one is, where one goes next, what nobody could answer yet."""

from __future__ import annotations

import json

import pytest

from backendkit import room
from backendkit.model import Insert, Set, UserError
from backendkit.room.board import phases
from backendkit.room.display import Text
from backendkit.room.way import Way
from backendkit.room.widget import script
from backendkit.store import OpenDesign, new_design, open_design

from .conftest import HOSTILE, ROOT, Looker, node


def bar(opened: OpenDesign, phase: str) -> Way:
    shown = room.show_way(opened, phase)
    assert isinstance(shown, Way)
    return shown


def test_where_no_kernel_runs_the_bar_is_two_links_which_the_document_leaves_out(blank: OpenDesign) -> None:
    shown = room.show_way(blank, "database")
    assert isinstance(shown, Text)
    assert shown.markdown == "Previous: [Architecture](02a_architecture.ipynb) · Next: [API](02c_api.ipynb)"
    assert shown.empty


def test_a_phase_that_there_is_not_is_refused_with_those_there_are(blank: OpenDesign) -> None:
    for name in ("databse", ""):
        with pytest.raises(UserError, match=r"there are: start, requirements, .*document"):
            room.show_way(blank, name)


def test_every_notebook_leads_to_the_one_before_and_to_the_next(blank: OpenDesign, looker: Looker) -> None:
    states = [looker.see(bar(blank, one.name)) for one in phases()]
    files = [one.file for one in phases()]
    assert [state["phase"]["file"] for state in states] == files
    assert [state["next"] and state["next"]["file"] for state in states] == [*files[1:], None]
    assert [state["previous"] and state["previous"]["file"] for state in states] == [None, *files[:-1]]
    assert all(state["phase"]["minutes"] > 0 for state in states)


def test_the_bar_says_which_design_and_that_an_example_stays_as_it_is(
    bookshop: OpenDesign, blank: OpenDesign, looker: Looker
) -> None:
    for opened, name, worked in (
        (bookshop, "Bookshop", False),
        (blank, "blank", False),
        (open_design(ROOT / "data" / "bookshop"), "Bookshop", True),
    ):
        state = looker.see(bar(opened, "api"))
        assert (state["name"], state["worked"]) == (name, worked)
        assert state["place"].endswith(opened.name)


def test_a_design_in_a_database_is_shown_without_its_password(postgres_url: str, looker: Looker) -> None:
    opened = new_design(postgres_url.replace("postgres@", "postgres:secret@") + "#shop")
    state = looker.see(bar(opened, "api"))
    assert state["place"].endswith("#shop")
    assert (state["name"], state["worked"]) == ("shop", False)
    assert "secret" not in "".join(looker.everything)


def test_what_nobody_can_answer_now_becomes_a_question_of_the_design(
    bookshop: OpenDesign, looker: Looker
) -> None:
    part = bar(bookshop, "api")
    before = looker.see(part)["questions"]
    parked = {
        "insert": {"at": "", "field": "requirements.questions", "record": {"id": "OQ9", "text": HOSTILE}}
    }
    assert looker.ask(part, "save", step="1", changes=[parked])["ok"]
    told = looker.wait(part, "state", lambda one: len(one["state"]["questions"]) > len(before))
    assert told["state"]["questions"][-1] == {
        "at": "OQ9", "id": "OQ9", "text": HOSTILE, "asks": "", "by": "", "answer": "",
    }  # fmt: skip
    assert bookshop.design.requirements.questions[-1].text == HOSTILE


def test_questions_without_an_id_and_with_the_same_one_have_addresses_of_their_own(
    blank: OpenDesign, looker: Looker
) -> None:
    lines = [{"text": "Who pays?"}, {"name": "Who reads?"}, {"id": "OQ1"}, {"id": "OQ1"}]
    blank.update(*(Insert("", "requirements.questions", line) for line in lines))
    questions = looker.see(part := bar(blank, "requirements"))["questions"]
    assert [one["text"] for one in questions] == ["Who pays?", "Who reads?", "OQ1", "OQ1"]
    assert len({one["at"] for one in questions}) == 4
    for one in questions:
        answer = {"set": {"at": one["at"], "field": "answer", "value": f"for {one['at']}", "was": None}}
        assert looker.ask(part, "save", step=one["at"], changes=[answer])["ok"]
    assert all(one["answer"] == f"for {one['at']}" for one in looker.see(part)["questions"])


def test_people_and_roles_can_be_asked(bookshop: OpenDesign, looker: Looker) -> None:
    bookshop.update(Set("reader", "name", HOSTILE))
    people = looker.see(bar(bookshop, "requirements"))["people"]
    assert {"id": "reader", "name": HOSTILE} in people
    assert {one["id"] for one in people} == {
        one.address for one in bookshop.design.records("stakeholder", "role")
    }


def test_where_a_record_stands_is_told_by_its_chapter_and_notebook(
    bookshop: OpenDesign, looker: Looker
) -> None:
    part = bar(bookshop, "api")
    assert looker.ask(part, "where", at="copy.price") == {"chapter": "database", "file": "02b_database.ipynb"}
    assert looker.ask(part, "where", at="gone") == {"chapter": "", "file": ""}


def test_a_design_that_cannot_be_read_is_told_and_told_again_when_it_can(
    blank: OpenDesign, looker: Looker
) -> None:
    looker.see(part := bar(blank, "api"))
    assert blank.folder
    file = blank.folder / "design.yaml"
    kept = file.read_bytes()
    file.write_text("name: [\n", encoding="utf-8")
    assert "cannot be read" in looker.wait(part, "trouble")["text"]
    file.write_bytes(kept)
    assert looker.wait(part, "trouble")["text"] == ""


CLOCK = """
let now = 1e12;
Date.now = () => now;
const clock = new Clock("design");
const told = (phase) => { const { left, running, told } = clock.box(phase, 45); return [clockText(left), running, told]; };
const said = [told("api")];
clock.start("api", "API", 45);
now += 44 * 60000;
said.push(told("api"), [clockWords(clock.box("api").left)]);
clock.start("database", "Database", 30);
now += 10 * 60000;
said.push(told("api"), told("database"), [clock.running().title]);
clock.pause("database");
clock.start("api", "API", 45);
now += 3 * 60000 + 5000;
clock.told("api");
said.push(told("api"), [clockWords(clock.box("api").left)]);
clock.more("api", "API", 45);
said.push(told("api"));
clock.again("api");
said.push(told("api"), [clock.running()]);
console.log(JSON.stringify(said));
"""


def test_one_clock_runs_at_a_time_and_five_minutes_more_are_five_minutes_from_now() -> None:
    assert json.loads(node(script(Way.parts), CLOCK)) == [
        ["45:00", False, False],
        ["1:00", True, False],
        ["1 minute left"],
        ["1:00", False, False],
        ["20:00", True, False],
        ["Database"],
        ["2:05 over", True, True],
        ["2 minutes over"],
        ["5:00", True, False],
        ["45:00", False, False],
        [None],
    ]
