"""A change from a page is saved once, never over what somebody else saved meanwhile, and answered in plain data."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from backendkit.model import Delete, Insert, Set
from backendkit.room.saving import save
from backendkit.store import OpenDesign, open_design
from backendkit.store.protocol import Held

from .conftest import ROOT

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


def gone(at: str, was: dict[str, Any]) -> dict[str, Any]:
    return {"delete": {"at": at, "was": was}}


def test_a_record_is_deleted_as_it_was_seen(blank: OpenDesign) -> None:
    blank.update(Insert("", R, {"id": "R1", "text": "One", "acceptance": ["Given"]}))
    seen = {"id": "R1", "text": "One", "acceptance": ["Given"]}
    assert save(blank, "j", [gone("R1", seen | {"goals": []})])["ok"]
    assert blank.design.requirements.functional == ()


@pytest.mark.parametrize("seen", [{"id": "R1", "text": "One"}, {"id": "R1", "priority": "none of these"}])
def test_words_that_somebody_did_not_see_are_not_deleted(blank: OpenDesign, seen: dict[str, Any]) -> None:
    blank.update(Insert("", R, {"id": "R1", "text": "One, and more"}))
    assert save(blank, "k", [gone("R1", seen)]) == {"conflict": [{"n": 0, "at": "R1", "field": ""}]}
    assert blank.design.find("R1")


@pytest.mark.parametrize(
    ("at", "id", "kind"),
    [("book", "reader", "stakeholder"), ("book.title", "isbn", "attribute"), ("R1", "database", "chapter")],
)
def test_no_record_takes_the_id_of_another(bookshop: OpenDesign, at: str, id: str, kind: str) -> None:
    before, was = bookshop.text(), at.rpartition(".")[2]
    (refused,) = save(bookshop, f"l {at}", [put(at, "id", id, was)])["refused"]
    assert (refused["n"], refused["field"]) == (0, "id")
    assert refused["message"] == f"'{id}' is the id of another {kind} already: take a new one"
    assert bookshop.text() == before


def test_a_new_id_is_written_where_the_record_is_spoken_of(bookshop: OpenDesign) -> None:
    assert save(bookshop, "m", [put("book", "id", "volume", "book")])["ok"]
    assert bookshop.design.find("copy.book").record.to == "volume"  # type: ignore[union-attr]


def test_of_many_changes_the_one_whose_record_is_gone_is_named(bookshop: OpenDesign) -> None:
    was = [bookshop.design.find(at).record.text for at in ("R1", "R2")]  # type: ignore[union-attr]
    bookshop.update(Delete("R2"))
    changes = [put("R1", "text", "One", was[0]), put("R2", "text", "Two", was[1])]
    (refused,) = save(bookshop, "n", changes)["refused"]
    assert (refused["n"], refused["at"]) == (1, "R2")


def test_while_the_file_cannot_be_read_an_edit_waits_with_the_reason(bookshop: OpenDesign) -> None:
    file, was = Path(bookshop.where) / "design.yaml", bookshop.design.find("R1").record.text  # type: ignore[union-attr]
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "\n  - [", encoding="utf-8")
    assert "design.yaml" in save(bookshop, "o", [put("R1", "text", "New", was)])["later"]
    file.write_text(text, encoding="utf-8")
    assert save(bookshop, "o", [put("R1", "text", "New", was)])["ok"]


def test_while_another_program_writes_the_file_it_is_empty_and_an_edit_waits(bookshop: OpenDesign) -> None:
    file, was = Path(bookshop.where) / "design.yaml", bookshop.design.find("R1").record.text  # type: ignore[union-attr]
    text = file.read_text(encoding="utf-8")
    file.write_text("", encoding="utf-8")
    assert "There is no 'R1'" in save(bookshop, "t", [put("R1", "text", "New", was)])["later"]
    file.write_text(text, encoding="utf-8")
    assert save(bookshop, "t", [put("R1", "text", "New", was)])["ok"]


def test_while_the_disk_is_full_an_edit_waits_and_is_saved_when_there_is_room(
    bookshop: OpenDesign, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = bookshop.design.find("R1").record.text  # type: ignore[union-attr]

    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        assert "cannot be written to" in save(bookshop, "p", [put("R1", "text", "New", was)])["later"]
    assert save(bookshop, "p", [put("R1", "text", "New", was)])["ok"]
    assert open_design(bookshop.where).design.find("R1").record.text == "New"  # type: ignore[union-attr]


def test_while_somebody_holds_the_file_an_edit_waits_in_the_page_alone(
    bookshop: OpenDesign, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = bookshop.design.find("R1").record.text  # type: ignore[union-attr]
    of_a_cell = (Set("R2", "text", "Typed in a cell"),)
    bookshop.unsaved = of_a_cell

    def held(*changes: object, **options: object) -> None:
        raise Held("Not saved yet: another program holds it.")

    with monkeypatch.context() as patched:
        patched.setattr(bookshop, "_saved", held)
        answer = save(bookshop, "q", [put("R1", "text", "New", was)])
    assert answer == {"later": "Not saved yet: another program holds it."}
    assert bookshop.unsaved == of_a_cell


def test_the_worked_example_says_how_to_get_a_copy() -> None:
    worked = open_design(ROOT / "data" / "bookshop")
    (refused,) = save(worked, "r", [put("R1", "text", "New", worked.design.find("R1").record.text)])[
        "refused"
    ]  # type: ignore[union-attr]
    assert "make a copy" in refused["message"]
    assert "n" not in refused  # it is about the whole


def test_a_design_that_was_moved_away_keeps_edits_waiting(bookshop: OpenDesign) -> None:
    was = bookshop.design.find("R1").record.text  # type: ignore[union-attr]
    place = Path(bookshop.where)
    place.rename(place.with_name("elsewhere"))
    assert "There is no design" in save(bookshop, "s", [put("R1", "text", "New", was)])["later"]
