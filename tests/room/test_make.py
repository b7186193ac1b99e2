"""The button that makes the document: one real document, and what the page is told meanwhile and when it fails."""

from __future__ import annotations

import base64
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backendkit import room
from backendkit.document import Built
from backendkit.model import Set, UserError
from backendkit.room import make
from backendkit.room.make import Document
from backendkit.store import OpenDesign, new_design

from .conftest import HOSTILE, Looker, Refused


def button(opened: OpenDesign, to: str = "pdf") -> Document:
    part = room.make_document(opened, to=to)
    assert isinstance(part, Document)
    return part


@pytest.fixture
def page(blank: OpenDesign, looker: Looker) -> Document:
    """The button below a blank design."""
    part = button(blank)
    looker.see(part)
    return part


Build = Callable[..., Built]


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Callable[[Build], None]:
    """Put something in the place of making a document, which takes its time."""
    return lambda build: monkeypatch.setattr("backendkit.document.build_document", build)


@pytest.fixture
def held(built: Callable[[Build], None]) -> Iterator[tuple[list[tuple[str, ...]], threading.Event]]:
    """Documents that are not done before the event; and as what they were asked for."""
    asked, go = list[tuple[str, ...]](), threading.Event()

    def build(opened: OpenDesign, *, to: Any, progress: Any) -> Built:
        asked.append(tuple(to))
        progress("Requirements", 1, 2)
        go.wait(60)
        return Built((), (f"Nothing is written about {HOSTILE}.",), ("A warning.",))

    built(build)
    yield asked, go
    go.set()


def done(looker: Looker, page: Document) -> dict[str, Any]:
    """The state once it is not being made any more."""
    message = looker.wait(page, "state", lambda told: not told["state"]["making"])
    state: dict[str, Any] = message["state"]
    return state


def test_where_no_kernel_runs_it_is_made_at_once_or_refused(blank: OpenDesign) -> None:
    with pytest.raises(UserError, match="as pdf or html, not as 'docx'"):
        room.make_document(blank, to="docx")


@pytest.mark.parametrize(
    ("to", "ticked"),
    [("pdf", ["pdf"]), ("html, pdf", ["pdf", "html"]), (["html"], ["html"]), ("docx", ["pdf"])],
)
def test_what_is_asked_for_is_ticked_at_first(
    blank: OpenDesign, looker: Looker, to: Any, ticked: list[str]
) -> None:
    assert looker.see(button(blank, to)) == {
        "making": False, "kinds": ticked, "steps": [], "said": "", "files": [], "missing": [], "gaps": "",
        "warnings": [], "changed": False,
    }  # fmt: skip


