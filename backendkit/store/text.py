"""YAML text to plain data, hostile text refused (YAML 1.2, core schema: https://yaml.org/spec/1.2.2/)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from backendkit.model import DesignError, Problem

LIMIT = 4_000_000
DEPTH = 50
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]|\r(?!\n)"
)
# What one parser takes for text may be structure to the other: these two hold whatever the parsers think.
_STAIRS = re.compile(r"(?m)(?:[-?:][ \t]+){50}|^[ \t]{400}")
_NAMES = re.compile(r"(?:^|(?<=[\s,:\[{-]))([&*])([^\s,\[\]{}]+)")
_NAMED = "names (&) and references to them (*) are not taken: write the value out, or put the text in double quotes."
_TAGGED = "tags (!) are not taken: leave the tag out, or put the text in double quotes."
_DEEP = f"more than {DEPTH} levels stand in one another."
_ASTRAY = "the line does not belong to what stands above: indent it like its neighbours, write `name: value` or `- item`."
_PLAIN = [
    ("nested too deeply|recursion limit", _DEEP),
    ("anchor|alias", _NAMED),
    ("irective", "a line that begins with % is not taken: delete it, or put the text in double quotes."),
    (
        "multiple YAML|start marker|document end",
        "a second document begins or ends here: keep one design in one file.",
    ),
    (r"(?i)\btabs?\b", "indent with blanks, not with a tab."),
    (
        "on same line as mapping key|sequence entries are not allowed",
        "a list begins on the line below its name.",
    ),
    (
        "mapping values are not|mapping syntax",
        "a second ': ' stands here. Text that holds ': ' goes in double quotes; else check the indentation.",
    ),
    ("escape", "in double quotes a backslash is written twice."),
    ("railing content", "the quotes end before the text does: in '…' a quote inside is written twice."),
    (
        "annot start with|unexpected character|misplaced",
        "text that begins with this sign goes in double quotes.",
    ),
    (
        "Unclosed|Unterminated|expected ','|Unexpected token|quoted scalar",
        "a bracket or a quote is opened and not closed, or a comma is missing.",
    ),
    ("expected key|ndent|expected '-'|more than one node|could not be|simple key|node content", _ASTRAY),
]


def read(text: str, source: str = "") -> Any:
    """The plain data of a design file.

    Raises DesignError with line, what was found and what to do when the text is broken, hostile or too big.

    >>> read("name: Shop\\nversion: 1.10\\n")
    {'name': 'Shop', 'version': 1.1}
    """
    text = text.removeprefix("\ufeff")
    problems, data = list(_before(text)) or _looked(text), None
    if not problems:
        data, problems = _values(text)
    if problems:
        raise DesignError(tuple(problems), source)
    return data


def strict(text: str) -> Any:
    """The data of a text that was looked at before; raises ValueError. Other text may crash the process."""
    import yaml12

    data = None if empty(text) else yaml12.parse_yaml(text)
    return {} if data is None else data


def _before(text: str) -> Iterator[Problem]:
    """What is refused before any parser sees the text."""
    if len(text) > LIMIT:
        yield Problem((), f"found {len(text):,} characters, allowed are {LIMIT:,}: is this the right file?")
        return
    if found := _CONTROL.search(text):
        what = f"the sign U+{ord(found[0]):04X}, which no text needs"
        yield _problem(text, found.start(), f"found {what}: delete it and save as UTF-8 with LF or CRLF.")
    if found := _STAIRS.search(text):
        yield _problem(text, found.start(), _DEEP)
    names: dict[str, set[str]] = {"&": set(), "*": set()}
    for found in _NAMES.finditer(text):
        names[found[1]].add(found[2])
        if found[2] in names["&"] & names["*"]:
            yield _problem(text, found.start(), _NAMED)
            return


def _problem(text: str, offset: int, message: str) -> Problem:
    return Problem((), message, text.count("\n", 0, offset) + 1)


def empty(text: str) -> bool:
    """Whether a text holds nothing but comments."""
    return not re.search(r"(?m)^[ \t]*[^\s#]", text)


def parse(text: str) -> Any:
    """yaml-edit's document; raises ValueError. Its objects belong to one thread: look, and let go."""
    from yaml_edit import Document

    try:
        return Document.parse(text)
    except BaseException as error:  # a panic of the parser, which is written in Rust, is no Exception
        if type(error).__name__ == "PanicException":
            raise ValueError("could not be read") from None
        raise


def _looked(text: str) -> list[Problem]:
    """What the lenient parser sees: it stops at deep nesting, and it says where things stand."""
    if empty(text):
        return []
    try:
        document = parse(text)
    except ValueError as error:
        return [_explained(text, getattr(error, "line", None) or _marked(text), str(error))]
    data = text.encode()
    named = re.search(rb"(?<![^\s,:\[{-])&", data) if document.anchors() else None
    faults = [(named.start(), _NAMED)] if named else []
    faults += islice(_faults(document.root(), data), 20)
    return [Problem((), message, data.count(b"\n", 0, at) + 1) for at, message in sorted(faults)]


def _faults(root: Any, data: bytes) -> Iterator[tuple[int, str]]:
    """Where something stands that no design needs, and what to do."""
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        kind = node.kind if node is not None else "scalar"
        if depth > DEPTH:
            yield node.byte_range()[0], _DEEP
        elif kind == "sequence":
            waiting += [(each, depth + 1) for each in node.as_sequence()]
        elif kind == "mapping":
            entries = node.as_mapping().entries()
            waiting += [(entry.value(), depth + 1) for entry in entries]
            yield from _keys([entry.key() for entry in entries], data)
        elif kind != "scalar":
            yield node.byte_range()[0], _NAMED if kind == "alias" else _TAGGED


def _keys(keys: list[Any], data: bytes) -> Iterator[tuple[int, str]]:
    seen: dict[str, Any] = {}
    for key in keys:
        word = key.as_scalar()
        name = word.to_python() if word else None
        if not isinstance(name, str) or name == "<<":
            yield key.byte_range()[0], "found a name that is no text: put it in double quotes."
        elif name in seen:
            first = data.count(b"\n", 0, seen[name].byte_range()[0]) + 1
            yield key.byte_range()[0], f"found '{name}', which stands in line {first} too: keep one of them."
        else:
            seen[name] = key


def _values(text: str) -> tuple[Any, list[Problem]]:
    """The data, and what is wrong with it."""
    try:
        data = strict(text)
    except ValueError as error:
        place = re.search(r"line (\d+)", str(error))
        return None, [_explained(text, int(place[1]) if place else 1, str(error))]
    if not isinstance(data, dict):
        return None, [Problem((), "a design is made of `name: value` lines: the first one is missing.", 1)]
    return data, []


def _marked(text: str) -> int:
    """The line where a second document or a directive begins."""
    found = re.search(r"(?m)\A(?=%)|(?<=\n)(---|\.\.\.|%)", text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _explained(text: str, line: int, message: str) -> Problem:
    """A parser's message in plain words."""
    lines = text.split("\n")
    line = max(1, min(line, len(lines)))
    if "tab" in message.lower():  # said of the line above it when that one is a whole `name: value`
        line = next((n for n in (line, line + 1) if re.match(r" *\t", "".join(lines[n - 1 : n]))), line)
    while line > 1 and not lines[line - 1].strip():
        line -= 1
    found = lines[line - 1].strip()
    shown = found if len(found) <= 60 else found[:60] + "…"
    advice = next((plain for pattern, plain in _PLAIN if re.search(pattern, message)), "this is no YAML.")
    return Problem((), f"found `{shown}`: {advice}", line)
