"""The team's own logic, written in a cell: it runs at once, and it goes home as the file that it became."""

from __future__ import annotations

import linecache
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from backendkit.model import Design, UserError
from backendkit.prototype import Running, start
from backendkit.scaffold import write_scaffold
from backendkit.store import open_design

BOOKSHOP = Path(__file__).parents[2] / "data" / "bookshop"
CLOSE = """
    from sqlalchemy import delete

    async def close_account(request, number):
        # Reviews stay: they belong to everybody.
        message = models.table_of(models.Message)

        def erase(connection):
            return connection.execute(delete(message).where(message.c.sender == number)).rowcount

        return core.answer({"messages": await request.app.state.database.run(erase)})
"""
_cells = count(1)


@pytest.fixture(scope="module")
def api() -> Iterator[Running]:
    with start(open_design(BOOKSHOP)) as made:
        yield made


def cell(text: str, name: str) -> Callable[..., Any]:
    """A function as a notebook's cell defines it: its text is known by the name of the cell."""
    source = textwrap.dedent(text)
    file = f"<cell {next(_cells)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, file, "exec"), names)  # noqa: S102 - that is what a cell is
    found: Callable[..., Any] = names[name]
    return found


def test_a_call_that_nobody_had_written_answers_as_soon_as_a_cell_has_it(api: Running) -> None:
    me = next(user for user in api.users if user.role == "member")
    path = f"/readers/{me.key}/close"
    assert api.post(path, user=me).status_code == 501
    before = api.get("/books").json()
    api.logic(cell(CLOSE, "close_account"))
    answer = api.post(path, user=me)
    assert answer.status_code == 200, answer.text
    assert answer.json()["messages"] >= 0
    assert api.get("/books").json() == before, "the rows are not the same"
    assert api.post(path).status_code == 401
    assert api.post(path, user="member 2").status_code == 404, "the guards stand before it as before"


def test_it_goes_home_as_a_file_that_needs_nothing_of_the_notebook(api: Running, tmp_path: Path) -> None:
    api.logic(cell(CLOSE, "close_account"))
    write_scaffold(api.design, tmp_path)
    written = api.take_home(tmp_path)
    assert written.written == ("service/logic/close_account.py",)
    text = (tmp_path / "service/logic/close_account.py").read_text()
    assert "from sqlalchemy import delete\n" in text
    assert "from .. import core, models\n" in text
    assert "async def close_account(request: Request, number: UUID) -> Response:" in text
    assert "# Reviews stay" in text
    assert "backendkit" not in text
    done = subprocess.run(
        [sys.executable, "-c", "from service.app import create_app; from service import logic"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert api.take_home(tmp_path).written == ()
    assert write_scaffold(api.design, tmp_path).written == (), "what is yours is not overwritten"


def test_what_somebody_edited_at_home_stays_and_the_new_text_stands_beside(
    api: Running, tmp_path: Path
) -> None:
    api.logic(cell(CLOSE, "close_account"))
    file = tmp_path / "service/logic/close_account.py"
    write_scaffold(api.design, tmp_path)
    file.write_text("# mine\n")
    assert api.take_home(tmp_path).merge == ("service/logic/close_account.py",)
    assert file.read_text() == "# mine\n"
    assert "delete" in file.with_name("close_account.py.new").read_text()


@pytest.mark.parametrize(
    ("text", "name", "sentence"),
    [
        ("async def magic(request): ...", "magic", "Nothing here is called magic; yours to write are: cancel_order"),
        ("def close_account(request, number): ...", "close_account", "write `async def close_account"),
        ("async def close_account(request): ...", "close_account", r"write `async def close_account\(request, number"),
        ("async def close_account(request, number, *more): ...", "close_account", "is called in another way"),
        ("async def close_account(request, number): return wrong", "close_account", "uses wrong, which nobody imp"),
        (
            "rate = 2\nasync def close_account(request, number): return rate",
            "close_account",
            "uses rate, which only this notebook knows",
        ),
        (
            "from backendkit import start\nasync def close_account(request, number): return start",
            "close_account",
            "uses start, which only this notebook knows",
        ),
        ("close_account = 1", "close_account", "Write a function"),
        ("close_account = lambda request, number: 1", "close_account", "Nothing here is called <lambda>"),
    ],
)  # fmt: skip
def test_what_would_not_run_at_home_is_refused_with_a_sentence(
    api: Running, text: str, name: str, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        api.logic(cell(text, name))
    assert api.get("/books").status_code == 200


def test_a_function_on_one_line_is_taken_too(api: Running) -> None:
    api.logic(cell("async def statement(request, month): return core.answer([str(month)])", "statement"))
    (path,) = [each.path for each in api.surface.calls if each.name == "statement"]
    answers = [api.get(path, params={"month": "2026-11"}, user=user) for user in api.users]
    assert any(each.status_code == 200 and each.json() for each in answers), [each.text for each in answers]


def test_guards_rules_and_derived_values_are_written_the_same_way() -> None:
    design = Design.load({
        "name": "Paper",
        "database": {"entities": [{"id": "note", "attributes": [
            {"id": "id", "type": "integer", "key": True, "generated": True},
            {"id": "text", "type": "text"},
            {"id": "shout", "type": "text", "optional": True},
            {"id": "state", "type": "enum(draft, sent)", "default": "draft"},
        ]}]},
        "api": {"resources": [{"id": "notes", "path": "/notes", "entity": "note",
                               "operations": ["list", "get", "create", "patch"]}]},
        "development": {
            "rules": [{"id": "polite", "entity": "note", "holds": "The text is polite."}],
            "derived": [{"id": "loud", "attribute": "note.shout", "is": "the text in capitals"}],
            "states": [{"id": "life", "attribute": "note.state", "start": "draft", "moves": [
                {"id": "sending", "from": "draft", "to": "sent", "guard": "somebody read it twice"}]}],
        },
    })  # fmt: skip
    with start(design, rows=0) as api:
        names = sorted(Path(path).stem for path in api.own_files)
        rule, value, guard = (
            next(each for each in names if word in each) for word in ("polite", "loud", "send")
        )
        api.logic(cell(f"def {rule}(connection, row): return 'damn' not in row['text']", rule))
        api.logic(cell(f"def {value}(connection, row): return row['text'].upper()", value))
        api.logic(cell(f"def {guard}(row): return row['text'].endswith('.')", guard))
        assert api.post("/notes", json={"text": "damn"}).status_code == 409
        made = api.post("/notes", json={"text": "hello"})
        assert made.json()["shout"] == "HELLO"
        assert api.patch("/notes/1", json={"state": "sent"}).status_code in (409, 422)
        assert api.patch("/notes/1", json={"text": "hello."}).json()["shout"] == "HELLO."
        assert api.patch("/notes/1", json={"state": "sent"}).status_code == 200
