"""FACILITATOR.md says what is true: the agenda is that of the path, commands, notebooks, buttons and links are there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from backendkit import cli
from backendkit.grading import names
from backendkit.room.paths import agenda, path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "FACILITATOR.md"
TEXT = FILE.read_text(encoding="utf-8")
PARTS = ROOT / "backendkit" / "room" / "static"


def left_out() -> str:
    return "\n".join(f"- *{one.what}*: {one.why}" for one in path("workshop").left_out)


def course() -> str:
    lines = [
        f"| {number} | **{session.title}** | {'; '.join(step.title for step in session.steps)} | {session.home} |"
        for number, session in enumerate(path("course").sessions, 1)
    ]
    return "\n".join(["| | Session | Steps | At home |", "| --- | --- | --- | --- |", *lines])


@pytest.mark.parametrize(
    ("name", "write"),
    [("agenda", lambda: agenda(path("workshop"))), ("left out", left_out), ("course", course)],
)
def test_what_is_written_from_the_paths_is_what_they_say(
    request: pytest.FixtureRequest, name: str, write: Callable[[], str]
) -> None:
    between = re.compile(rf"(?s)(<!-- {name} -->\n).*?(<!-- /{name} -->)")
    new = f"\n{write()}\n\n"
    if request.config.getoption("--update-golden"):
        text = FILE.read_text(encoding="utf-8")
        text = between.sub(lambda found: found[1] + new + found[2], text)
        FILE.write_text(text, encoding="utf-8", newline="\n")
    written = [found[0] for found in between.finditer(FILE.read_text(encoding="utf-8"))]
    assert written == [f"<!-- {name} -->\n{new}<!-- /{name} -->"], "run with --update-golden"


def test_every_command_is_one_that_exists() -> None:
    words = set(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]
    help = (ROOT / "run.py").read_text(encoding="utf-8").partition('HELP = """')[2].partition('"""')[0]
    tasks = set(re.findall(r"^  python3 run\.py ([a-z]+) ", help, re.MULTILINE))
    assert set(re.findall(r"python3 run\.py (\w+)", TEXT)) <= words | tasks


def test_it_says_two_sentences_for_each_notebook_of_the_workshop() -> None:
    for step in path("workshop").steps:
        if step.notebook:
            said = re.findall(rf'(?m)^- \*\*{step.title.partition(":")[0]}\.\*\* "(.+)"$', TEXT)
            assert [len(re.findall(r"[.!?](?= |$)", one)) for one in said] == [2], step.title


def test_the_files_and_exercises_it_names_are_there() -> None:
    for file in re.findall(r"`((?:backendkit|notebooks)/[\w./]+)`", TEXT):
        assert (ROOT / file).is_file(), file
    assert set(re.findall(r'(?:exercise|handout)\("([^"]+)"\)', TEXT)) <= set(names())


def test_the_buttons_of_the_board_are_called_so() -> None:
    script = (PARTS / "teams.js").read_text(encoding="utf-8")
    for button in ("Make all PDFs", "Save the zip", "Stop", "Picture"):
        assert f"**{button}**" in re.sub(r"\s+", " ", TEXT)
        assert f'"{button}"' in script


def test_what_is_read_out_at_the_end_of_a_time_box_is_what_the_notebook_says() -> None:
    said = ("Time is up.", " Write what is open into Open questions: a question written down is a result.")
    assert "".join(said) in re.sub(r"\s+", " ", TEXT)
    script = (PARTS / "way.js").read_text(encoding="utf-8")
    assert all(f'"{part}"' in script for part in said)
