"""The scaffold's source: readable, the same every time, clean for ruff and mypy, and never made of typed text."""

from __future__ import annotations

import ast
import io
import os
import subprocess
import sys
import tempfile
import tokenize
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

from backendkit.model import Design
from backendkit.prototype import start
from backendkit.scaffold import generate
from backendkit.scaffold.quoting import environment
from tests.scaffold.guarded import GUARDED, graphed, provided
from tests.scaffold.hostile import AWKWARD, MARK, everything, hostile

HERE = Path(__file__).parent
LIBRARY = {
    "name": "Library",
    "summary": "Members borrow books.",
    "database": {
        "engine": "postgresql",
        "entities": [
            {
                "id": "book",
                "about": "One title.",
                "attributes": [
                    {"id": "isbn", "type": "string(13)", "key": True},
                    {"id": "title", "type": "string(200)", "about": "As on the cover."},
                    {"id": "price", "type": "decimal(8,2)", "default": "0"},
                    {"id": "class", "type": "enum(novel, essay)", "optional": True},
                    {"id": "sequel-of", "type": "reference", "to": "book", "optional": True},
                ],
                "checks": [{"id": "price-not-negative", "holds": "price >= 0"}],
                "indexes": [{"id": "by-title", "of": ["title"]}],
            },
            {
                "id": "loan",
                "table": "Book Loans",
                "attributes": [
                    {"id": "book", "type": "reference", "to": "book", "key": True, "on-delete": "cascade"},
                    {"id": "day", "type": "date", "key": True},
                    {"id": "returned", "type": "boolean", "default": "false", "column": "is back"},
                ],
            },
        ],
    },
    "api": {
        "resources": [
            {"id": "books", "entity": "book", "filter": ["title", "price"], "sort": ["title"],
             "operations": ["list", "get", "create", "replace", "patch", "delete"]},
            {"id": "loans", "entity": "loan", "operations": ["list", "get", "create"]},
        ],
        "endpoints": [
            {"id": "remind", "method": "POST", "path": "/loans/{book}/remind", "does": "Sends a letter.",
             "takes": [{"id": "words", "type": "text", "in": "body"}], "errors": {"409": "It is back already."}},
        ],
    },
}  # fmt: skip
NAMES = ("plain", "empty", "odd", "guarded", "provided")
STATIC = ("service/collection.py", "service/core.py", "service/sqltypes.py", "service/values.py")


def test_a_small_design_gives_this_source(golden: Callable[[Path, str], None]) -> None:
    files = generate(Design.load(LIBRARY))
    assert set(STATIC) <= set(files)
    text = "".join(f"=== {path}\n{text}" for path, text in files.items() if path not in STATIC)
    golden(HERE / "golden" / "library.txt", text)


def test_that_source_runs() -> None:
    with start(Design.load(LIBRARY), rows=0) as api:
        made = api.post("/books", json={"isbn": "1", "title": "Solaris", "class": "novel"})
        assert (made.status_code, made.headers["Location"]) == (201, "/books/1")
        assert made.json() == {
            "isbn": "1", "title": "Solaris", "price": "0.00", "class": "novel", "sequel_of": None,
        }  # fmt: skip
        assert api.post("/loans", json={"book": "1", "day": "2027-01-31"}).json()["returned"] is False
        assert api.get("/loans/1/2027-01-31").status_code == 200
        assert api.post("/loans/1/remind", json={"words": "Please"}).status_code == 501


def test_the_same_design_gives_the_same_source() -> None:
    assert generate(Design.load(LIBRARY)) == generate(Design.load(LIBRARY))


