"""Pictures that follow, the list beside them, and the change that connects two boxes."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from backendkit import room
from backendkit.model import Delete, Set, UserError
from backendkit.room.display import Picture
from backendkit.room.pictures import Beside, LivePicture, reference, relation, sketch
from backendkit.room.saving import save
from backendkit.store import OpenDesign

KINDS = ("er", "context", "container")


class Page(LivePicture):
    """A picture whose page is this test."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self.drawn: list[dict[str, Any]] = []
        self.came = threading.Event()
        super().__init__(*given, **named)

    def send(self, content: Any, buffers: Any = None) -> None:
        if content.get("kind") == "picture":
            self.drawn.append(content)
            self.came.set()

    def next(self) -> dict[str, Any]:
        """The picture that comes next."""
        assert self.came.wait(60)
        self.came.clear()
        return self.drawn[-1]


def page(opened: OpenDesign, what: str = "er", focus: str = "") -> Page:
    shown = Page(opened, what)
    shown.on_hello("here")
    shown.on_draw("here", "light", focus)
    return shown


@pytest.mark.parametrize("what", KINDS)
def test_a_picture_has_a_caption_and_words_for_those_who_cannot_see_it(
    bookshop: OpenDesign, what: str
) -> None:
    data, metadata = room.show_picture(bookshop, what)._repr_mimebundle_()
    about = metadata["designdoc"]
    assert "Bookshop" in about["caption"]
    assert len(about["alt"]) > 30
    assert data["image/svg+xml"].startswith("<svg")
    assert "data:image/svg+xml;base64," in data["text/html"]


def test_a_picture_of_one_entity_names_it(bookshop: OpenDesign) -> None:
    shown = room.show_picture(bookshop, "er", focus="book")
    assert isinstance(shown, Picture)
    assert shown.caption.endswith("book and what is beside it")


@pytest.mark.parametrize("what", KINDS)
def test_a_blank_design_has_a_picture_too(blank: OpenDesign, what: str) -> None:
    shown = sketch(blank, what)
    assert isinstance(shown, Picture)
    assert shown.light.startswith(b"<svg")
    assert page(blank, what).next()["empty"]


@pytest.mark.parametrize("show", [room.show_picture, sketch])
def test_a_picture_that_there_is_not_is_refused_with_those_there_are(bookshop: OpenDesign, show: Any) -> None:
    with pytest.raises(UserError, match="container"):
        show(bookshop, "contaner")


def test_a_change_is_drawn_for_each_page_in_its_colours_and_around_its_element(bookshop: OpenDesign) -> None:
    shown = page(bookshop, focus="photo")
    assert "review" not in shown.next()["svg"]
    bookshop.update(Set("photo", "name", "Snapshot"))
    shown.refresh()
    assert "Snapshot" in shown.next()["svg"]
    shown.on_draw("here", "dark")
    whole = shown.next()
    assert "review" in whole["svg"]
    assert whole["svg"] != shown.drawn[0]["svg"]


def test_an_element_that_is_gone_is_no_longer_in_focus(bookshop: OpenDesign) -> None:
    shown = page(bookshop, focus="photo")
    shown.next()
    bookshop.update(Delete("photo"))
    shown.refresh()
    assert shown.next()["focus"] == ""


def test_a_page_that_was_closed_gets_no_picture(bookshop: OpenDesign) -> None:
    shown = page(bookshop)
    shown.next()
    shown.on_gone("here")
    bookshop.update(Set("photo", "name", "Snapshot"))
    shown.refresh()
    assert not shown.came.is_set()
    assert len(shown.drawn) == 1


def test_findings_are_counted_where_they_belong(bookshop: OpenDesign) -> None:
    bookshop.update(Set("photo", "attributes", []))
    marks = {mark["at"]: mark for mark in LivePicture(bookshop, "er").snapshot()["marks"]}
    assert marks["photo"]["count"] >= 1
    assert marks["photo"]["worst"]


def test_two_entities_are_joined_by_a_reference_and_a_second_one_gets_a_name_of_its_own(
    bookshop: OpenDesign,
) -> None:
    shown = LivePicture(bookshop, "er")
    for name in ("reader_account", "reader_account2"):
        change = shown.on_join("photo", "reader-account")["change"]
        assert save(bookshop, name, [change])["ok"]
        found = bookshop.design.find(f"photo.{change['insert']['record']['id']}")
        assert found
        assert getattr(found.record, "to", "") == "reader-account"
    assert bookshop.design.find("photo.reader_account")
    assert bookshop.design.find("photo.reader_account_2")


def test_two_elements_are_joined_by_a_relation_that_waits_for_its_verb(bookshop: OpenDesign) -> None:
    change = LivePicture(bookshop, "container").on_join("reader", "service")["change"]
    assert save(bookshop, "joined", [change])["ok"]
    found = bookshop.design.find(change["insert"]["record"]["id"])
    assert found
    assert (getattr(found.record, "from_", ""), getattr(found.record, "does", "?")) == ("reader", "")


def test_what_is_only_named_cannot_be_joined(bookshop: OpenDesign) -> None:
    with pytest.raises(UserError, match="warehouse is only named: add it to the list first"):
        LivePicture(bookshop, "container").on_join("service", "warehouse")


def test_a_join_is_a_plain_change(blank: OpenDesign) -> None:
    assert reference(blank.design, "a", "b-c")["insert"]["record"]["id"] == "b_c"
    assert relation(blank.design, "a", "b")["insert"]["field"] == "architecture.relations"


def test_two_columns_leave_picture_and_table_where_no_kernel_runs(bookshop: OpenDesign) -> None:
    both = Beside([room.editor.Editor(bookshop, "database.entities")], [LivePicture(bookshop, "er")])
    data, _ = both._repr_mimebundle_()
    assert data["text/html"].index("<figure") < data["text/html"].index("<table")
    assert "application/vnd.jupyter.widget-view+json" in data
