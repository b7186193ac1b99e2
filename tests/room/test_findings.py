"""The findings of a chapter: what a page gets of them, and the reasons for which one is left as it is."""

from __future__ import annotations

import pytest

from backendkit import room, rules
from backendkit.model import Change, Delete, Set
from backendkit.room.findings import SENT, Findings, checked, explanation, findings_state, marks
from backendkit.rules import catalogue
from backendkit.store import OpenDesign

from .conftest import Looker, Refused

BROKEN = (
    Set("copy.price", "type", None),
    Set("order.buyer", "to", "nobody"),
    Set("book", "attributes", None),
)


def test_without_a_kernel_the_findings_are_text(bookshop: OpenDesign) -> None:
    bookshop.update(*BROKEN)
    text = room.show_findings(bookshop, "database")._repr_mimebundle_()[0]["text/markdown"]
    assert text.count("1. ") == 3
    assert "more." in text


def test_a_page_gets_what_to_mend_and_where_most_basic_first(bookshop: OpenDesign) -> None:
    bookshop.update(*BROKEN)
    state = findings_state(bookshop.design, "database")
    found = rules.check(bookshop.design, chapter="database")
    assert [one["message"] for one in state["findings"]] == [one.message for one in found]
    assert (state["count"], state["said"], state["most"]) == (len(found), "", 3)
    price = next(one for one in state["findings"] if one["at"] == "copy.price")
    assert price["waive"] == "waive.DAT004"


def test_of_very_many_findings_the_first_are_sent_and_all_of_them_when_asked(bookshop: OpenDesign) -> None:
    bookshop.update(*(Delete(entity.id) for entity in bookshop.design.database.entities[1:]))
    part = Findings(bookshop, "api")
    state = part.snapshot()
    assert state["count"] > SENT == len(state["findings"])
    assert len(part.on_findings()["findings"]) == state["count"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((), "✓ No findings: every rule of this chapter holds."),
        ((Set("", "scope", ["api"]),), "This design does not speak of database."),
    ],
)
def test_that_all_holds_is_said(bookshop: OpenDesign, changes: tuple[Change, ...], said: str) -> None:
    bookshop.update(*changes)
    assert findings_state(bookshop.design, "database")["said"] == said


def test_a_finding_is_left_as_it_is_where_the_page_says_and_taken_back_there(bookshop: OpenDesign) -> None:
    bookshop.update(Set("copy.price", "type", None))
    one = findings_state(bookshop.design, "database")["findings"][0]
    bookshop.update(Set(one["at"], one["waive"], "Not decided."))
    state = findings_state(bookshop.design, "database")
    assert state["count"] == 0
    left = next(each for each in state["waived"] if each["reason"] == "Not decided.")
    bookshop.update(Set(left["by"], left["waive"], None))
    assert findings_state(bookshop.design, "database")["findings"][0]["at"] == "copy.price"


def test_a_finding_of_the_whole_chapter_is_left_in_the_chapter(blank: OpenDesign) -> None:
    one = findings_state(blank.design, "requirements")["findings"][0]
    assert one["at"] == one["field"] == ""
    blank.update(Set("", one["waive"], "Only a sketch."))
    left = findings_state(blank.design, "requirements")["waived"][0]
    assert (left["by"], left["waive"]) == ("", f"requirements.waive.{one['code']}")


def test_a_picture_is_told_how_many_findings_stand_where_and_the_most_basic_of_them(
    bookshop: OpenDesign,
) -> None:
    bookshop.update(*BROKEN)
    found = {one["at"]: one for one in marks(bookshop.design, "database")}
    assert found["copy.price"]["count"] == 1
    assert found["copy.price"]["worst"].startswith("copy.price does not say its type")
    assert sum(one["count"] for one in found.values()) == len(
        rules.check(bookshop.design, chapter="database")
    )


@pytest.mark.parametrize("code", [rule.code for rule in catalogue()])
def test_every_rule_explains_itself_in_parts(code: str) -> None:
    page = explanation(code)
    assert page["code"] == code
    assert all(page[part].strip() for part in ("summary", "why", "bad", "good"))
    assert not page["good"].startswith(" ")


def test_the_rules_run_once_for_a_design_however_many_ask(bookshop: OpenDesign) -> None:
    first = checked(bookshop.design, "api")
    assert checked(bookshop.design, "api") is first
    bookshop.update(Set("", "summary", "Another one."))
    assert checked(bookshop.design, "api") is not first


def test_a_page_follows_the_findings_and_is_told_the_reason_of_each(
    bookshop: OpenDesign, looker: Looker
) -> None:
    part = room.show_findings(bookshop, "database")
    assert isinstance(part, Findings)
    assert looker.see(part)["count"] == 0
    bookshop.update(*BROKEN)
    told = looker.wait(part, "state")["state"]
    assert told["count"] > 0
    assert looker.ask(part, "findings")["findings"] == told["findings"]
    assert looker.ask(part, "explain", code=told["findings"][0]["code"])["why"]
    with pytest.raises(Refused, match="There is no rule 'XXX999'"):
        looker.ask(part, "explain", code="XXX999")
