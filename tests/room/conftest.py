"""Designs for the room: the bookshop in a folder of its own, a blank one, and one with hostile text. And who looks on."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ipywidgets
import playwright
import pytest

from backendkit.model import Set
from backendkit.room import chosen as choice
from backendkit.room.widget import Widget
from backendkit.store import OpenDesign, new_design, open_design

ROOT = Path(__file__).parents[2]
NODE = Path(playwright.__file__).parent / "driver" / ("node.exe" if os.name == "nt" else "node")
PAGE = "globalThis.window = Object.assign(globalThis, { addEventListener() {} });"
"""All that a script may need of a page before it is shown."""
HOSTILE = "<script>alert(1)</script>|`*\"'&{{x}}"
PLACES = (
    ("R1", "text"),
    ("Q1", "measure"),
    ("Q1", "scenario.source"),
    ("D1", "title"),
    ("D1", "because"),
    ("D1.modular", "name"),
    ("book", "name"),
    ("book", "about"),
    ("book.title", "example"),
    ("copy.price-not-negative", "holds"),
    ("pay-order", "does"),
    ("order-life.paying", "trigger"),
)


@pytest.fixture
def bookshop(tmp_path: Path) -> OpenDesign:
    return open_design(ROOT / "data" / "bookshop").copy_to(tmp_path / "bookshop")


@pytest.fixture
def blank(tmp_path: Path) -> OpenDesign:
    return new_design(tmp_path / "blank")


@pytest.fixture
def hostile(bookshop: OpenDesign) -> OpenDesign:
    """The bookshop with text in its fields that would be markup elsewhere."""
    bookshop.update(*(Set(at, field, HOSTILE) for at, field in PLACES))
    return bookshop


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workbook of its own, with nothing under work/ yet."""
    root = (tmp_path / "house").resolve()
    root.mkdir()
    monkeypatch.setattr(choice, "HOUSE", root)
    monkeypatch.setattr(choice, "WORK", root / "work")
    return root


@pytest.fixture
def one_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook of one small notebook: its document is a real one, and soon made."""
    cell = {"cell_type": "code", "id": "folder", "execution_count": None, "outputs": []}
    cells = [cell | {"metadata": {"tags": ["parameters"]}, "source": 'folder = ""'}]
    about = {"backendkit": {"chapter": "development"}, "kernelspec": {"name": "python3", "display_name": ""}}
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": about, "cells": cells})
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "04_development.ipynb").write_text(text, encoding="utf-8")
    monkeypatch.setattr("backendkit.document.build.NOTEBOOKS", tmp_path / "notebooks")


def node(script: str, *more: str) -> str:
    """What a script prints, run without a browser. Raises AssertionError with what is wrong with it."""
    command = [str(NODE), "--input-type=module", "-"]
    text = "\n".join((PAGE, script, *more))
    done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Looker:
    """Somebody who looks at live parts: asks as a page does, and hears what a page is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[Widget, dict[str, Any]]] = []
        self.everything: list[str] = []
        self._number, self._news = count(1), threading.Condition()

    def hears(self, part: Widget, content: dict[str, Any]) -> None:
        """A message on its way to the page; only plain data gets there."""
        text = json.dumps(content)
        with self._news:
            self.everything.append(text)
            self.heard.append((part, json.loads(text)))
            self._news.notify_all()

    def ask(self, part: Widget, word: str, /, **data: Any) -> dict[str, Any]:
        """What a part answers. Raises Refused with the sentence that the page would show."""
        id = next(self._number)
        part._handle_custom_msg({"id": id, "name": word, "data": json.loads(json.dumps(data))}, [])
        answer = self.wait(part, "answer", lambda message: bool(message["id"] == id))
        if "error" in answer:
            raise Refused(answer["error"])
        found: dict[str, Any] = answer["data"]
        return found

    def see(self, part: Widget) -> dict[str, Any]:
        """The state, as it is given to a page that shows the part."""
        state: dict[str, Any] = self.ask(part, "hello", view="page")["state"]
        return state

    def wait(
        self, part: Widget, kind: str, such: Callable[[dict[str, Any]], bool] = lambda message: True
    ) -> dict[str, Any]:
        """The next message of a kind, as soon as it comes; it is not heard again."""

        def found() -> dict[str, Any] | None:
            told = (message for who, message in self.heard if who is part and message["kind"] == kind)
            return next(filter(such, told), None)

        with self._news:
            message = self._news.wait_for(found, 60)
            assert message, f"no {kind} came, but {self.everything[-3:]}"
            self.heard.remove((part, message))
            return message


class Refused(Exception):
    """A part answered with one sentence."""


@pytest.fixture
def looker(monkeypatch: pytest.MonkeyPatch) -> Looker:
    """A person looks: parts are live, and what they send is heard."""
    found = Looker()
    monkeypatch.delenv("BACKENDKIT_HEADLESS", raising=False)
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=object()))
    monkeypatch.setattr(Widget, "send", lambda part, content, buffers=None: found.hears(part, content))
    return found


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """No part of one test lives on into another."""
    yield
    ipywidgets.Widget.close_all()
