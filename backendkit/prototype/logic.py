"""The team's own logic, written in a notebook: a function becomes the text of its file, which then runs.

What runs is the file that goes home, so all that it needs must stand in it.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from types import FunctionType, ModuleType
from typing import Any

from backendkit.model import UserError
from backendkit.scaffold.source import OWN

Definition = ast.FunctionDef | ast.AsyncFunctionDef


def own_text(files: Mapping[str, str], function: Callable[..., Any]) -> tuple[str, str]:
    """The path and the text of the file that a function belongs to: the one of its name, among the team's own.

    Raises UserError when there is none, when it takes something else, or uses what a file cannot know.
    """
    if not isinstance(function, FunctionType):
        raise UserError("Write a function: `async def`, the name of a call, and what it takes.")
    places = {PurePosixPath(path).stem: path for path in own_files(files)}
    name = function.__name__
    if name not in places:
        known = ", ".join(sorted(places)) or "none, because the design has no call, guard or rule of its own"
        raise UserError(f"Nothing here is called {name}; yours to write are: {known}.")
    path = places[name]
    stub, written = files[path], _source(function)
    wanted, made = _defined(ast.parse(stub), name), _defined(ast.parse(written), name)
    _fits(wanted, made)
    lines = stub.splitlines()
    above = lines[: wanted.lineno - 1]
    head = lines[wanted.lineno - 1 : wanted.body[0].lineno - 1]
    imports = list(_imports(made, function, files, _bound(ast.parse(stub))))
    top = _end_of_imports(stub)
    body = textwrap.indent(_body(written, made), "    ")
    text = "\n".join([*above[:top], *imports, *above[top:], *head, body, ""])
    return path, text


def own_files(files: Iterable[str]) -> list[str]:
    """Those that are the team's to write."""
    ours = ("/__init__.py", "migrations/")
    return [
        path
        for path in files
        if path.startswith(OWN) and path.endswith(".py") and not any(one in path for one in ours)
    ]


def _source(function: FunctionType) -> str:
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        raise UserError(f"The text of {function.__name__} is not known: write it in a cell.") from None


def _defined(tree: ast.Module, name: str) -> Definition:
    found = next((each for each in tree.body if isinstance(each, Definition) and each.name == name), None)
    if found is None:
        raise UserError(f"The text of {name} is not known: write it in a cell, with `def`.")
    return found


def _fits(wanted: Definition, made: Definition) -> None:
    names = [each.arg for each in wanted.args.args]
    said = (
        f"{'async ' if isinstance(wanted, ast.AsyncFunctionDef) else ''}def {wanted.name}({', '.join(names)})"
    )
    same = [each.arg for each in made.args.args] == names and type(made) is type(wanted)
    if not same or made.args.vararg or made.args.kwarg or made.args.kwonlyargs:
        raise UserError(f"{wanted.name} is called in another way: write `{said}:`.")


def _body(text: str, made: Definition) -> str:
    """What stands below the head, comments included."""
    first, lines = made.body[0], text.splitlines()
    if first.lineno == made.lineno:
        return "\n".join(ast.get_source_segment(text, each) or "" for each in made.body)
    begin = first.lineno - 1
    while begin > made.lineno and lines[begin - 1].strip().startswith("#"):
        begin -= 1
    return textwrap.dedent("\n".join(lines[begin : made.end_lineno]))


def _imports(
    made: Definition, function: FunctionType, files: Mapping[str, str], known: set[str]
) -> Iterator[str]:
    """The imports that the file does not have yet, for the names that the body uses."""
    for name in sorted(_free(made) - known - {*vars(builtins)}):
        if f"service/{name}.py" in files or f"service/{name}/__init__.py" in files:
            yield f"from .. import {name}"
        elif name in function.__globals__:
            yield _import(name, function.__globals__[name], made.name)
        else:
            raise UserError(f"{made.name} uses {name}, which nobody imported: import it in a cell before.")


def _import(name: str, value: Any, of: str) -> str:
    if isinstance(value, ModuleType) and value.__name__.partition(".")[0] not in ("backendkit", "__main__"):
        return f"import {value.__name__}" if value.__name__ == name else f"import {value.__name__} as {name}"
    home, own = getattr(value, "__module__", None) or "", getattr(value, "__name__", name)
    if home.partition(".")[0] not in ("", "backendkit", "__main__", "builtins"):
        parts = home.split(".")
        for module in (
            ".".join(parts[:end]) for end in range(1, len(parts) + 1)
        ):  # the shortest is the public one
            if getattr(importlib.import_module(module), own, None) is value:
                return f"from {module} import {own}" + (f" as {name}" if own != name else "")
    raise UserError(f"{of} uses {name}, which only this notebook knows: write it into the function.")


def _free(made: Definition) -> set[str]:
    """The names that a body reads and nobody in it makes."""
    read: set[str] = set()
    bound = {each.arg for each in ast.walk(made) if isinstance(each, ast.arg)}
    for each in (one for statement in made.body for one in ast.walk(statement)):
        if isinstance(each, ast.Name):
            (read if isinstance(each.ctx, ast.Load) else bound).add(each.id)
        elif isinstance(each, ast.Import | ast.ImportFrom):
            bound |= {(one.asname or one.name).partition(".")[0] for one in each.names}
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler):
            bound.add(each.name or "")
    return read - bound


def _bound(tree: ast.Module) -> set[str]:
    """The names that a file imports."""
    found = (each for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom))
    return {(alias.asname or alias.name).partition(".")[0] for each in found for alias in each.names}


def _end_of_imports(text: str) -> int:
    """The line behind the last import, or behind what the file says of itself."""
    tree = ast.parse(text)
    above = [each for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom | ast.Expr)]
    return max((each.end_lineno or 0 for each in above), default=0)
