"""A change from a page is saved once, never over what somebody else saved meanwhile, and answered in plain data."""

from __future__ import annotations

from typing import Any

import pytest

from backendkit.model import Delete, Insert, Set
from backendkit.room.saving import save
from backendkit.store import OpenDesign, open_design

R = "requirements.functional"


def put(at: str, field: str, value: Any, was: Any) -> dict[str, Any]:
    return {"set": {"at": at, "field": field, "value": value, "was": was}}


def add(record: dict[str, Any], at: str = "", field: str = R) -> dict[str, Any]:
    return {"insert": {"at": at, "field": field, "record": record}}


def test_what_was_seen_still_stands_so_it_is_saved(bookshop: OpenDesign) -> None:
    was = bookshop.design.find("R1").record.text  # type: ignore[union-attr]
    assert save(bookshop, "a", [put("R1", "text", "New", was)]) == {"ok": True, "ids": {}}
    assert open_design(bookshop.where).design.find("R1").record.text == "New"  # type: ignore[union-attr]


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(bookshop: OpenDesign) -> None:
    bookshop.update(Set("R1", "text", "Theirs"))
    answer = save(bookshop, "b", [put("R1", "text", "Mine", "As it was")])
    assert answer == {"conflict": [{"n": 0, "at": "R1", "field": "text", "theirs": "Theirs"}]}
    assert "Theirs" in bookshop.text()


def test_two_people_with_the_same_words_are_no_conflict(bookshop: OpenDesign) -> None:
    bookshop.update(Set("R1", "text", "Same"))
    assert save(bookshop, "c", [put("R1", "text", "Same", "As it was")]) == {"ok": True, "ids": {}}


def test_a_gap_is_a_gap_however_it_is_written(blank: OpenDesign) -> None:
    blank.update(Insert("", R, {"id": "R1"}))
    assert save(blank, "d", [put("R1", "text", "Now", "")])["ok"]
    assert save(blank, "e", [put("R1", "priority", "must", None)])["ok"]


def test_the_same_step_sent_twice_is_saved_once(blank: OpenDesign) -> None:
    for _ in range(2):
        assert save(blank, "once", [add({"id": "R1", "text": "One"})]) == {"ok": True, "ids": {}}
    assert len(blank.design.requirements.functional) == 1


def test_a_step_whose_answer_was_lost_in_another_kernel_is_not_saved_again(blank: OpenDesign) -> None:
    save(blank, "lost", [add({"id": "R1", "text": "One", "acceptance": ["Given"]})])
    assert save(blank, "sent again", [add({"id": "R1", "text": "One", "acceptance": ["Given"]})])["ok"]
    assert len(blank.design.requirements.functional) == 1


def test_two_people_who_make_the_same_id_both_keep_their_words(blank: OpenDesign) -> None:
    save(blank, "kim", [add({"id": "R8", "text": "Kim's"})])
    answer = save(
        blank, "ana", [add({"id": "R8", "text": "Ana's"}), add({"id": "R9", "text": "Ana's second"})]
    )
    assert answer == {"ok": True, "ids": {"R8": "R9", "R9": "R10"}}
    assert [one.text for one in blank.design.requirements.functional] == ["Kim's", "Ana's", "Ana's second"]


def test_what_the_model_refuses_is_told_where_it_was_typed_and_nothing_is_saved(bookshop: OpenDesign) -> None:
    before, was = bookshop.text(), bookshop.design.find("book.title").record.type  # type: ignore[union-attr]
    answer = save(
        bookshop,
        "f",
        [put("book", "name", "Books", "Book"), put("book.title", "type", "sting", was)],
    )
    (refused,) = answer["refused"]
    assert (refused["n"], refused["at"], refused["field"]) == (1, "book.title", "type")
    assert "'sting'" in refused["message"]
    assert bookshop.text() == before


def test_of_many_pasted_rows_the_wrong_ones_are_named(blank: OpenDesign) -> None:
    rows = [add({"id": f"R{n}", "priority": "must" if n % 2 else "urgent"}) for n in range(1, 5)]
    refused = save(blank, "g", rows)["refused"]
    assert [(one["n"], one["at"], one["field"]) for one in refused] == [
        (1, "R2", "priority"),
        (3, "R4", "priority"),
    ]


def test_a_record_that_is_gone_is_told_in_a_sentence(bookshop: OpenDesign) -> None:
    bookshop.update(Delete("R1"))
    answer = save(bookshop, "h", [put("R1", "text", "New", None)])
    assert "There is no 'R1'" in answer["refused"][0]["message"]


def test_deleting_what_is_gone_already_is_no_mistake(bookshop: OpenDesign) -> None:
    assert save(bookshop, "i", [{"delete": {"at": "nothing-of-this-name"}}]) == {"ok": True, "ids": {}}


@pytest.mark.parametrize("data", [{"set": {"at": "R1"}}, {"go": {}}, {"set": 5}])
def test_what_is_no_change_is_refused_in_a_sentence(bookshop: OpenDesign, data: dict[str, Any]) -> None:
    assert save(bookshop, f"bad {data}", [data])["refused"][0]["message"].endswith(".")
