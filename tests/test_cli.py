"""The command line: the same verbs, one sentence for an error, 1 for a wrong design, 2 for wrong use."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from backendkit import cli

ROOT = Path(__file__).parents[1]
VERBS = (
    "new",
    "import",
    "check",
    "draw",
    "export",
    "serve",
    "attack",
    "scaffold",
    "document",
    "rules",
    "doctor",
)


@dataclass
class Answer:
    code: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*words: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["backendkit", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Answer(int(ended.value.code or 0), out, err)

    return call


@pytest.fixture
def design(tmp_path: Path, run: Run) -> Path:
    """A new design folder."""
    assert run("new", tmp_path / "shop").code == 0
    return tmp_path / "shop"


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_every_verb_has_an_example(run: Run, verb: str) -> None:
    answer = run(verb, "--help")
    assert answer.code == 0
    assert f"Example: backendkit {verb}" in answer.out


@pytest.mark.parametrize(
    "words",
    [
        ("nope",),
        ("check",),
        ("draw", "x", "poster"),
        ("export", "x", "word"),
        ("check", "x", "--format", "xml"),
        ("serve", "x", "--port", "99999"),
        ("document", "x", "--to", "docx"),
        ("rules", "XYZ999"),
        ("check", "no/such/folder"),
        ("check", "x" * 5_000),
        ("check", "~nobody-of-that-name"),
        ("import", "no/such/file.sqlite", "y"),
        ("import", "mysterious://host/base", "y"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(run: Run, words: tuple[str, ...]) -> None:
    answer = run(*words)
    assert answer.code == 2
    assert len(answer.err.strip().splitlines()) == 1
    assert answer.out == ""


def test_a_new_design_opens_and_is_never_overwritten(run: Run, design: Path) -> None:
    before = (design / "design.yaml").read_bytes()
    again = run("new", design)
    assert again.code == 2
    assert "holds a design already" in again.err
    assert (design / "design.yaml").read_bytes() == before


def test_check_ends_with_1_when_something_is_found(run: Run, design: Path) -> None:
    (design / "design.yaml").write_text(
        "format: 1\ndatabase:\n  entities:\n    - id: book\n", encoding="utf-8"
    )
    answer = run("check", design)
    assert answer.code == 1
    assert "book" in answer.out


def test_check_as_json_is_for_programs(run: Run, design: Path) -> None:
    (design / "design.yaml").write_text(
        "format: 1\ndatabase:\n  entities:\n    - id: book\n", encoding="utf-8"
    )
    findings = json.loads(run("check", design, "--format", "json").out)
    assert {"code", "at", "message", "line"} <= set(findings[0])


MISTAKES = """\
format: 1
name: [Shop]
version: {major: 1}
nmae: Shop
authors: Kim
scope: [databse]
requirements:
  stakeholders: reader
  functional:
    - id: R1
      priority: urgent
      acceptance: it works
    - R2
  quality:
    - id: Q1
      characteristic: speed
      scenario: slow
    - id: Q2
      measur: x
architecture:
  style: big
  elements:
    - {id: shop, kind: box}
    - {id: data, external: perhaps}
  decisions:
    - {id: D1, criteria: [{id: c, weight: heavy}]}
database:
  engine: postgres
  entities:
    - id: book
      attributes:
        - {id: isbn, type: varchar(13)}
        - {id: pages, type: integer, key: maybe}
      volume: {rows: many}
api:
  pagination: {by: offset, size: 0}
  resources:
    - {id: books, operations: [read]}
"""
WRONG_LINES = {2, 3, 4, 5, 6, 8, 11, 12, 13, 16, 17, 19, 21, 23, 24, 26, 28, 32, 33, 34, 36, 38}


def test_twenty_two_mistakes_are_told_at_once_each_with_its_line_and_what_is_allowed(
    run: Run, design: Path
) -> None:
    (design / "design.yaml").write_text(MISTAKES, encoding="utf-8")
    answer = run("check", design)
    assert answer.code == 1
    told = [line for line in answer.err.splitlines() if line.startswith("  ")]
    assert {int(re.findall(r"line (\d+)", line)[0]) for line in told} == WRONG_LINES
    assert all("allowed" in line for line in told)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: b: c\n", "line 1"),
        ("name: Shop\nname: Other\n", "line 2"),
        ("name: &a Shop\n", "names (&)"),
        ("name: !!python/object:os.system x\n", "tags (!)"),
        ("- " * 20_000, "levels"),
        ("name: 'Shop\n", "line"),
        ("api:\n\tbase: /v1\n", "indent with blanks, not with a tab"),
        ("a: 1\n---\nb: 2\n", "document"),
        ("name: Shop\n" + "# filler\n" * 1_000_000, "allowed are 4,000,000"),
    ],
)
def test_broken_or_hostile_yaml_gets_one_sentence(run: Run, design: Path, text: str, words: str) -> None:
    (design / "design.yaml").write_text(text, encoding="utf-8")
    answer = run("check", design)
    assert answer.code == 1
    assert words in answer.err


@pytest.mark.parametrize("ending", ["svg", "pdf", "png"])
@pytest.mark.parametrize("what", ["er", "context", "container", "states"])
def test_every_picture_is_drawn_in_every_form_also_of_an_empty_design(
    run: Run, design: Path, what: str, ending: str
) -> None:
    target = design / f"picture.{ending}"
    assert run("draw", design, what, "-o", target).code == 0
    starts = {"svg": b"<", "pdf": b"%PDF", "png": b"\x89PNG"}
    assert target.read_bytes().startswith(starts[ending])


def test_another_ending_is_refused_with_those_that_are_allowed(run: Run, design: Path) -> None:
    answer = run("draw", design, "er", "-o", design / "picture.gif")
    assert answer.code == 2
    assert ".svg, .pdf and .png" in answer.err


@pytest.mark.parametrize("what", ["schema", "openapi", "ddl", "mermaid"])
def test_every_export_goes_to_a_file_or_to_the_screen(run: Run, design: Path, what: str) -> None:
    assert run("export", design, what, "-o", design / "out.txt").code == 0
    assert run("export", design, what).out.strip() == (design / "out.txt").read_text(encoding="utf-8").strip()


def test_importing_onto_an_existing_design_changes_nothing_and_prints_what_differs(
    run: Run, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("create table book (isbn text primary key)")
    database.close()
    assert run("import", tmp_path / "shop.db", tmp_path / "shop").code == 0
    before = (tmp_path / "shop" / "design.yaml").read_bytes()
    assert "Nothing differs" in run("import", tmp_path / "shop.db", tmp_path / "shop").out
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("create table author (id integer primary key)")
    database.close()
    answer = run("import", tmp_path / "shop.db", tmp_path / "shop")
    assert "author" in answer.out
    assert (tmp_path / "shop" / "design.yaml").read_bytes() == before


def test_serve_prints_its_address_when_it_answers_and_stops_cleanly(design: Path) -> None:
    text = """\
