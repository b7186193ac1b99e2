"""Every notebook runs from top to bottom on the worked design, on the blank one and on one read from a database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from shutil import copytree
from typing import Any

import nbformat
import pytest

from backendkit.readers import read_system
from backendkit.runner import NotebookFailed, run_notebook
from backendkit.store import OpenDesign, dump, new_design, open_design

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
LIBRARY = """
CREATE TABLE "Shelf Mark" ("Shelf No" INTEGER PRIMARY KEY, "Above" INTEGER REFERENCES "Shelf Mark" ("Shelf No"));
CREATE TABLE loan (book TEXT NOT NULL, copy INTEGER NOT NULL, due DATE, PRIMARY KEY (book, copy));
CREATE TABLE fine (id INTEGER PRIMARY KEY, book TEXT, copy INTEGER, amount DECIMAL(10, 2) CHECK (amount >= 0),
                   FOREIGN KEY (book, copy) REFERENCES loan (book, copy));
CREATE TABLE note (text TEXT);
CREATE VIEW late AS SELECT * FROM loan WHERE due < DATE('now');
"""


def worked(folder: Path) -> OpenDesign:
    return open_design(ROOT / "data" / "bookshop").copy_to(folder)


def blank(folder: Path) -> OpenDesign:
    return new_design(folder)


def imported(folder: Path) -> OpenDesign:
    source = folder.with_suffix(".sqlite")
    with sqlite3.connect(source) as connection:
        connection.executescript(LIBRARY)
    connection.close()
    return new_design(folder, text=dump(read_system(str(source)).design))


def chinook(folder: Path) -> OpenDesign:
    return new_design(folder, text=dump(read_system(str(REAL)).design))


REAL = ROOT.parent / "shared" / "real" / "chinook.sqlite"
DOCUMENT = "11_document"
"""It makes a whole document: on the worked design for every push, on the others by `prove`."""
DESIGNS = (worked, blank, imported)


def cases() -> Iterator[Any]:
    for name in NAMES:
        yield pytest.param(name, DESIGNS[:1] if name == DOCUMENT else DESIGNS, id=name)
        for kind in (*(DESIGNS[1:] if name == DOCUMENT else ()), *([chinook] if REAL.exists() else ())):
            yield pytest.param(name, [kind], marks=pytest.mark.long, id=f"{name}-{kind.__name__}")


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """The notebooks in a folder of their own, so that what they make under work/ stays there."""
    return Path(copytree(ROOT / "notebooks", tmp_path / "notebooks"))


@pytest.mark.parametrize(("name", "kinds"), list(cases()))
def test_it_runs_from_top_to_bottom_and_changes_nothing_in_the_design(
    name: str, kinds: Sequence[Callable[[Path], OpenDesign]], workbook: Path
) -> None:
    opened = [kind(workbook.parent / f"design-{kind.__name__}") for kind in kinds]
    before = [each.text() for each in opened]
    whole = in_turn(workbook / f"{name}.ipynb", [each.where for each in opened])
    notebook = run_notebook(whole, {"folder": opened[0].where})
    assert [(each.text(), each.evidence()) for each in opened] == [(text, ()) for text in before]
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        assert output.get("name") != "stderr", output.text
        if "image/svg+xml" in output.get("data", {}):
            assert output.metadata["designdoc"]["caption"]
            assert output.metadata["designdoc"]["alt"]
    if name == DOCUMENT:
        (outputs,) = [cell.outputs for cell in notebook.cells if cell.id == "document"]
        results = [output for output in outputs if output.output_type != "stream"]
        assert len(results) == 1, f"the document lacks something: {results[1:]}"


def in_turn(path: Path, folders: Sequence[str]) -> Path:
    """The notebook as often as there are designs, one behind the other: a kernel takes seconds to start."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [
        cell if folder == folders[0] else again(cell, folder, turn)
        for turn, folder in enumerate(folders)
        for cell in notebook.cells
    ]
    nbformat.write(notebook, path)
    return path


def again(cell: Any, folder: str, turn: int) -> Any:
    """A cell once more, for another design."""
    tags = cell.metadata.get("tags", [])
    copy = nbformat.from_dict({**deepcopy(cell), "id": f"{cell.id}-{turn}"})
    if "parameters" in tags:
        copy.source, copy.metadata = f"folder = {folder!r}", {}
    return copy


def test_a_design_behind_a_database_address_runs_too(workbook: Path) -> None:
    where = f"sqlite:///{(workbook.parent / 'team.db').as_posix()}#shop"
    worked(workbook.parent / "design").copy_to(where)
    notebook = run_notebook(workbook / "01_requirements.ipynb", {"folder": where})
    assert "Double the monthly sales" in str(notebook.cells)


def test_a_wrong_folder_gets_one_sentence_and_no_traceback(workbook: Path) -> None:
    with pytest.raises(NotebookFailed, match="There is no design in") as caught:
        run_notebook(workbook / "01_requirements.ipynb", {"folder": "nowhere"})
    (shown,) = [
        output.traceback
        for cell in caught.value.partial.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    assert len("".join(shown).splitlines()) == 1
