"""Any room imports only rooms on lines below its own; neighbours on one line never import each other.

https://peps.python.org/pep-0008/#imports
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LINES = (
    "cli room",
    "document grading doctor",
    "runner verify",
    "prototype",
    "scaffold draw readers writers rules",
    "rest",
    "tables trace diff decide candidates threats asvs capacity",
    "store",
    "model",
)
DEPTH = {room: depth for depth, line in enumerate(LINES) for room in line.split()}
HEAVY = (
    "IPython diagrams eralchemy fastapi httpx jinja2 nbconvert nbformat papermill psycopg pydantic pygraphviz"
    " pypandoc sqlalchemy typer typst uvicorn yaml12 yaml_edit"
)
ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "backendkit"
MODULES = sorted(PACKAGE.rglob("*.py"))
IMPORT = "import sys, backendkit; print(*sys.modules)"


def name_of(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


def room_of(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imports(module: Path) -> tuple[tuple[int, str], ...]:
    """Every import of a module with its line, as dotted names from the top, also those inside functions."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return tuple((node.lineno, name) for node in ast.walk(tree) for name in dotted_names(node, module))


def dotted_names(node: ast.AST, module: Path) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = module.relative_to(ROOT).parts[: -node.level] if node.level else ()
        base = ".".join((*above, node.module) if node.module else above)
        yield from (f"{base}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_room_imports_only_rooms_below(module: Path) -> None:
    room = room_of(module)
    if room == "__init__":
        return
    assert room in DEPTH, f"{name_of(module)}: say on which line of LINES '{room}' belongs"
    for line, name in imports(module):
        top, _, rest = name.partition(".")
        used = rest.partition(".")[0]
        if top == "backendkit" and used != room:
            place = f"{name_of(module)}:{line}"
            assert used in DEPTH, f"{place} imports backendkit.{used}: import a room, not the whole package"
            assert DEPTH[used] > DEPTH[room], f"{place}: {room} may not import {used}, which is not below it"


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_module_stays_under_400_lines(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 400, f"split {name_of(module)}"


def test_importing_the_package_brings_no_heavy_library() -> None:
    modules = subprocess.check_output([sys.executable, "-c", IMPORT], text=True).split()
    assert not set(modules) & set(HEAVY.split())


def test_every_library_that_is_imported_is_named_in_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    homes = packages_distributions()
    for module in MODULES:
        for line, name in imports(module):
            top = name.partition(".")[0]
            if top in sys.stdlib_module_names or top == "backendkit":
                continue
            owners = {canonicalize_name(owner) for owner in homes.get(top, [])}
            assert owners & named, f"{name_of(module)}:{line} imports {top}: name it in pyproject.toml"
