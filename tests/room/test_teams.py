"""Teams side by side: found, told in numbers, one broken file stops nobody; all documents, and what became of whom."""

from __future__ import annotations

import base64
import threading
import zipfile
from pathlib import Path

import pytest

from backendkit.document import Built
from backendkit.model import Delete, Insert, Set, UserError
from backendkit.room import collect, make, teams
from backendkit.room.collect import Documents, Making, find_teams
from backendkit.room.teams import Lookout, Teams, show_teams
from backendkit.store import OpenDesign, new_design, open_design

from .conftest import Looker, Refused

ROOT = Path(__file__).parents[2]
BROKEN = "name: [\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Three teams: one with the bookshop, one that has just begun, one whose file is broken."""
    root = tmp_path / "teams"
    open_design(ROOT / "data" / "bookshop").copy_to(root / "red")
    started = new_design(root / "green" / "library")
    started.update(
        Set("", "authors", ["Kim", "Ada"]), Insert("", "requirements.questions", {"text": "Who pays?"})
    )
    new_design(root / "blue")
    (root / "blue" / "design.yaml").write_text(BROKEN, encoding="utf-8")
    return root


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """No job of another test is under way."""
    monkeypatch.setattr(teams, "_jobs", {})


def names(place: str | Path) -> list[str]:
    return [team.name for team in find_teams(place)]


def test_every_design_below_a_folder_is_a_team_by_the_name_of_its_folder(place: Path) -> None:
    assert names(place) == ["blue", "green/library", "red"]


def test_copies_that_were_put_aside_results_and_exercises_are_no_teams(place: Path) -> None:
    for folder in ("red-before", "red-before-2", "out/all-teams/red", "exercises/database-keys", ".hidden"):
        new_design(place / folder)
    (place / "yellow" / "workbook" / "data").mkdir(parents=True)
    (place / "yellow" / "workbook" / "run.py").touch()
    new_design(place / "yellow" / "workbook" / "data" / "bookshop")
    new_design(place / "yellow" / "workbook" / "work" / "mine")
    assert names(place) == ["blue", "green/library", "red", "yellow/workbook/work/mine"]


def test_the_folder_may_be_a_design_itself(place: Path) -> None:
    assert names(place / "red") == ["red"]


def test_a_place_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no folder"):
        find_teams(tmp_path / "nowhere")


def test_a_folder_with_too_many_folders_is_a_sentence(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "MANY", 2)
    with pytest.raises(UserError, match="nearer to the teams"):
        find_teams(place)


def test_a_team_is_told_in_numbers_and_a_broken_one_in_its_sentence(place: Path) -> None:
    blue, green, red = Lookout(str(place)).rows()
    assert "cannot be read" in blue["error"]
    assert str(place) not in blue["error"]
    assert green["who"] == "Kim, Ada"
    assert green["counts"] == {
        "requirements": ["0 requirements", "1 open question"],
        "database": ["0 entities"],
    }
    assert green["states"]["requirements"][0] == "open"
    assert green["states"]["database"] == ("blank", "not begun")
    assert red["states"]["database"] == ("holds", "holds")
    assert abs(red["changed"] - (place / "red" / "design.yaml").stat().st_mtime) < 60


def test_only_what_has_changed_is_read_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lookout, read = Lookout(str(place)), []
    told = teams._told
    monkeypatch.setattr(teams, "_told", lambda opened: read.append(opened.name) or told(opened))
    first = lookout.rows()
    assert lookout.rows() == first
    assert sorted(read) == ["blue", "library", "red"]
    open_design(place / "red").update(Set("", "name", "Better Books"))
    (place / "blue" / "design.yaml").write_text("name: Mended\n", encoding="utf-8")
    assert [row["title"] for row in lookout.rows()] == ["Mended", "", "Better Books"]
    assert sorted(read[3:]) == ["blue", "red"]


def test_teams_of_one_database_with_who_saved_last(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'teams.db'}"
    for name, author in (("red", "Ada"), ("green", "Kim")):
        new_design(f"{address}#{name}")
        open_design(f"{address}#{name}", author=author).update(
            Insert("", "database.entities", {"id": "book"})
        )
    assert names(address) == names(f"{address}#red") == ["green", "red"]
    lookout = Lookout(address)
    before = lookout.rows()
    assert [(row["who"], *row["counts"]["database"]) for row in before] == [
        ("Kim", "1 entity"),
        ("Ada", "1 entity"),
    ]
    open_design(f"{address}#red").update(Delete("book"))
    assert [row["counts"]["database"] for row in lookout.rows()] == [["1 entity"], ["0 entities"]]
    assert lookout.rows()[1]["changed"] >= before[1]["changed"]