@pytest.mark.usefixtures("one_notebook")
def test_a_document_is_made_while_the_page_is_told_how_far_it_is_and_given_in_pieces(
    blank: OpenDesign, looker: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = button(blank, "html")
    looker.see(page)
    looker.ask(page, "make", kinds=["html"])
    assert looker.wait(page, "progress", lambda told: told["step"] == told["steps"] > 0)
    state = done(looker, page)
    (file,) = state["files"]
    assert (file["name"], file["type"], state["said"]) == ("blank.html", "text/html", "")
    assert file["path"] == str(blank.out / "blank.html")
    assert state["changed"] is False
    monkeypatch.setattr(make, "PIECE", file["size"] // 2 + 1)
    pieces = [looker.ask(page, "file", name="blank.html", start=start) for start in (0, make.PIECE)]
    assert (
        b"".join(base64.b64decode(one["data"]) for one in pieces) == (blank.out / "blank.html").read_bytes()
    )
    blank.update(Set("", "summary", "Another one."))
    assert looker.see(page)["changed"] is True
    assert looker.see(button(blank))["files"][0]["name"] == "blank.html"


def test_a_second_press_while_it_is_made_does_nothing_and_every_page_sees_it(
    page: Document, blank: OpenDesign, looker: Looker, held: tuple[list[tuple[str, ...]], threading.Event]
) -> None:
    asked, go = held
    looker.ask(page, "make", kinds=["pdf"])
    looker.wait(page, "progress")
    other = button(blank, "html")
    state = looker.see(other)
    assert (state["making"], state["kinds"], state["steps"]) == (True, ["pdf"], [["Requirements", 1, 2]])
    for one in (page, other):
        looker.ask(one, "make", kinds=["html"])
    go.set()
    for one in (page, other):
        assert done(looker, one)["missing"] == [f"Nothing is written about {HOSTILE}."]
    assert asked == [("pdf",)]


def test_what_it_lacks_and_what_to_know_is_told_until_it_is_made_again(
    page: Document, looker: Looker, held: tuple[list[tuple[str, ...]], threading.Event]
) -> None:
    _, go = held
    go.set()
    looker.ask(page, "make", kinds=["html", "pdf", "docx"])
    state = done(looker, page)
    assert state["kinds"] == ["pdf", "html"]
    assert (state["gaps"], state["warnings"]) == (make.GAPS, ["A warning."])
    go.clear()
    looker.ask(page, "make", kinds=["pdf"])
    begun = looker.wait(page, "state", lambda told: told["state"]["making"])["state"]
    assert (begun["missing"], begun["warnings"], begun["gaps"]) == ([], [], "")


def test_nothing_is_made_of_nothing(page: Document, looker: Looker) -> None:
    for kinds in ([], ["docx"]):
        with pytest.raises(Refused, match="Tick PDF or HTML"):
            looker.ask(page, "make", kinds=kinds)
    assert looker.see(page)["making"] is False


def test_a_document_that_fails_is_a_sentence_and_can_be_made_again(
    page: Document, looker: Looker, built: Callable[[Build], None]
) -> None:
    def build(opened: OpenDesign, **options: object) -> Built:
        raise UserError("The disk is full.")

    built(build)
    for _ in range(2):
        looker.ask(page, "make", kinds=["pdf"])
        assert looker.wait(page, "state")["state"]["making"]
        assert done(looker, page)["said"] == "The document was not made. The disk is full."


def test_a_mistake_of_ours_is_told_too(
    page: Document, looker: Looker, built: Callable[[Build], None]
) -> None:
    built(lambda opened, **options: 1 / 0)  # type: ignore[arg-type, return-value]
    looker.ask(page, "make", kinds=["pdf"])
    assert "ZeroDivisionError" in looker.wait(page, "trouble")["text"]
    assert looker.see(page)["said"] == "The document was not made."
    assert looker.see(page)["making"] is False


def test_what_an_earlier_time_has_left_is_shown_the_younger_of_whole_and_incomplete(
    blank: OpenDesign, looker: Looker
) -> None:
    blank.out.mkdir()
    for name, age in (("blank.pdf", 1), ("blank-incomplete.pdf", 2), ("blank.html", 3), ("other.pdf", 9)):
        (blank.out / name).write_bytes(b"1234")
        os.utime(blank.out / name, (age, age))
    page = button(blank)
    state = looker.see(page)
    assert [one["name"] for one in state["files"]] == ["blank-incomplete.pdf", "blank.html"]
    assert state["changed"] is True
    (blank.out / "blank.html").unlink()
    assert [one["name"] for one in looker.see(page)["files"]] == ["blank-incomplete.pdf"]


@pytest.mark.parametrize("name", ["gone.pdf", "../design.yaml", "/etc/passwd", "", "design.yaml"])
def test_only_the_documents_are_given(blank: OpenDesign, looker: Looker, name: str) -> None:
    blank.out.mkdir()
    (blank.out / "blank.pdf").write_bytes(b"1234")
    page = button(blank)
    with pytest.raises(Refused, match="not there"):
        looker.ask(page, "file", name=name)
    assert base64.b64decode(looker.ask(page, "file", name="blank.pdf")["data"]) == b"1234"


def test_a_design_in_a_database_has_the_button_too(tmp_path: Path, looker: Looker) -> None:
    page = button(new_design(f"sqlite:///{tmp_path / 'team.db'}#team of {os.getpid()}"))
    state = looker.see(page)
    assert (state["files"], state["changed"]) == ([], False)
