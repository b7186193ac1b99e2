"""A folder with a scaffold in it: a file that a person edited is never overwritten, and what differs is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from backendkit.model import Design, UserError
from backendkit.scaffold import compare_scaffold, write_scaffold

ONE = {"id": "book", "attributes": [{"id": "isbn", "type": "text", "key": True}]}
TWO = {"id": "copy", "attributes": [{"id": "number", "type": "uuid", "key": True}]}


CALL = {"id": "burn", "method": "POST", "path": "/burn", "does": "burns one", "takes": [{"id": "why"}]}


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
    assert "service/models.py" in again.written
    assert again.removed == ("service/routers/books.py",)
    assert not (tmp_path / "service/routers/books.py").exists()


def test_an_edited_file_is_left_and_what_the_design_changes_in_it_stands_beside_it(tmp_path: Path) -> None:
    write_scaffold(design(ONE), tmp_path)
    for name in ("models.py", "routers/books.py"):
        (tmp_path / "service" / name).write_text("# mine\n", encoding="utf-8")
    assert write_scaffold(design(ONE), tmp_path).left == ("service/models.py", "service/routers/books.py")
    again = write_scaffold(design(TWO), tmp_path)
    assert (again.merge, again.left) == (("service/models.py",), ())
    assert "merge service/models.py.new, then delete it" in str(again)
    assert "class Copy(Base)" in (tmp_path / "service/models.py.new").read_text(encoding="utf-8")
    for name in ("models.py", "routers/books.py"):
        assert (tmp_path / "service" / name).read_text(encoding="utf-8") == "# mine\n"
    assert write_scaffold(design(TWO), tmp_path).left == ("service/models.py",)


def test_a_call_is_the_teams_own_file_written_once_and_a_later_one_gets_its_own(tmp_path: Path) -> None:
    write_scaffold(with_calls(CALL), tmp_path)
    file = tmp_path / "service/logic/burn.py"
    assert "async def burn(request: Request, body: schemas.BurnBody)" in file.read_text(encoding="utf-8")
    file.write_text("# mine\n", encoding="utf-8")
    again = write_scaffold(
        with_calls({**CALL, "does": "buries one"}, {**CALL, "id": "save", "path": "/save"}), tmp_path
    )
    assert "service/logic/save.py" in again.written
    assert (again.left, again.merge) == ((), ())
    write_scaffold(design(ONE), tmp_path)
    assert file.read_text(encoding="utf-8") == "# mine\n"


def with_calls(*calls: dict[str, object]) -> Design:
    values = design(ONE).values()
    values["api"]["endpoints"] = list(calls)
    return Design.load(values)


def test_a_comparison_prints_what_would_be_written_and_changes_nothing(tmp_path: Path) -> None:
    write_scaffold(design(ONE), tmp_path)
    assert compare_scaffold(design(ONE), tmp_path).same
    (tmp_path / "service/core.py").write_text("# mine\n", encoding="utf-8")
    found = compare_scaffold(design(ONE), tmp_path)
    assert (found.same, str(found).splitlines()[0]) == (True, "service/core.py: left as you edited it.")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    found = compare_scaffold(design(TWO), tmp_path)
    assert not found.same
    told = str(found).splitlines()
    assert "--- service/models.py" in told
    assert any(line.startswith("-class Book(Base):") for line in told)
    assert any(line.startswith("+class Copy(Base):") for line in told)
    assert "service/routers/books.py: would be taken away, the design has no use for it." in told
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_comparison_is_not_the_same_until_what_waits_is_merged(tmp_path: Path) -> None:
    write_scaffold(design(ONE), tmp_path)
    (tmp_path / "service/models.py").write_text("# mine\n", encoding="utf-8")
    assert "you edited it, and the design changes it" in str(compare_scaffold(design(TWO), tmp_path))
    write_scaffold(design(TWO), tmp_path)
    found = compare_scaffold(design(TWO), tmp_path)
    assert (found.same, found.waiting) == (False, ("service/models.py",))
    (tmp_path / "service/models.py.new").unlink()
    assert compare_scaffold(design(TWO), tmp_path).same


def test_a_comparison_with_no_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"There is no folder .*: write the scaffold there first"):
        compare_scaffold(design(ONE), tmp_path / "nowhere")


def test_files_that_stood_there_before_are_left(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Ours", encoding="utf-8")
    assert write_scaffold(design(ONE), tmp_path).merge == ("README.md",)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "Ours"


def test_other_line_ends_are_no_edit(tmp_path: Path) -> None:
    write_scaffold(design(ONE), tmp_path)
    tables = tmp_path / "service/models.py"
    tables.write_bytes(tables.read_bytes().replace(b"\n", b"\r\n"))
    assert write_scaffold(design(TWO), tmp_path).merge == ()


def test_a_broken_list_of_hashes_overwrites_nothing(tmp_path: Path) -> None:
    write_scaffold(design(ONE), tmp_path)
    (tmp_path / ".backendkit.json").write_text("[", encoding="utf-8")
    assert "service/models.py" in write_scaffold(design(TWO), tmp_path).merge


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match="cannot be written"):
        write_scaffold(design(ONE), tmp_path / "file")
