"""The design that everybody works on: remembered for every notebook, whatever becomes of the design or of the file."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backendkit.model import Set, UserError
from backendkit.room import chosen as choice
from backendkit.room.collect import find_teams
from backendkit.store import new_design

NOWHERE = "sqlite:///gone.db#shop"


@pytest.fixture
def library(house: Path) -> str:
    """A design under work/."""
    new_design(house / "work" / "library").update(Set("", "name", "Library"))
    return "work/library"


def test_whoever_has_not_chosen_works_on_a_practice_copy_that_is_made_once(house: Path) -> None:
    opened, told = choice.read_choice()
    assert (opened.folder, told) == (house / "work" / "first-steps", "")
    opened.update(Set("", "name", "Mine"))
    assert choice.read_choice()[0].design.name == "Mine"


def test_what_was_chosen_is_known_to_every_notebook(library: str) -> None:
    assert choice.choose(library).design.name == "Library"
    opened, told = choice.read_choice()
    assert (opened.design.name, told) == ("Library", "")


def test_a_design_whose_folder_has_vanished_is_told_and_everybody_goes_on_with_the_practice_copy(
    house: Path, library: str
) -> None:
    choice.choose(library)
    (house / library).rename(house / "elsewhere")
    opened, told = choice.read_choice()
    assert opened.name == "first-steps"
    assert told.startswith("The design that was chosen is not at work/library any more.")


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\r\n", b"\xff\xfe\x00", b"work/\0library\n", b"x" * 5000, b"~nobody-is-called-so/x\n", b"'\n"],
)
def test_a_file_of_choices_that_is_broken_stops_nobody(house: Path, library: str, content: bytes) -> None:
    (house / "work" / ".chosen").write_bytes(content)
    assert choice.read_choice()[0].name == "first-steps"
    assert {one["where"] for one in choice.designs()} == {library, "work/first-steps"}
    choice.choose(library)
    assert choice.read_choice()[0].name == "library"


def test_a_choice_written_by_hand_counts_without_the_end_of_its_line(house: Path, library: str) -> None:
    (house / "work" / ".chosen").write_bytes(library.encode())
    assert choice.read_choice()[0].name == "library"


def test_a_choice_that_cannot_be_kept_is_told(house: Path, library: str) -> None:
    (house / "work" / ".chosen").mkdir()
    with pytest.raises(UserError, match="cannot be written to"):
        choice.choose(library)


def test_a_design_that_cannot_be_read_is_not_chosen(house: Path, library: str) -> None:
    choice.choose(library)
    broken = house / "work" / "broken"
    broken.mkdir()
    (broken / "design.yaml").write_text("name: [\n", encoding="utf-8")
    with pytest.raises(UserError, match="cannot be read"):
        choice.choose("work/broken")
    assert choice.read_choice()[0].name == "library"


def test_two_who_choose_at_once_both_stand_in_the_list(house: Path) -> None:
    names = [f"work/team-{n}" for n in range(6)]
    for name in names:
        new_design(house / name)
    with ThreadPoolExecutor(6) as people:
        list(people.map(choice.choose, names))
    assert sorted(choice.remembered()) == names


def test_only_some_choices_are_remembered_the_last_one_first(house: Path, library: str) -> None:
    for n in range(choice.KEPT + 2):
        new_design(house / f"work/team-{n}")
        choice.choose(f"work/team-{n}")
    choice.choose(library)
    assert len(choice.remembered()) == choice.KEPT
    assert choice.remembered()[:2] == [library, f"work/team-{choice.KEPT + 1}"]


def test_the_designs_are_listed_newest_first_and_then_those_elsewhere(
    house: Path, library: str, tmp_path: Path
) -> None:
    elsewhere, older = tmp_path / "elsewhere", house / "work" / "older"
    new_design(older)
    os.utime(older / "design.yaml", (1, 1))
    new_design(elsewhere)
    choice.choose(str(elsewhere))
    database = f"sqlite:///{(tmp_path / 'team.db').as_posix()}#shop"
    new_design(database)
    choice.choose(database)
    assert choice.designs() == [
        {"where": library, "name": "Library"},
        {"where": "work/older", "name": "older"},
        {"where": database, "name": "shop"},
        {"where": str(elsewhere), "name": "elsewhere"},
    ]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("name: Plain name  # a remark", "Plain name"),
        ('name: "Quoted: name"', "Quoted: name"),
        ("name: 'Single'", "Single"),
        ("name: |-\n  Two\n  lines", "library"),
        ('name: ""      # open', "library"),
        ("# name: Not this", "library"),
    ],
)
def test_a_design_is_listed_by_its_name_or_by_that_of_its_folder(
    house: Path, library: str, written: str, shown: str
) -> None:
    (house / library / "design.yaml").write_text(f"{written}\n", encoding="utf-8")
    assert choice.designs()[0]["name"] == shown


def test_a_path_is_looked_for_in_the_workbook_then_where_the_notebook_runs(
    house: Path, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "team.db").touch()
    assert choice.place(" 'work/library' ") == str(house / "work" / "library")
    assert choice.place("near") == str(tmp_path.resolve() / "near")
    assert choice.place("new") == str(house / "new")
    assert choice.place("sqlite:///near/team.db#a b") == f"sqlite:///{tmp_path.as_posix()}/near/team.db#a b"
    assert choice.place("sqlite+pysqlite:///t.db#a") == f"sqlite+pysqlite:///{house.as_posix()}/t.db#a"
    assert choice.place("postgresql://kim@host/db#shop") == "postgresql://kim@host/db#shop"


@pytest.mark.parametrize("typed", ["", "  ", "a\nb", "a\0b", "''"])
def test_what_can_be_no_place_is_told_with_what_can(house: Path, typed: str) -> None:
    with pytest.raises(UserError, match="Type a folder"):
        choice.place(typed)


@pytest.mark.parametrize("typed", ["x" * 5000, "~nobody-is-called-so/x", "file:///etc", "work", NOWHERE])
def test_where_there_is_no_design_a_sentence_says_so(house: Path, library: str, typed: str) -> None:
    with pytest.raises(UserError, match=r"no design|no place|no address"):
        choice.choose(typed)


def test_the_password_of_a_database_is_kept_for_nobody_else_and_is_never_shown(
    house: Path, postgres_url: str
) -> None:
    where = postgres_url.replace("postgresql+psycopg://postgres@", "postgresql://postgres:sec%40ret@")
    new_design(f"{where}#kim@home")
    opened = choice.choose(f"{where}#kim@home")
    assert "sec%40ret" in choice.remembered()[0]
    if os.name == "posix":
        assert (house / "work" / ".chosen").stat().st_mode & 0o777 == 0o600
    (listed,) = choice.designs()
    assert "ret" not in f"{listed} {choice.shown(opened)}"
    assert listed == {"where": choice.shown(opened), "name": "kim@home"}
    assert choice.choose(listed["where"]).design == opened.design
    assert choice.read_choice()[0].where == opened.where


def test_a_database_that_does_not_answer_is_told_and_nobody_goes_on_elsewhere(house: Path) -> None:
    (house / "work").mkdir()
    (house / "work" / ".chosen").write_text("postgresql://kim:secret@127.0.0.1:1/db#shop\n", encoding="utf-8")
    with pytest.raises(UserError, match="did not do it") as caught:
        choice.read_choice()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Library", "library"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\Windows", "c-windows"),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("CON", "con-design"),
        ("com¹", "com1-design"),
        ("out", "out-design"),
        ("Night before", "night-before-design"),
        ("First steps", "first-steps-design"),
        ("図書館", "図書館"),
        ("x" * 5000, "x" * 60),
    ],
)
def test_a_name_becomes_a_folder_that_every_system_can_hold_and_every_board_finds(
    house: Path, name: str, folder: str
) -> None:
    free = choice.free_folder(name)
    assert free == house / "work" / folder
    new_design(free)
    assert [team.name for team in find_teams(house / "work")] == [folder]
    with pytest.raises(UserError, match=f"work/{folder} is there already"):
        choice.free_folder(name)


@pytest.mark.parametrize("name", ["", "  ", "..", "!?", "\0"])
def test_what_is_no_name_is_asked_for_again(house: Path, name: str) -> None:
    with pytest.raises(UserError, match="Give it a name"):
        choice.free_folder(name)
