"""The scripts of the live parts, looked at without a browser: they parse, they are used, and they ask nobody else."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from backendkit import room
from backendkit.room.widget import STATIC, Widget, script

from .conftest import node

SCRIPTS = sorted(STATIC.glob("*.js"))
COMMENT = re.compile(r"/\*.*?\*/|(?:^|(?<=\s))//[^\n]*", re.DOTALL)
ASKS = {"make.js": "fetch(address, {", "tryit.js": "fetch(`${address.origin}/docs`, {"}
"""Who asks a server, and how: the one that gave the page, and the prototype on this machine."""


def _widgets(above: type[Widget] = Widget) -> Iterator[type[Widget]]:
    for found in above.__subclasses__():
        yield from (found, *_widgets(found))


for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
    importlib.import_module(module.name)
PARTS = sorted({one.parts for one in _widgets() if one.__module__.startswith(room.__name__)})


def code(file: Path) -> str:
    """A script without its comments."""
    return COMMENT.sub("", file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("parts", PARTS, ids=lambda parts: parts[-1])
def test_the_module_of_a_live_part_is_whole_and_shows_it(parts: tuple[str, ...]) -> None:
    shown = f"if (typeof parts[{parts[-1]!r}] !== 'function') throw new Error('nothing is shown');"
    assert node(script(parts), shown) == ""


def test_a_script_that_is_wrong_would_be_found() -> None:
    with pytest.raises(AssertionError, match="already been declared"):
        node("const el = 1;", script(("notes",)))


def test_every_script_and_every_style_sheet_belongs_to_a_part() -> None:
    used = {"wire", *(name for parts in PARTS for name in parts)}
    assert {file.name for name in used for file in STATIC.glob(f"{name}.*js")} == {
        file.name for file in SCRIPTS
    }
    assert {file.stem for file in STATIC.glob("*.css")} <= used
    assert {file.suffix for file in STATIC.iterdir() if file.is_file()} == {".js", ".css"}


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_a_script_asks_no_other_server_and_loads_nothing(file: Path) -> None:
    text = code(file).replace('"http://www.w3.org/2000/svg"', "")
    assert text.count("fetch(") == text.count(ASKS.get(file.name, "fetch(")) == (file.name in ASKS)
    for word in ("import(", "import ", "http://", "https://", "XMLHttpRequest", "WebSocket", "sendBeacon"):
        assert word not in text, word


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_what_people_typed_never_becomes_markup_or_code_in_a_page(file: Path) -> None:
    text = code(file)
    assert text.count("innerHTML") == (file.name == "follow.js")
    for word in ("outerHTML =", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc"):
        assert word not in text, word


@pytest.mark.parametrize("file", sorted(STATIC.glob("*.css")), ids=lambda file: file.name)
def test_a_style_sheet_loads_nothing(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"@import|url\((?!\"data:|data:)", text)
