"""Every notebook runs from top to bottom on the worked design, on the blank one and on one read from a database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from backendkit.readers import read_system
from backendkit.runner import run_notebooks
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
KINDS = [worked, blank, imported, *([chinook] if REAL.exists() else [])]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Any], tuple[OpenDesign, str, dict[str, Any]]]:
    """Give, for a kind of design, the design, its text before, and what became of each notebook."""

    @cache
    def run(kind: Callable[[Path], OpenDesign]) -> tuple[OpenDesign, str, dict[str, Any]]:
        folder = tmp_path_factory.mktemp(kind.__name__)
        copytree(ROOT / "notebooks", folder / "notebooks")
        opened = kind(folder / "design")
        before = opened.text()
        files = [folder / "notebooks" / f"{name}.ipynb" for name in NAMES]
        outcomes = run_notebooks(files, {"folder": str(folder / "design")})
        return opened, before, dict(zip(NAMES, outcomes, strict=True))

    return run


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_it_runs_from_top_to_bottom(name: str, kind: Any, runs: Any) -> None:
    outcome = runs(kind)[2][name]
    assert not isinstance(outcome, Exception), str(outcome)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_run_changes_nothing_in_the_design(kind: Any, runs: Any) -> None:
    opened, before, _ = runs(kind)
    assert opened.text() == before
    assert not opened.evidence()


def test_the_first_steps_keep_away_from_the_design_that_was_opened(runs: Any) -> None:
    opened, _, _ = runs(worked)
    steps = Path(opened.where).parent / "work"
    assert open_design(steps / "first-steps").design.find("book.language") is None
    assert open_design(steps / "first-steps-before").design.find("book.language")
    assert list((steps / "first-steps-before" / "out").glob("*.pdf"))


def test_no_result_warns_and_every_picture_and_table_has_its_words(runs: Any) -> None:
    for name, notebook in runs(worked)[2].items():
        for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
            assert output.get("name") != "stderr", (name, output.text)
            about = output.get("metadata", {}).get("designdoc", {})
            if "image/svg+xml" in output.get("data", {}):
                assert about["caption"]
                assert about["alt"]