def test_teams_of_postgresql(postgres_url: str) -> None:
    new_design(f"{postgres_url}#red")
    assert names(postgres_url) == ["red"]
    assert Lookout(postgres_url).rows()[0]["states"]["api"] == ("blank", "not begun")


def test_where_no_kernel_runs_there_is_a_table(place: Path) -> None:
    text = show_teams(place).as_markdown()  # type: ignore[attr-defined]
    assert "green/library" in text
    assert "cannot be read" in text


def ended(job: Documents) -> dict[str, str]:
    return {name: making.state for name, making in job.teams.items()}


@pytest.mark.usefixtures("one_notebook")
def test_all_documents_are_made_and_a_team_that_fails_has_its_sentence(place: Path) -> None:
    (place / "red" / "design.yaml").unlink()
    told: list[float] = []
    job = Documents(str(place), changed=lambda: told.append(sum(one.part for one in job.teams.values())))
    job.run()
    assert ended(job) == {"blue": "failed", "green/library": "made"}
    assert "cannot be read" in job.teams["blue"].text
    copy = place / "out" / "all-teams" / "green-library.pdf"
    assert job.teams["green/library"].files == (copy,)
    assert copy.read_bytes() == (place / "green" / "library" / "out" / "library.pdf").read_bytes()
    assert job.zip
    with zipfile.ZipFile(job.zip) as packed:
        assert packed.namelist() == ["teams.txt", "green-library.pdf"]
        assert b"blue: failed." in packed.read("teams.txt")
    assert told == sorted(told)
    assert not job.running


def made(monkeypatch: pytest.MonkeyPatch, build: object) -> None:
    """Documents that cost nothing, for what is not about documents."""
    monkeypatch.setattr(Documents, "_build", build)


