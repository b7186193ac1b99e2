"""Writing the scaffold: a file that a person edited is never overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from backendkit.model import Design, UserError
from backendkit.scaffold import write_scaffold

ONE = {"id": "book", "attributes": [{"id": "isbn", "type": "text", "key": True}]}
TWO = {"id": "copy", "attributes": [{"id": "number", "type": "uuid", "key": True}]}


def design(*entities: dict[str, object]) -> Design:
    resources = [{"id": f"{each['id']}s", "entity": each["id"], "operations": ["list"]} for each in entities]
    return Design.load({"database": {"entities": list(entities)}, "api": {"resources": resources}})


def test_a_first_time_writes_everything_and_a_second_time_nothing(tmp_path: Path) -> None:
    first = write_scaffold(design(ONE), tmp_path)
    assert "service/routers/books.py" in first.written
    assert (tmp_path / "service/app.py").is_file()
    second = write_scaffold(design(ONE), tmp_path)
    assert (second.written, second.left, second.removed) == ((), (), ())


def test_a_changed_design_rewrites_what_nobody_edited_and_removes_what_is_gone(tmp_path: Path) -> None:
    write_scaffold(design(ONE), tmp_path)
    again = write_scaffold(design(TWO), tmp_path)
    assert "service/tables.py" in again.written
    assert again.removed == ("service/routers/books.py",)
    assert not (tmp_path / "service/routers/books.py").exists()


def test_edited_files_are_left_and_named(tmp_path: Path) -> None:
    write_scaffold(design(ONE), tmp_path)
    for name in ("tables.py", "routers/books.py"):
        (tmp_path / "service" / name).write_text("# mine\n", encoding="utf-8")
    again = write_scaffold(design(TWO), tmp_path)
    assert again.left == ("service/tables.py",)
    assert "service/tables.py" in str(again)
    for name in ("tables.py", "routers/books.py"):
        assert (tmp_path / "service" / name).read_text(encoding="utf-8") == "# mine\n"
    assert write_scaffold(design(TWO), tmp_path).left == ("service/tables.py",)


def test_the_teams_own_file_is_written_once(tmp_path: Path) -> None:
    write_scaffold(design(ONE), tmp_path)
    changed = design(ONE).values()
    changed["api"]["endpoints"] = [{"id": "burn", "method": "POST", "path": "/burn"}]
    again = write_scaffold(Design.load(changed), tmp_path)
    assert again.left == ("service/endpoints.py",)
    assert "burn" not in (tmp_path / "service/endpoints.py").read_text(encoding="utf-8")


def test_files_that_stood_there_before_are_left(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Ours", encoding="utf-8")
    assert write_scaffold(design(ONE), tmp_path).left == ("README.md",)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "Ours"


def test_other_line_ends_are_no_edit(tmp_path: Path) -> None:
    write_scaffold(design(ONE), tmp_path)
    tables = tmp_path / "service/tables.py"
    tables.write_bytes(tables.read_bytes().replace(b"\n", b"\r\n"))
    assert write_scaffold(design(TWO), tmp_path).left == ()


def test_a_broken_list_of_hashes_overwrites_nothing(tmp_path: Path) -> None:
    write_scaffold(design(ONE), tmp_path)
    (tmp_path / ".backendkit.json").write_text("[", encoding="utf-8")
    assert "service/tables.py" in write_scaffold(design(TWO), tmp_path).left


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match="cannot be written"):
        write_scaffold(design(ONE), tmp_path / "file")
