"""README and CONTRIBUTING say what is there: every command parses, every word is named, the maps match the tree."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import typer

from backendkit import cli

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
HELP = (ROOT / "run.py").read_text(encoding="utf-8").partition('HELP = """')[2].partition('"""')[0]
TASKS = set(re.findall(r"^  python3 run\.py ([a-z]+) ", HELP, re.MULTILINE)) - {"document"}


def lines(text: str) -> list[str]:
    """What stands behind each `python3 run.py` of a text, in a block or in a line, without its comment."""
    found = re.findall(r"(?:python3|py) run\.py ([^\n`#]*?)\s*(?=#|\n|`)", text)
    return [f"{words} data/bookshop" if words == "document" else words for words in found]


def blocks(text: str) -> list[str]:
    """The fenced blocks that are maps of the tree."""
    return [block for block in text.split("```")[1::2] if block.startswith("\n")]


def left(block: str) -> set[str]:
    return {word for line in block.splitlines() for word in line.partition("  ")[0].split()}


@pytest.mark.parametrize("line", lines(README + CONTRIBUTING))
def test_every_command_is_one_that_exists(line: str) -> None:
    word, *rest = shlex.split(line)
    if word not in TASKS:
        with COMMANDS[word].make_context(word, rest):
            pass


def test_every_word_and_every_task_is_named() -> None:
    assert {line.partition(" ")[0] for line in lines(README)} == COMMANDS.keys() | TASKS


def test_the_map_shows_the_tree() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    there = {file.name + "/" * file.is_dir() for file in ROOT.iterdir() if not file.name.startswith(".")} - {
        "README.md",
        *ignored,
    }
    assert left(blocks(README)[0]) == {name for name in there if not name.endswith(".egg-info/")}


def test_the_map_shows_the_package() -> None:
    package = ROOT / "backendkit"
    rooms = {
        file.stem for file in package.iterdir() if file.suffix == ".py" or (file / "__init__.py").exists()
    }
    assert left(blocks(README)[1]) == rooms - {"__init__"}


def test_every_link_leads_somewhere() -> None:
    for name, text in (("README.md", README), ("CONTRIBUTING.md", CONTRIBUTING)):
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert "://" in link or (ROOT / link).exists(), f"{name}: {link}"


@pytest.mark.long
def test_every_command_of_the_readme_works(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("out"))
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as database:
        database.execute("CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT)")
    for word, *rest in map(shlex.split, lines(README)):
        if word in COMMANDS:
            command = [sys.executable, "-m", "backendkit.cli", word, *rest]
            code = served(command, tmp_path) if word == "serve" else subprocess.call(command, cwd=tmp_path)
            assert code in ((0, 1) if word == "check" else (0,)), f"{word} {rest}"
    for file in (
        "work/er.svg",
        "work/openapi.json",
        "data/bookshop/out/bookshop.pdf",
        "data/bookshop/out/bookshop.html",
    ):
        assert (tmp_path / file).stat().st_size > 1000, file


def served(command: list[str], folder: Path) -> int:
    """Start a server, wait for its address, stop it as Ctrl+C does; 0 when it said where it is."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = any("http://127.0.0.1:" in line for line in process.stdout)
        process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
    return 0 if said else 1
