"""Candidates in the room: what the page gets, what it saves, and the table where nobody looks."""

from __future__ import annotations

import pytest

from backendkit import room
from backendkit.model import Design, Insert, Set, UserError
from backendkit.room.asking import Asking
from backendkit.room.display import Page, Table, Text
from backendkit.room.weighing import Weigh
from backendkit.store import OpenDesign

from .conftest import HOSTILE, Looker


def test_where_nobody_looks_each_question_is_a_table_with_reasons(bookshop: OpenDesign) -> None:
    shown = room.compare_tools(bookshop)
    assert isinstance(shown, Page)
    assert [part.caption.partition(":")[0] for part in shown.parts if isinstance(part, Table)] == [
        "Which language", "Which framework", "Which database", "Where it runs",
    ]  # fmt: skip
    assert "5: Keys, checks and transactions hold whatever the code does." in str(shown._repr_mimebundle_())


def test_another_question_is_refused_with_those_there_are(bookshop: OpenDesign) -> None:
    with pytest.raises(UserError, match="language, framework, database, hosting"):
        room.compare_tools(bookshop, "editor")


def test_a_person_gets_the_questions_with_the_decision_that_each_would_be(
    blank: OpenDesign, looker: Looker
) -> None:
    part = room.compare_tools(blank)
    assert isinstance(part, Asking)
    first, *_ = looker.see(part)["questions"]
    assert (first["id"], first["record"]["id"], first["asked"]) == ("language", "D1", [])
    options = first["record"]["options"]
    assert {one["id"] for one in options} == first["reasons"].keys()
    assert [key for key, _ in first["criteria"]] == [*options[0]["scores"]]


def test_what_the_page_saves_is_a_decision_to_weigh_and_the_question_says_so(
    blank: OpenDesign, looker: Looker
) -> None:
    part = room.compare_tools(blank, "database")
    record = looker.see(part)["questions"][0]["record"]
    record["options"] = record["options"][:2]
    insert = {"insert": {"at": "", "field": "architecture.decisions", "record": record}}
    assert looker.ask(part, "save", step="1", changes=[insert]) == {"ok": True, "ids": {}}
    (question,) = looker.see(part)["questions"]
    assert (question["asked"], question["record"]["id"]) == (["D1"], "D2")
    weighed = room.weigh(blank, "environment")
    assert isinstance(weighed, Weigh)
    (decision,) = looker.see(weighed)["decisions"]
    assert [one["id"] for one in decision["options"]] == ["postgresql", "mysql"]
    assert decision["status"] == "proposed"


def test_of_the_decisions_only_those_about_tools_are_weighed_here(
    bookshop: OpenDesign, looker: Looker
) -> None:
    part = room.weigh(bookshop, "environment")
    assert isinstance(part, Weigh)
    assert [one["id"] for one in looker.see(part)["decisions"]] == ["D2", "D6"]


def test_the_files_around_the_code_are_shown_as_text(bookshop: OpenDesign, blank: OpenDesign) -> None:
    shown = room.show_file(bookshop, "compose.yaml")
    assert isinstance(shown, Text)
    assert shown.markdown.startswith("```yaml\n")
    assert room.show_file(blank, "compose.yaml") == Text(
        "*This design has no use for compose.yaml yet.*", True
    )


def test_what_was_typed_stays_inside_the_fence(bookshop: OpenDesign) -> None:
    bookshop.update(Set("MAIL_URL", "about", "``` </pre><script>x</script>"))
    shown = room.show_file(bookshop, ".env.example")
    assert isinstance(shown, Text)
    assert shown.markdown.startswith("````\n")


def test_this_machine_is_looked_at_for_the_design(bookshop: OpenDesign, blank: OpenDesign) -> None:
    bookshop.update(Set("python", "name", HOSTILE), Insert("", "environment.variables", {"id": HOSTILE}))
    table = room.show_machine(bookshop)
    assert [row[1] for row in table.rows if row[0] == "POSTGRES_USER"] == ["not set, and need not be"]
    assert "<script>" not in table.as_html()
    assert not room.show_machine(blank).rows


def test_the_lists_of_the_chapter_are_edited(blank: OpenDesign) -> None:
    for name in ("tools", "services", "variables"):
        assert isinstance(room.edit(blank, f"environment.{name}"), Table)
    assert isinstance(blank.design, Design)