format: 1
database:
  entities:
    - {id: book, attributes: [{id: isbn, type: string(13), key: true}, {id: title, type: text}]}
api:
  resources: [{id: books, entity: book, operations: [list, get, create]}]
"""
    (design / "design.yaml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "backendkit.cli", "serve", str(design)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as server:
        assert server.stdout
        line = server.stdout.readline()
        url = re.findall(r"http://127\.0\.0\.1:\d+", line)[0]
        with urllib.request.urlopen(f"{url}/books", timeout=10) as answer:
            assert len(json.load(answer)["items"]) > 0
        server.send_signal(signal.SIGINT if os.name == "posix" else signal.CTRL_C_EVENT)
        _, err = server.communicate(timeout=20)
    assert server.returncode in (0, 130)
    assert "Traceback" not in err


def test_an_attack_is_told_and_kept_and_1_says_that_it_succeeded(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "bookshop"
    shutil.copytree(ROOT / "data" / "bookshop", folder, ignore=shutil.ignore_patterns("out"))
    answer = run("attack", folder, "--only", "cross-origin", "--only", "open-redirect")
    assert answer.code == 0
    assert answer.out == "cross-origin: refused (2 attempts)\nopen-redirect: refused (5 attempts)\n"
    kept = [json.loads(line) for line in (folder / "evidence.jsonl").read_text("utf-8").splitlines()]
    assert [(each["of"], each["value"], each["tries"]) for each in kept[-2:]] == [
        ("attack cross-origin", 0, 2),
        ("attack open-redirect", 0, 5),
    ]
    unsafe = run("attack", folder, "--only", "cross-origin", "--unsafe")
    assert unsafe.code == 1
    assert "cross-origin: succeeded" in unsafe.out
    assert (folder / "evidence.jsonl").read_text("utf-8").count("cross-origin") == 1
    wrong = run("attack", folder, "--only", "magic")
    assert wrong.code == 2
    assert wrong.err.startswith("There is no attack 'magic', there are sql-injection, ")


def test_the_rules_are_listed_and_each_is_explained(run: Run) -> None:
    codes = re.findall(r"^([A-Z]{3}\d{3}) ", run("rules").out, re.MULTILINE)
    assert len(codes) >= 40
    explained = run("rules", codes[0]).out
    assert all(word in explained for word in ("Why", "Bad", "Good"))


def test_a_scaffold_is_written_compared_and_brought_up_to_date(
    run: Run, design: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "service"
    assert run("scaffold", str(design), str(folder), "--check").code == 2
    written = run("scaffold", str(design), str(folder))
    assert (written.code, written.out.endswith(f"files written to {folder}.\n")) == (0, True)
    same = run("scaffold", str(design), str(folder), "--check")
    assert (same.code, same.out) == (0, f"{folder} is what the design says.\n")
    (folder / "service/app.py").unlink()
    differs = run("scaffold", str(design), str(folder), "--check")
    assert (differs.code, differs.out.splitlines()[0]) == (1, "--- nothing")
    assert run("scaffold", str(design), str(folder)).out == f"1 file written to {folder}.\n"


def test_the_doctor_finds_this_machine_well(run: Run) -> None:
    answer = run("doctor")
    assert answer.code == 0, answer.out
    assert all(name in answer.out for name in ("Python", "pictures", "fonts", "documents", "SQLite", "ports"))


def test_a_full_disk_and_no_screen_at_all_are_no_mistakes_of_ours(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(text: str, **options: object) -> None:
        if not options:
            raise OSError(errno.ENOSPC, "No space left on device")
        print(text, file=sys.stderr)

    monkeypatch.setattr("typer.echo", full)
    answer = run("rules")
    assert (answer.code, answer.err) == (2, "The disk is full: make room and try again.\n")
    monkeypatch.undo()
    code = "import sys; sys.stdout = sys.stderr = None; sys.argv = ['', 'rules']; from backendkit.cli import main; main()"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_mistake_of_ours_is_one_sentence_and_its_details_are_in_a_file(
    run: Run, design: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> str:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("backendkit.writers.export", broken)
    answer = run("export", design, "ddl")
    assert answer.code == 2
    log = Path(re.findall(r"Details are in (.*)\.$", answer.err.strip())[0])
    assert "ZeroDivisionError: inside" in log.read_text(encoding="utf-8")
    log.unlink()
