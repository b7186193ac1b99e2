"""One handle for a design: fresh when read, whole when changed, honest when it cannot be."""

from __future__ import annotations

import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from backendkit.model import Delete, DesignError, Evidence, Insert, Move, Set, UserError
from backendkit.store import OpenDesign, dump, new_design, open_design
from backendkit.store.text import read

TEXT = """\
format: 1
name: Shop   # as on the door
version: 1.10

database:
  entities:
    - id: copy
      attributes:
        - {id: number, type: uuid, key: true}
        - {id: price, type: "decimal(10,2)"}
    - id: book
"""
EVIDENCE = Evidence(requirement="Q1", value=0.12, at="2026-11-22T09:00:00Z", by="load", depends="abc", seed=1)


@pytest.fixture
def shop(tmp_path: Path) -> OpenDesign:
    return new_design(tmp_path / "shop", text=TEXT)


def test_a_change_saves_its_own_lines(shop: OpenDesign) -> None:
    before = shop.text()
    design = shop.update(
        Set("copy", "about", "One physical book."),
        Insert("copy", "attributes", {"id": "note", "type": "text"}),
        Move("book", "copy"),
        Set("", "name", "Bookshop"),
    )
    after = shop.text()
    assert design == shop.design == open_design(shop.where).design
    assert [entity.id for entity in design.database.entities] == ["book", "copy"]
    assert "name: Bookshop   # as on the door" in after
    assert "version: 1.10" in after
    assert set(before.splitlines()) - set(after.splitlines()) == {"name: Shop   # as on the door"}


def test_a_new_id_is_written_where_it_is_used_and_nowhere_else(shop: OpenDesign) -> None:
    shop.update(Insert("book", "attributes", {"id": "first", "type": "reference", "to": "copy"}))
    before = shop.text().splitlines()
    shop.update(Set("copy", "id", "item"))
    differing = [line for old, line in zip(before, shop.text().splitlines(), strict=True) if old != line]
    assert differing == ["    - id: item", "        - {id: first, type: reference, to: item}"]


def test_a_version_is_text_as_it_was_typed(shop: OpenDesign) -> None:
    assert shop.design.version == "1.10"


def test_two_people_keep_both_their_changes(shop: OpenDesign) -> None:
    other = open_design(shop.where)
    assert other.design.name == "Shop"
    shop.update(Set("copy", "name", "Copy"))
    other.update(Set("book", "name", "Book"))
    assert [entity.name for entity in shop.design.database.entities] == ["Copy", "Book"]


def test_a_change_of_what_somebody_deleted_is_one_sentence_and_saves_nothing(shop: OpenDesign) -> None:
    open_design(shop.where).update(Delete("book"))
    before = shop.text()
    with pytest.raises(UserError, match=r"^There is no 'book' in the design \(any more\)"):
        shop.update(Set("copy", "name", "Copy"), Set("book", "name", "Book"))
    assert shop.text() == before


def test_an_edit_in_an_editor_is_seen_at_once(shop: OpenDesign) -> None:
    file = Path(shop.where) / "design.yaml"
    assert shop.design.name == "Shop"
    file.write_text(TEXT.replace("Shop", "Library"), encoding="utf-8")
    assert shop.design.name == "Library"
    first = shop.design
    assert shop.design is first, "nothing is read again while nothing changed"


def test_wrong_values_are_named_with_their_line_and_never_saved(shop: OpenDesign) -> None:
    with pytest.raises(DesignError) as caught:
        shop.update(Set("copy", "attributes", "none"))
    assert str(caught.value).startswith(
        "Not saved: 1 value cannot be read.\n  database.entities[0].attributes: found 'none'"
    )
    with pytest.raises(
        DesignError, match=r"line 9: database\.entities\[0\]\.attributes\[0\]\.key: found 'maybe'"
    ):
        shop.replace(TEXT.replace("key: true", "key: maybe"))
    with pytest.raises(DesignError, match="line 2: found"):
        shop.replace(TEXT.replace("Shop ", "Shop: x "))
    assert shop.text() == TEXT


def test_a_broken_file_opens_as_a_sentence_and_works_again_once_mended(shop: OpenDesign) -> None:
    file = Path(shop.where) / "design.yaml"
    file.write_text("name: [\n", encoding="utf-8")
    with pytest.raises(DesignError, match=r"design\.yaml: 1 value cannot be read"):
        _ = shop.design
    with pytest.raises(DesignError):
        shop.update(Set("", "name", "x"))
    assert file.read_text(encoding="utf-8") == "name: [\n"
    assert shop.replace(TEXT).name == "Shop"


def test_lines_of_paths(shop: OpenDesign) -> None:
    assert shop.line(("database", "entities", 0, "attributes", 1, "type")) == 10
    assert shop.line(("database", "entities", 1)) == 11
    assert shop.line(("database", "entities", 1, "attributes", 0)) == 11
    assert shop.line(("api",)) == 1


def test_notes_are_kept_as_they_are_and_only_for_chapters(shop: OpenDesign) -> None:
    assert shop.notes("api") == ""
    shop.write_notes("api", "We speak REST.\r\n\r\nAnd ümlauts.")
    assert shop.notes("api") == "We speak REST.\r\n\r\nAnd ümlauts."
    with pytest.raises(UserError, match=r"^There is no chapter '\.\./secrets', there are: requirements, "):
        shop.write_notes("../secrets", "")


