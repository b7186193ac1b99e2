"""The notes of a chapter: saved while one writes, and nobody is overwritten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backendkit import room
from backendkit.model import UserError
from backendkit.room.display import Text
from backendkit.room.live import live_of
from backendkit.room.notes import LONGEST, Notes
from backendkit.store import OpenDesign, new_design, open_design

from .conftest import HOSTILE, ROOT, Looker, Refused

TYPED = f"## Why\n\nBecause *we* can: ü 😀 {HOSTILE}\n\n```\n  code\n```\n"


@pytest.fixture
def page(blank: OpenDesign, looker: Looker) -> Notes:
    """The notes on the API of a blank design, as somebody sees them."""
    part = room.write_notes(blank, "api")
    assert isinstance(part, Notes)
    looker.see(part)
    return part


def file(opened: OpenDesign) -> Path:
    assert opened.folder
    return opened.folder / "notes" / "api.md"


def test_where_no_kernel_runs_the_notes_are_shown(bookshop: OpenDesign, blank: OpenDesign) -> None:
    bookshop.write_notes("api", TYPED)
    shown = room.write_notes(bookshop, "api")
    assert isinstance(shown, Text)
    assert shown.markdown.startswith("### Why")
    assert room.write_notes(blank, "api").empty  # type: ignore[union-attr]


def test_a_chapter_that_there_is_not_is_refused_with_those_there_are(blank: OpenDesign) -> None:
    with pytest.raises(UserError, match="there are: requirements"):
        room.write_notes(blank, "../api")


def test_what_is_typed_stands_in_the_file_to_the_letter(
    page: Notes, blank: OpenDesign, looker: Looker
) -> None:
    assert looker.see(page) == {"chapter": "api", "text": "", "place": "notes/api.md"}
    assert looker.ask(page, "write", text=TYPED, was="") == {"ok": True}
    assert file(blank).read_text(encoding="utf-8") == TYPED
    assert looker.see(page)["text"] == TYPED


def test_the_same_sent_again_is_saved_once(page: Notes, blank: OpenDesign, looker: Looker) -> None:
    for _ in range(2):
        assert looker.ask(page, "write", text="One.", was="") == {"ok": True}
    assert blank.notes("api") == "One."


def test_what_somebody_else_saved_meanwhile_is_given_back_and_kept(
    page: Notes, blank: OpenDesign, looker: Looker
) -> None:
    blank.write_notes("api", "Theirs.\n")
    assert looker.ask(page, "write", text="Mine.", was="") == {"conflict": "Theirs.\n"}
    assert blank.notes("api") == "Theirs.\n"
    assert looker.ask(page, "write", text="Mine.", was="Theirs.\n") == {"ok": True}
    assert blank.notes("api") == "Mine."


def test_a_page_is_told_what_somebody_else_writes(page: Notes, blank: OpenDesign, looker: Looker) -> None:
    open_design(blank.where).write_notes("api", "News.")
    page.refresh()
    assert looker.wait(page, "state")["state"]["text"] == "News."


def test_who_looks_at_a_design_sees_that_notes_have_changed(blank: OpenDesign) -> None:
    before = live_of(blank)._state()
    blank.write_notes("api", "News.")
    assert live_of(blank)._state() != before


def test_lines_end_as_they_did_before(page: Notes, blank: OpenDesign, looker: Looker) -> None:
    file(blank).parent.mkdir()
    file(blank).write_bytes(b"One.\r\nTwo.\r\n")
    assert looker.see(page)["text"] == "One.\nTwo.\n"
    assert looker.ask(page, "write", text="One.\nTwo.\n", was="") == {"ok": True}
    assert looker.ask(page, "write", text="One.\nThree.\n", was="One.\nTwo.\n") == {"ok": True}
    assert file(blank).read_bytes() == b"One.\r\nThree.\r\n"


def test_of_two_who_write_at_once_one_saves_and_the_other_is_told(blank: OpenDesign, looker: Looker) -> None:
    pages = [room.write_notes(open_design(blank.where), "api") for _ in range(4)]

    def write(n: int) -> dict[str, object]:
        part = pages[n]
        assert isinstance(part, Notes)
        return part.on_write(f"{n} was here.", "")

    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(write, range(4)))
    (first,) = [n for n, answer in enumerate(answers) if answer.get("ok")]
    assert blank.notes("api") == f"{first} was here."
    assert [one["conflict"] for one in answers if "ok" not in one] == [f"{first} was here."] * 3


def test_a_text_that_is_too_long_is_refused_and_nothing_of_it_is_saved(
    page: Notes, blank: OpenDesign, looker: Looker
) -> None:
    assert looker.ask(page, "write", text="x" * LONGEST, was="") == {"ok": True}
    with pytest.raises(Refused, match="too long for one chapter"):
        looker.ask(page, "write", text="x" * (LONGEST + 1), was="x" * LONGEST)
    assert len(blank.notes("api")) == LONGEST


def test_half_of_a_sign_stops_no_saving(page: Notes, blank: OpenDesign, looker: Looker) -> None:
    assert looker.ask(page, "write", text="cut \ud83d", was="") == {"ok": True}
    assert blank.notes("api") == "cut ?"


def test_a_worked_design_says_that_it_stays_as_it_is(looker: Looker) -> None:
    opened = open_design(ROOT / "data" / "bookshop")
    part = room.write_notes(opened, "api")
    assert isinstance(part, Notes)
    with pytest.raises(Refused, match="stays as it is"):
        looker.ask(part, "write", text="Mine.", was=looker.see(part)["text"])


def test_a_folder_that_has_vanished_is_told_and_not_made_again(
    page: Notes, blank: OpenDesign, looker: Looker
) -> None:
    assert blank.folder
    blank.folder.rename(blank.folder.with_name("elsewhere"))
    with pytest.raises(Refused, match="there is no design in"):
        looker.ask(page, "write", text="Mine.", was="")
    assert not blank.folder.exists()


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_notes_in_a_database_are_written_the_same_way(
    tmp_path: Path, looker: Looker, request: pytest.FixtureRequest, backend: str
) -> None:
    sqlite = backend == "sqlite"
    address = f"sqlite:///{tmp_path / 'team.db'}" if sqlite else request.getfixturevalue("postgres_url")
    part = room.write_notes(new_design(f"{address}#shop"), "api")
    assert isinstance(part, Notes)
    assert looker.ask(part, "write", text=TYPED, was="") == {"ok": True}
    open_design(f"{address}#shop").write_notes("api", "Theirs.")
    assert looker.ask(part, "write", text="Mine.", was=TYPED) == {"conflict": "Theirs."}
