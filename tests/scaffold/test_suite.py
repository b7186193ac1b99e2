"""The scaffold's own tests pass in a fresh folder, and fail where the service does not keep its promises."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from backendkit.model import Design
from backendkit.scaffold import write_scaffold
from backendkit.store import open_design
from tests.scaffold.guarded import GUARDED
from tests.scaffold.hostile import AWKWARD, everything

REPOSITORY = Path(__file__).parents[2]
WORKED = sorted(path.parent.name for path in (REPOSITORY / "data").glob("*/design.yaml"))


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def tried(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(folder, "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist")


@pytest.fixture
def guarded(tmp_path: Path) -> Path:
    """The guarded shop, written fresh."""
    return write_scaffold(Design.load(GUARDED), tmp_path / "shop").folder


@pytest.mark.long
@pytest.mark.parametrize("name", WORKED)
def test_the_tests_of_a_worked_design_pass(name: str, tmp_path: Path) -> None:
    write_scaffold(open_design(REPOSITORY / "data" / name).design, tmp_path)
    done = tried(tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, marks=[] if text == AWKWARD[0] else [pytest.mark.long])
        for text in AWKWARD
        if len(text) < 100
    ],
)
def test_the_tests_of_a_design_full_of_awkward_text_pass(text: str, tmp_path: Path) -> None:
    write_scaffold(everything(text), tmp_path)
    done = tried(tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.long
def test_the_tests_of_a_guarded_design_pass_and_notice_a_gate_that_stands_open(guarded: Path) -> None:
    done = tried(guarded)
    assert done.returncode == 0, done.stdout
    security = guarded / "service" / "security.py"
    text = security.read_text(encoding="utf-8")
    line = 'raise unknown("This call needs a login.")'
    assert line in text
    security.write_text(text.replace(line, "return"), encoding="utf-8")
    done = tried(guarded)
    assert done.returncode == 1
    assert "test_nobody_gets_in_without_a_token" in done.stdout


@pytest.mark.long
def test_they_notice_a_move_that_the_design_does_not_have(guarded: Path) -> None:
    states = guarded / "service" / "states.py"
    text = states.read_text(encoding="utf-8")
    assert 'Move("shutting", "open", "shut")' in text
    states.write_text(text.replace('"open", "shut")', '"shut", "open")'), encoding="utf-8")
    done = tried(guarded)
    assert done.returncode == 1
    assert "refuses_a_wrong_move" in done.stdout


@pytest.mark.long
def test_the_tests_are_clean_for_ruff_mypy_and_bandit(guarded: Path) -> None:
    cache = Path(tempfile.gettempdir()) / "backendkit-mypy-suite"
    for words in (
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--no-cache", "--check", "."],
        ["mypy", f"--cache-dir={cache}"],
        ["bandit", "-q", "-r", "-c", "pyproject.toml", "service", "tests"],
    ):
        done = run(guarded, *words)
        assert done.returncode == 0, done.stdout