def test_evidence_is_appended_and_a_line_broken_by_a_crash_is_passed_over(shop: OpenDesign) -> None:
    assert shop.evidence() == ()
    shop.append_evidence(EVIDENCE)
    file = Path(shop.where) / "evidence.jsonl"
    with file.open("a", encoding="utf-8") as broken:
        broken.write('{"requirement": "Q1", "val')
    assert shop.evidence() == (EVIDENCE,)
    shop.append_evidence(EVIDENCE)
    assert shop.evidence() == (EVIDENCE, EVIDENCE)
    assert json.loads(file.read_text(encoding="utf-8").splitlines()[-1])["requirement"] == "Q1"


def test_assets_come_from_assets_alone(shop: OpenDesign) -> None:
    folder = Path(shop.where) / "assets"
    folder.mkdir()
    (folder / "logo.png").write_bytes(b"png")
    assert shop.asset("logo.png") == b"png"
    assert shop.asset("none.png") is None
    assert shop.asset("../design.yaml") is None
    assert shop.asset("a\0b") is None
    assert shop.asset("x" * 5_000) is None


def test_a_copy_holds_texts_evidence_and_assets_and_leaves_the_original_alone(
    shop: OpenDesign, tmp_path: Path
) -> None:
    (Path(shop.where) / "assets").mkdir()
    (Path(shop.where) / "assets" / "logo.png").write_bytes(b"png")
    (Path(shop.where) / "out").mkdir()
    shop.write_notes("api", "REST")
    shop.append_evidence(EVIDENCE)
    copy = shop.copy_to(tmp_path / "deep" / "copy")
    copy.update(Set("", "name", "Copy"))
    assert (copy.notes("api"), copy.evidence(), copy.asset("logo.png")) == ("REST", (EVIDENCE,), b"png")
    assert shop.design.name == "Shop"
    assert not copy.out.exists()
    with pytest.raises(UserError, match="holds a design already"):
        shop.copy_to(tmp_path / "deep" / "copy")


def test_a_folder_keeps_no_history_and_says_what_does(shop: OpenDesign) -> None:
    for ask in (shop.history, lambda: shop.restore(1)):
        with pytest.raises(UserError, match=r"^A design in a folder keeps no history of its own: use git"):
            ask()


def test_a_new_design_is_the_blank_one(tmp_path: Path, repository: Path) -> None:
    blank = (repository / "data" / "blank" / "design.yaml").read_text(encoding="utf-8")
    assert new_design(tmp_path / "new").text().splitlines() == blank.splitlines()[1:]


def test_within_the_repository_its_first_line_names_the_schema(repository: Path) -> None:
    with TemporaryDirectory(dir=repository / "tests" / "store") as folder:
        line = new_design(Path(folder) / "shop").text().splitlines()[0]
    schema = line.removeprefix("# yaml-language-server: $schema=")
    assert schema == "../../../../data/design.schema.json"


def test_worked_designs_survive_being_dumped(repository: Path) -> None:
    for file in sorted((repository / "data").glob("*/design.yaml")):
        design = open_design(file.parent).design
        assert new_design_of(dump(design)) == design.values()


def new_design_of(text: str) -> dict[str, object]:
    values: dict[str, object] = read(text)
    return values


def test_thousands_of_wrong_values_are_refused_in_seconds_and_few_of_them_told(tmp_path: Path) -> None:
    tmp_path.joinpath("design.yaml").write_text("".join(f"k{n}: 1\n" for n in range(5_000)), encoding="utf-8")
    began = time.monotonic()
    with pytest.raises(DesignError, match=r"(?s)line 50: k49: .* and more: mend"):
        open_design(tmp_path).design  # noqa: B018
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "change",
    [Set("", "name.x", "y"), Set("", "database.entities.0", "y"), Insert("", "name", {"id": "x"}), "x"],
)
def test_a_change_that_leads_nowhere_is_one_sentence(shop: OpenDesign, change: Any) -> None:
    before = shop.text()
    with pytest.raises(UserError, match=r"leads nowhere: name a field|'x' is no change, allowed are Set"):
        shop.update(change)
    assert shop.text() == before


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\ud800", "\uffff"])
def test_a_sign_that_no_text_needs_comes_in_neither_as_an_escape_nor_as_a_change(
    shop: OpenDesign, sign: str
) -> None:
    with pytest.raises(DesignError, match=rf"name: found the sign U\+{ord(sign):04X}, which no text needs"):
        shop.update(Set("", "name", f"a{sign}b"))
    with pytest.raises(DesignError, match=r"line 2: name: found the sign U\+0000, which no text needs"):
        shop.replace('format: 1\nname: "a\\0b"\n')


def test_a_worked_design_that_is_not_there_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="bookshop"):
        new_design(tmp_path / "shop", template="bokshop")


def test_at_the_end_of_a_cell_it_says_what_it_is_and_where(shop: OpenDesign, repository: Path) -> None:
    assert repr(shop) == f"Shop in {shop.where}"
    assert repr(open_design(repository / "data" / "bookshop")) == "Bookshop in data/bookshop"
    shop.store.write("design.yaml", "name: [", shop.store.read("design.yaml")[1], "")
    assert repr(shop) == f"A design that cannot be read in {shop.where}"


def test_a_worked_design_is_read_and_never_changed(repository: Path) -> None:
    folder = repository / "data" / "bookshop"
    worked = open_design(folder)
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    for change in (
        lambda: worked.update(Set("R7", "priority", "should")),
        lambda: worked.replace(worked.text()),
        lambda: worked.write_notes("api", "REST"),
        lambda: worked.append_evidence(EVIDENCE),
    ):
        with pytest.raises(UserError, match=r"stays as it is: make a copy .*work/first-steps"):
            change()
    assert worked.design.find("R7")
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before
