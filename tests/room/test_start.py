"""The start page: choose, make, copy, open and import a design; what goes wrong is one sentence, a password is none."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from backendkit import room
from backendkit.model import Set, UserError
from backendkit.room import chosen as choice
from backendkit.room import start
from backendkit.room.display import Table
from backendkit.room.start import DROPPED, Start
from backendkit.store import new_design, open_design

from .conftest import HOSTILE, ROOT, Looker, Refused

PET_SHOP = {
    "openapi": "3.1.0",
    "info": {"title": "Pet shop", "version": "1"},
    "paths": {"/pets": {"get": {"operationId": "list", "responses": {"200": {"description": "pets"}}}}},
    "webhooks": {"born": {"post": {"responses": {"200": {"description": "heard"}}}}},
}


@pytest.fixture
def page(house: Path, looker: Looker) -> Start:
    """A start page that somebody looks at, with a small design chosen."""
    new_design(house / "work" / "library").update(Set("", "name", "Library"))
    choice.choose("work/library")
    part = room.show_start()
    assert isinstance(part, Start)
    looker.see(part)
    return part


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """An existing system: a SQLite database with a row that is nobody's business."""
    file = tmp_path / "pet shop.sqlite"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE pet (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        database.execute("INSERT INTO pet VALUES (1, 'Rex')")
    database.close()
    return file


def imported(looker: Looker, page: Start) -> dict[str, Any]:
    """The state after a system was read in the background."""
    message = looker.wait(page, "state", lambda told: bool(told["state"]["imported"]))
    state: dict[str, Any] = message["state"]
    return state


def test_where_no_kernel_runs_the_phases_of_the_bookshop_are_a_table(house: Path) -> None:
    shown = room.show_start()
    assert isinstance(shown, Table)
    assert shown.rows
    assert not (house / "work").exists()


def test_the_page_shows_the_design_the_others_there_are_the_examples_and_the_paths(
    page: Start, looker: Looker
) -> None:
    state = looker.see(page)
    assert (state["about"]["name"], state["place"], state["practice"]) == ("Library", "work/library", False)
    assert state["designs"] == [{"where": "work/library", "name": "Library", "chosen": True}]
    assert [one["of"] for one in state["worked"]] == ["bookshop"]
    assert state["phases"][0]["file"] == "01_requirements.ipynb"
    assert [plan["id"] for plan in state["paths"]] == ["first-look", "workshop", "as-built", "course"]
    assert page.design == str(page._here.folder)


def test_who_has_not_chosen_yet_sees_the_practice_copy(house: Path, looker: Looker) -> None:
    page = room.show_start()
    assert isinstance(page, Start)
    assert looker.see(page)["practice"]


def test_a_new_design_is_chosen_for_every_notebook(page: Start, looker: Looker, house: Path) -> None:
    state = looker.ask(page, "make", name="Pet shop")["state"]
    assert (state["about"]["name"], state["place"]) == ("Pet shop", "work/pet-shop")
    assert page.design == str(house / "work" / "pet-shop")
    assert room.chosen_design().design.name == "Pet shop"
    assert {one["name"]: one["chosen"] for one in state["designs"]} == {"Pet shop": True, "Library": False}


def test_a_name_that_is_taken_is_told_and_nothing_is_changed(page: Start, looker: Looker) -> None:
    with pytest.raises(Refused, match="work/library is there already: open it, or take another name"):
        looker.ask(page, "make", name="Library")
    assert looker.see(page)["place"] == "work/library"


def test_text_that_would_be_markup_is_a_name_like_any_other(page: Start, looker: Looker) -> None:
    state = looker.ask(page, "make", name=HOSTILE)["state"]
    assert state["about"]["name"] == HOSTILE
    assert state["place"] == "work/script-alert-1-script-x"


@pytest.mark.parametrize("name", ["a\0b", "\x1b[31m", "\ud800"])
def test_a_name_that_no_file_can_hold_is_refused_before_there_is_a_folder(
    page: Start, looker: Looker, house: Path, name: str
) -> None:
    with pytest.raises(Refused, match="which no text needs"):
        looker.ask(page, "make", name=name)
    assert [one.name for one in (house / "work").iterdir() if one.is_dir()] == ["library"]


def test_an_example_is_copied_under_a_name_of_its_own(page: Start, looker: Looker, house: Path) -> None:
    state = looker.ask(page, "copy", of="bookshop", name="My shop")["state"]
    assert (state["about"]["name"], state["place"]) == ("My shop", "work/my-shop")
    assert open_design(house / "work" / "my-shop").design.database.entities
    assert open_design(ROOT / "data" / "bookshop").design.name == "Bookshop"


@pytest.mark.parametrize("of", ["..", "", "/etc", "../../etc", "nothing"])
def test_nothing_but_an_example_is_copied(page: Start, looker: Looker, house: Path, of: str) -> None:
    with pytest.raises(Refused, match="There is no design"):
        looker.ask(page, "copy", of=of, name="Copy")
    assert not (house / "work" / "copy").exists()


def test_another_design_of_the_list_is_chosen(page: Start, looker: Looker) -> None:
    looker.ask(page, "make", name="Second")
    state = looker.ask(page, "choose", where="work/library")["state"]
    assert state["about"]["name"] == "Library"


def test_a_design_that_lies_elsewhere_is_opened(page: Start, looker: Looker, tmp_path: Path) -> None:
    new_design(tmp_path / "elsewhere")
    state = looker.ask(page, "open", where=f'"{tmp_path / "elsewhere"}"')["state"]
    assert state["place"] == str((tmp_path / "elsewhere").resolve())
    assert state["designs"][-1] == {"where": state["place"], "name": "elsewhere", "chosen": True}


def test_where_there_is_none_it_is_offered_to_make_one(page: Start, looker: Looker, house: Path) -> None:
    answer = looker.ask(page, "open", where="work/fresh")
    assert answer == {"missing": f"There is no design in {house / 'work' / 'fresh'} yet."}
    assert looker.ask(page, "make", name="", where="work/fresh")["state"]["place"] == "work/fresh"


@pytest.mark.parametrize("where", ["", "a\0b", "x" * 5000, "file:///etc#x"])
def test_a_place_that_can_be_none_is_a_sentence(page: Start, looker: Looker, where: str) -> None:
    for word, data in (("open", {}), ("choose", {}), ("make", {"name": "Shop"})):
        if where or word != "make":
            with pytest.raises(Refused) as caught:
                looker.ask(page, word, where=where, **data)
            assert "That did not work" not in str(caught.value)


def test_a_design_that_cannot_be_read_is_told_and_the_one_before_stays(
    page: Start, looker: Looker, house: Path
) -> None:
    (house / "work" / "broken").mkdir()
    (house / "work" / "broken" / "design.yaml").write_text("name: [\n", encoding="utf-8")
    with pytest.raises(Refused, match="cannot be read"):
        looker.ask(page, "choose", where="work/broken")
    assert page.design == str(house / "work" / "library")
    assert room.chosen_design().name == "library"


def test_a_chosen_design_that_cannot_be_read_any_more_does_not_take_the_page_away(
    page: Start, looker: Looker, house: Path
) -> None:
    (house / "work" / "library" / "design.yaml").write_text("name: [\n", encoding="utf-8")
    again = room.show_start()
    assert isinstance(again, Start)
    state = looker.see(again)
    assert state["practice"]
    assert "cannot be read" in state["told"]
    with pytest.raises(UserError, match="cannot be read"):
        _ = room.chosen_design().design


def test_an_edit_that_is_sent_again_after_the_turn_is_saved_where_it_was_made(
    page: Start, looker: Looker, house: Path
) -> None:
    changes = [{"set": {"at": "", "field": "summary", "value": "Lends books.", "was": None}}]
    assert looker.ask(page, "save", step="1", changes=changes)["ok"]
    looker.ask(page, "make", name="Second")
    assert looker.ask(page, "save", step="1", changes=changes)["ok"]
    assert open_design(house / "work" / "second").design.summary == ""
    assert open_design(house / "work" / "library").design.summary == "Lends books."


def test_the_page_follows_the_design_it_has_turned_to(page: Start, looker: Looker, house: Path) -> None:
    looker.ask(page, "make", name="Second")
    open_design(house / "work" / "second").update(Set("", "summary", "News."))
    assert looker.wait(page, "state", lambda told: told["state"]["about"]["summary"] == "News.")


def test_a_database_becomes_a_design_and_its_rows_stay_where_they_are(
    page: Start, looker: Looker, house: Path, shop: Path
) -> None:
    looker.ask(page, "bring", source=f'"{shop}"')
    state = imported(looker, page)
    assert state["imported"] == {"from": "pet shop.sqlite", "counts": state["about"]["counts"], "unread": []}
    assert "1 entity" in state["about"]["counts"]
    assert state["place"] == "work/pet-shop"
    assert "Rex" not in (house / "work" / "pet-shop" / "design.yaml").read_text(encoding="utf-8")
    assert looker.ask(page, "choose", where="work/library")["state"]["imported"] == {}


def test_a_description_of_an_api_becomes_a_design_with_what_was_not_understood(
    page: Start, looker: Looker, tmp_path: Path
) -> None:
    (tmp_path / "api.json").write_text(json.dumps(PET_SHOP), encoding="utf-8")
    looker.ask(page, "bring", source=str(tmp_path / "api.json"), name="Pets")
    state = imported(looker, page)
    assert (state["about"]["name"], state["place"]) == ("Pets", "work/pets")
    assert state["imported"]["unread"]


def test_a_dropped_file_comes_in_pieces_and_does_not_stay(
    page: Start, looker: Looker, house: Path, shop: Path
) -> None:
    data, half = shop.read_bytes(), shop.stat().st_size // 2
    answers = [
        looker.ask(
            page, "piece", name=shop.name, of=len(data), offset=offset, data=base64.b64encode(part).decode()
        )
        for offset, part in ((0, data[:half]), (0, data[:half]), (half, data[half:]))
    ]
    assert [bool(answer["file"]) for answer in answers] == [False, False, True]
    file = Path(answers[-1]["file"])
    assert file == house / "work" / DROPPED / "pet_shop.sqlite"
    assert file.read_bytes() == data
    looker.ask(page, "bring", source=str(file), name="Dropped")
    assert imported(looker, page)["place"] == "work/dropped"
    assert not file.exists()


@pytest.mark.parametrize(
    "name", ["../../up.sqlite", "..\\up.sqlite", "C:up", "nul", "CON.sqlite", "", "..", ".env", "x" * 5000]
)
def test_a_dropped_file_never_lands_elsewhere_whatever_its_name(
    page: Start, looker: Looker, house: Path, name: str
) -> None:
    file = Path(looker.ask(page, "piece", name=name, of=1, offset=0, data="AA==")["file"])
    assert file.parent == house / "work" / DROPPED
    assert file.stem.upper() not in ("CON", "NUL")


def test_a_file_that_is_too_big_for_a_browser_is_read_where_it_lies(page: Start, looker: Looker) -> None:
    with pytest.raises(Refused, match="type the path"):
        looker.ask(page, "piece", name="huge.db", of=start.BIGGEST + 1, offset=0, data="")


def test_a_piece_that_cannot_be_written_is_a_sentence(page: Start, looker: Looker, house: Path) -> None:
    with pytest.raises(Refused, match="cannot be written to"):
        looker.ask(page, "piece", name="lost.db", of=4, offset=2, data="AA==")
    (house / "work" / DROPPED).rmdir()
    (house / "work" / DROPPED).touch()
    with pytest.raises(Refused, match="cannot be written to"):
        looker.ask(page, "piece", name="shop.db", of=1, offset=0, data="AA==")


def test_nothing_is_brought_from_nowhere(page: Start, looker: Looker) -> None:
    with pytest.raises(Refused, match="Name a SQLite file"):
        looker.ask(page, "bring", source=' "" ')


@pytest.mark.parametrize(
    ("content", "said"), [(None, "is not there"), (b"", "is empty"), (b"\x89PNG\r\n", "cannot|no |not ")]
)
def test_a_system_that_cannot_be_read_is_one_sentence_and_makes_no_design(
    page: Start, looker: Looker, tmp_path: Path, house: Path, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "shop.db").write_bytes(content)
    looker.ask(page, "bring", source=str(tmp_path / "shop.db"), name="Shop")
    text = looker.wait(page, "unread")["text"]
    assert "shop.db" in text
    assert any(word in text for word in said.split("|"))
    assert not (house / "work" / "shop").exists()


def test_a_system_that_is_too_big_for_one_design_is_told_and_makes_none(
    page: Start, looker: Looker, shop: Path, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backendkit.store.text.LIMIT", 100)
    looker.ask(page, "bring", source=str(shop))
    assert "allowed are 100" in looker.wait(page, "unread")["text"]
    assert not (house / "work" / "pet-shop").exists()


def test_a_name_that_is_taken_is_told_after_reading_too(page: Start, looker: Looker, shop: Path) -> None:
    looker.ask(page, "bring", source=str(shop), name="Library")
    assert "there already" in looker.wait(page, "unread")["text"]


def test_one_system_is_read_at_a_time(
    page: Start, looker: Looker, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[Callable[[], None]] = []
    monkeypatch.setattr(page, "later", waiting.append)
    looker.ask(page, "bring", source=str(shop))
    with pytest.raises(Refused, match="already"):
        looker.ask(page, "bring", source=str(shop))
    waiting[0]()
    assert imported(looker, page)["place"] == "work/pet-shop"


def test_a_mistake_of_ours_while_reading_is_told_and_the_next_try_is_free(
    page: Start, looker: Looker, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("backendkit.readers.read_system", lambda place: 1 / 0)
        looker.ask(page, "bring", source=str(shop))
        assert looker.wait(page, "unread")["text"] == "It was not read."
        assert "ZeroDivisionError" in looker.wait(page, "trouble")["text"]
    looker.ask(page, "bring", source=str(shop))
    assert imported(looker, page)["place"] == "work/pet-shop"


def test_a_database_is_read_by_its_address_and_no_password_ever_reaches_the_page(
    page: Start, looker: Looker, postgres_url: str
) -> None:
    engine = sa.create_engine(postgres_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE pet (id integer PRIMARY KEY, name text NOT NULL)")
    where = postgres_url.replace("postgresql+psycopg://postgres@", "postgresql://postgres:sec%40ret@")
    looker.ask(page, "bring", source=where, name="Pets")
    state = imported(looker, page)
    assert state["imported"]["from"].startswith("postgresql://postgres:***@")
    assert looker.ask(page, "open", where=f"{where}#team")["missing"]
    state = looker.ask(page, "make", name="Team", where=f"{where}#team")["state"]
    assert next(one for one in state["designs"] if one["chosen"])["where"] == state["place"]
    looker.ask(page, "choose", where="work/library")
    assert looker.ask(page, "choose", where=state["place"])["state"]["about"]["name"] == "Team"
    wrong = where.replace("postgres:", "nobody:").replace("127.0.0.1:", "127.0.0.1:1")
    for word in ("open", "choose"):
        with pytest.raises(Refused):
            looker.ask(page, word, where=f"{wrong}#team")
    looker.ask(page, "bring", source=wrong)
    looker.wait(page, "unread")
    sent = "\n".join([*looker.everything, str(page.get_state())])
    assert "sec@ret" not in sent
    assert "sec%40ret" not in sent


def test_the_design_that_a_notebook_names_counts_more_than_the_chosen_one(
    page: Start, house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new_design(house / "other")
    assert room.chosen_design(house / "other").name == "other"
    assert room.chosen_design().name == "library"
    (house / "work" / "library").rename(house / "gone")
    assert room.chosen_design().name == "first-steps"
    assert "not at work/library any more" in capsys.readouterr().out


def test_run_headless_the_worked_example_is_read_whatever_was_chosen(house: Path) -> None:
    new_design(house / "work" / "library")
    choice.choose("work/library")
    assert room.chosen_design().folder == ROOT / "data" / "bookshop"
    assert room.practice_design().folder == ROOT / "data" / "bookshop"
    assert room.chosen_design(house / "work" / "library").name == "library"


def test_the_practice_copy_is_made_once_and_kept(house: Path, looker: Looker) -> None:
    room.practice_design().update(Set("", "name", "Mine"))
    assert room.practice_design().design.name == "Mine"
