"""The only ways into a template: checked names and quoted literals (Jinja2 `finalize` refuses everything else).

https://jinja.palletsprojects.com/en/stable/api/#jinja2.Environment
"""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

TEMPLATES = Path(__file__).parent / "templates"


class Code(str):
    """Text that was made here and is safe as source."""

    __slots__ = ()


def py(value: Any) -> Code:
    """A Python literal.

    >>> print(py("it's"))
    "it's"
    """
    if isinstance(value, jinja2.Undefined):
        raise jinja2.UndefinedError("a template names what is not there")
    return Code(repr(value))


def ident(name: str) -> Code:
    """A name that was checked to be one."""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError(f"{name!r} is no name for Python")
    return Code(name)


def line(text: str) -> str:
    """Text as one line of what can be seen."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def doc(text: str) -> Code:
    r"""Text inside a docstring: nothing in it ends the literal or escapes.

    >>> print(doc('an "end" and \\N{BULLET}'))
    an \"end\" and \\N{BULLET}
    """
    return Code(line(text).replace("\\", "\\\\").replace('"', '\\"'))


def markdown(text: str) -> Code:
    """Text inside a page, without markup."""
    return Code(re.sub(r"([\\`*_{}\[\]<>()#+!|&~-])", r"\\\1", line(text)))


def toml(text: str) -> Code:
    """A TOML string."""
    return Code(json.dumps(line(text), ensure_ascii=False))


def finalize(value: Any) -> Any:
    """Let through what was quoted, and numbers."""
    if isinstance(value, Code | int):
        return value
    raise TypeError(f"{value!r} was not quoted")


def modules(names: Iterable[str]) -> Code:
    """Checked names after an import."""
    return Code(", ".join(ident(name) for name in names))


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The templates, with the filters that quote."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    made.filters |= {each.__name__: each for each in (py, ident, doc, markdown, toml, modules)}
    return made