def test_source_imports_nothing_of_ours() -> None:
    assert not any(
        "import backendkit" in text or "from backendkit" in text
        for text in generate(Design.load(LIBRARY)).values()
    )


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ordinary, an empty, a hostile, a guarded scaffold and one with a login provider beside each other."""
    folder = tmp_path_factory.mktemp("scaffolds")
    designs = {
        "plain": Design.load(LIBRARY),
        "empty": Design(),
        "odd": hostile(AWKWARD[6]),
        "guarded": Design.load(GUARDED),
        "provided": provided("https://login.example"),
        "graphed": graphed(),
    }
    for name, design in designs.items():
        for path, text in generate(design).items():
            place = folder / name / path.replace("service/", f"{name}/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
    return folder


def test_source_passes_ruff_with_our_own_rules(sources: Path, repository: Path) -> None:
    ours, theirs = (
        tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
        for folder in (repository, sources / "plain")
    )
    assert ours["lint"]["extend-select"] == theirs["lint"]["extend-select"]
    for verb in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *verb, "--no-cache", str(sources)]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stdout


def test_source_passes_bandit(sources: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "bandit",
        "-q",
        "-r",
        *(str(sources / name / name) for name in ("plain", "guarded", "provided", "graphed")),
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout


def test_source_passes_mypy_strict(sources: Path) -> None:
    cache = Path(tempfile.gettempdir()) / "backendkit-mypy"
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={cache}"]
    done = subprocess.run(
        [*command, *(f"{name}/{name}" for name in NAMES)],
        cwd=sources,
        env={
            **os.environ,
            "MYPYPATH": os.pathsep.join(str(sources / name) for name in NAMES),
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40))
)
def test_typed_text_stays_inside_literals(text: str) -> None:
    files = generate(everything(text))
    for path, source in files.items():
        if path.endswith(".py"):
            ast.parse(source)
            outside = [
                token.string
                for token in tokenize.generate_tokens(io.StringIO(source).readline)
                if token.type not in (tokenize.STRING, tokenize.NL, tokenize.NEWLINE) and MARK in token.string
            ]
            assert outside == []
    tomllib.loads(files["pyproject.toml"])


@pytest.mark.parametrize("text", AWKWARD[::3])
def test_a_design_full_of_awkward_text_runs(text: str) -> None:
    design = hostile(text)
    with start(design, rows=2) as api:
        described = api.get("/openapi.json").json()
        call, rows, _ = described["paths"]
        assert [answer.status_code for answer in (api.get(f"http:{rows}"[5:]), api.get("/docs"))] == [
            200,
            200,
        ]
        assert MARK in described["info"]["title"]
        said, _, more = described["paths"][call]["post"]["description"].partition("\n\n")
        assert said == " ".join(design.api.endpoints[0].does.split())
        assert more == "Until its file in logic/ is written it answers 501."
        assert MARK in described["paths"][call]["post"]["description"]


@pytest.mark.parametrize("text", ["say, it's", ":name :1 ?", *AWKWARD[2::4]])
def test_people_with_awkward_roles_reach_what_is_theirs_and_nobody_else_does(text: str) -> None:
    with start(everything(text), rows=3) as api:
        (things,) = (each.path for each in api.surface.collections) if api.surface.collections else ("/",)
        assert api.get(things).status_code == (401 if api.surface.collections else 307)
        for user in api.users if api.surface.collections else ():
            wanted = 403 if user.api_key else 200
            assert api.get(things, user=user).status_code == wanted, user
        assert MARK in api.get("/openapi.json").json()["info"]["title"]


def test_a_name_is_no_markup_on_the_docs_page() -> None:
    with start(Design(name="<script>alert(1)</script>"), rows=0) as api:
        assert "<script>alert" not in api.get("/docs").text


def test_a_template_refuses_text_that_was_not_quoted() -> None:
    with pytest.raises(TypeError, match="was not quoted"):
        environment().from_string("{{ text }}").render(text="import os")
    with pytest.raises(ValueError, match="is no name"):
        environment().from_string("{{ text | ident }}").render(text="import os")
    with pytest.raises(UndefinedError):
        environment().from_string("{{ text | py }}").render()