def test_stopping_keeps_what_is_made_and_leaves_the_rest(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(job: Documents, making: Making, folder: Path) -> object:
        job.stop()
        raise collect.Stopped

    made(monkeypatch, build)
    job = Documents(str(place))
    job.run()
    assert set(ended(job).values()) == {"stopped"}
    assert job.zip is None


@pytest.mark.usefixtures("one_notebook")
def test_a_run_that_is_stopped_ends_in_the_middle_of_a_document(place: Path) -> None:
    (place / "blue" / "design.yaml").unlink()
    (place / "green" / "library" / "design.yaml").unlink()

    def changed() -> None:
        if job.teams and job.teams["red"].part > 0:
            job._stop.set()

    job = Documents(str(place), changed=changed)
    job.run()
    assert ended(job) == {"red": "stopped"}
    assert not (place / "out" / "all-teams" / "red.pdf").exists()


def test_an_earlier_document_of_a_team_that_fails_now_is_still_handed_out(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = place / "out" / "all-teams" / "blue.pdf"
    earlier.parent.mkdir(parents=True)
    earlier.write_bytes(b"%PDF")

    def build(job: Documents, making: Making, folder: Path) -> object:
        raise UserError("It did not work.")

    made(monkeypatch, build)
    job = Documents(str(place))
    job.run()
    assert job.zip
    with zipfile.ZipFile(job.zip) as packed:
        assert packed.namelist() == ["teams.txt", "blue.pdf"]


def test_who_has_a_document_now_is_handed_out_without_the_earlier_ones(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = place / "out" / "all-teams"
    folder.mkdir(parents=True)
    for name in ("red.pdf", "blue-incomplete.pdf"):
        (folder / name).write_bytes(b"%PDF earlier")

    def build(job: Documents, making: Making, folder: Path) -> Built:
        if making.team.name != "red":
            raise UserError("It did not work.")
        (folder / "made-incomplete.pdf").write_bytes(b"%PDF now")
        return Built((folder / "made-incomplete.pdf",), ("Something.",))

    made(monkeypatch, build)
    job = Documents(str(place))
    job.run()
    assert job.zip
    with zipfile.ZipFile(job.zip) as packed:
        assert packed.namelist() == ["teams.txt", "blue-incomplete.pdf", "red-incomplete.pdf"]
        assert packed.read("red-incomplete.pdf") == b"%PDF now"


@pytest.mark.usefixtures("short")
def test_a_document_and_the_zip_are_given_in_pieces(
    place: Path, looker: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(job: Documents, making: Making, folder: Path) -> Built:
        (folder / "made.pdf").write_bytes(making.team.name.encode())
        return Built((folder / "made.pdf",))

    made(monkeypatch, build)
    monkeypatch.setattr(make, "PIECE", 5)
    board = show_teams(place)
    assert isinstance(board, Teams)
    looker.see(board)
    with pytest.raises(Refused, match="make the documents again"):
        looker.ask(board, "file")
    looker.ask(board, "make")
    looker.wait(board, "state", lambda told: bool(told["state"]["job"].get("zip")))
    first, second = (looker.ask(board, "file", team="green/library", start=start) for start in (0, 5))
    assert first | {"data": ""} == {"name": "green-library.pdf", "size": 13, "data": ""}
    assert base64.b64decode(first["data"]) + base64.b64decode(second["data"]) == b"green/libr"
    assert looker.ask(board, "file")["name"] == "all-teams.zip"
    with pytest.raises(Refused, match="make the documents again"):
        looker.ask(board, "file", team="gone")


@pytest.mark.usefixtures("short")
def test_a_place_that_cannot_be_looked_at_is_a_sentence_and_the_last_look_stays(
    place: Path, looker: Looker
) -> None:
    board = show_teams(place)
    assert isinstance(board, Teams)
    looker.see(board)
    looker.ask(board, "look")
    assert len(looker.wait(board, "state")["state"]["teams"]) == 3
    place.rename(place.with_name("gone"))
    looker.ask(board, "look")
    state = looker.wait(board, "state")["state"]
    assert "There is no folder" in state["said"]
    assert len(state["teams"]) == 3


def test_two_teams_never_share_a_file(place: Path) -> None:
    new_design(place / "green-library")
    files = collect.file_names(names(place)).values()
    assert [*files] == ["blue", "green-library", "green-library-2", "red"]


def test_a_share_that_cannot_be_written_to_gives_its_documents_elsewhere(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "HOUSE", tmp_path / "workbook")
    (place / "out").write_text("no folder can be made here", encoding="utf-8")
    assert Documents(str(place))._folder() == tmp_path / "workbook" / "work" / "out" / "all-teams"


def test_where_there_is_no_team_a_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no design in"):
        Documents(str(tmp_path)).run()


class Told(Teams):
    """A board whose page is this list, and whose background work is waited for."""

    def __init__(self, place: str) -> None:
        self.sent: list[dict[str, object]] = []
        self.threads: list[threading.Thread] = []
        super().__init__(place)

    def push(self, kind: str, **data: object) -> None:
        self.sent.append({"kind": kind, **data})

    def later(self, work: object) -> None:
        thread = threading.Thread(target=work)  # type: ignore[arg-type]
        self.threads.append(thread)
        thread.start()

    def wait(self) -> None:
        for thread in self.threads:
            thread.join()


@pytest.mark.usefixtures("short")
def test_a_look_never_waits_and_the_page_is_told_only_what_is_new(place: Path) -> None:
    board = Told(str(place))
    assert board.snapshot()["teams"] is None
    board.on_hello("page")
    for _ in range(3):
        assert board.on_look()["slow"] < 5
        board.wait()
    assert [one["kind"] for one in board.sent] == ["state"]
    assert len(board.snapshot()["teams"]) == 3


@pytest.mark.usefixtures("short")
def test_pressing_twice_begins_once_and_a_second_board_shows_the_same(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go = [], threading.Event()

    def build(job: Documents, making: Making, folder: Path) -> object:
        begun.append(making.team.name)
        go.wait(20)
        raise UserError("It did not work.")

    made(monkeypatch, build)
    board, other = Told(str(place)), Told(f"{place}/")
    board.on_make()
    other.on_make()
    assert other.snapshot()["job"]["running"]
    go.set()
    board.wait()
    other.wait()
    assert begun == ["blue", "green/library", "red"]
    assert other.snapshot()["job"]["teams"]["red"]["state"] == "failed"
    with pytest.raises(UserError, match="not there any more"):
        board.on_file()


@pytest.mark.usefixtures("short")
def test_the_picture_of_a_team_comes_with_its_open_questions(place: Path) -> None:
    board = Told(str(place))
    for team in ("red", "green/library", "blue", "gone"):
        board.on_detail(team, dark=False)
        board.wait()
    red, green, blue, gone = board.sent
    assert str(red["picture"]).startswith("data:image/svg+xml;base64,")
    assert (green["picture"], green["questions"]) == ("", ["Who pays?"])
    assert "cannot be read" in str(blue["error"])
    assert "no team 'gone'" in str(gone["error"])


def test_a_password_is_never_told() -> None:
    job = Documents("postgresql://kim:secret@127.0.0.1:1/teams")
    with pytest.raises(UserError) as caught:
        job.run()
    assert "secret" not in str(caught.value)


def test_a_design_is_opened_only_once(place: Path) -> None:
    lookout = Lookout(str(place))
    opened = lookout.opened("red")
    assert isinstance(opened, OpenDesign)
    assert lookout.opened("red") is opened
