"""YAML text to plain data, hostile text refused (YAML 1.2, core schema: https://yaml.org/spec/1.2.2/)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from backendkit.model import DesignError, Path, Problem

LIMIT = 4_000_000
DEPTH = 50
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]|\r(?!\n)")
# What one parser takes for text may be structure to the other: these two hold whatever the parsers think.
_STAIRS = re.compile(r"(?m)(?:[-?:][ \t]+){50}|^[ \t]{400}")
_NAMES = re.compile(r"(?:^|(?<=[\s,:\[{-]))([&*])([^\s,\[\]{}]+)")
_TAG = re.compile(r"(?:^|(?<=[\s,:\[{-]))!")
_NAMED = "names (&) and references to them (*) are not taken: write the value out, or put the text in double quotes."
_TAGGED = "tags (!) are not taken: leave the tag out, or put the text in double quotes."
_DEEP = f"more than {DEPTH} levels stand in one another."
_ASTRAY = "the line does not belong to what stands above: indent it like its neighbours, write `name: value` or `- item`."
_PLAIN = [
    ("nested too deeply|recursion limit", _DEEP),
    ("anchor|alias", _NAMED),
    ("irective", "a line that begins with % is not taken: delete it, or put the text in double quotes."),
    ("multiple YAML|start marker|document end", "a second document begins or ends here: keep one design in one file."),
    (r"(?i)\btabs?\b", "indent with blanks, not with a tab."),
    ("on same line as mapping key|sequence entries are not allowed", "a list begins on the line below its name."),
    (
        "mapping values are not|mapping syntax",
        "a second ': ' stands here. Text that holds ': ' goes in double quotes; else check the indentation.",
    ),
    ("escape", "in double quotes a backslash is written twice."),
    ("railing content", "the quotes end before the text does: in '…' a quote inside is written twice."),
    ("annot start with|unexpected character|misplaced", "text that begins with this sign goes in double quotes."),
    (
        "Unclosed|Unterminated|expected ','|Unexpected token|quoted scalar",
        "a bracket or a quote is opened and not closed, or a comma is missing.",
    ),
    ("expected key|ndent|expected '-'|more than one node|could not be|simple key|node content", _ASTRAY),
]


def read(text: str, source: str = "") -> dict[str, Any]:
    """The plain data of a design file.

    Raises DesignError with line, what was found and what to do when the text is broken, hostile or too big.

    >>> read("name: Shop\\nversion: 1.10\\n")
    {'name': 'Shop', 'version': 1.1}
    """
    text = text.removeprefix("\ufeff")
    problems = list(_before(text)) or _syntax(text)
    if problems:
        raise DesignError(tuple(problems), source)
    data, problems = _values(text)
    if problems:
        raise DesignError(tuple(problems), source)
    return data


def strict(text: str) -> Any:
    """The data of a text that passed `_before` and yaml-edit; raises ValueError. Never call it on other text."""
    import yaml12

    return yaml12.parse_yaml(text)


def empty(text: str) -> bool:
    """Whether a text holds nothing but comments."""
    return not re.search(r"(?m)^[ \t]*[^\s#]", text)


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


def _syntax(text: str) -> list[Problem]:
    """What the lenient parser has to say: it names lines better, and it stops at deep nesting."""
    if empty(text):
        return []
    try:
        return _guarded(lambda: _lenient(text))
    except ValueError as error:
        line = getattr(error, "line", None) or _marked(text)
        return [_explained(text, line, str(error))]


def _guarded(parse: Callable[[], list[Problem]]) -> list[Problem]:
    """A panic of the parser written in Rust is no Exception; here it is one."""
    try:
        return parse()
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise ValueError("could not be parsed") from None
        raise


def _lenient(text: str) -> list[Problem]:
    from yaml_edit import Document

    document = Document.parse(text)
    problems = []
    for violation in document.validate():
        if violation.rule == "legacy_yaml11":
            continue
        line = int((violation.location or "1:1").split(":")[0])
        if violation.rule == "duplicate_keys":
            problems.append(_twice(text, line, violation.message, document.root()))
        else:
            problems.append(_explained(text, line, violation.message))
    if document.anchors():
        problems.append(_anchored(text))
    if _TAG.search(text) and (offset := _tagged(document.root())) is not None:
        problems.append(_problem(text, offset, _TAGGED))
    first = {problem.line: problem for problem in reversed(problems)}
    return [first[line] for line in sorted(first, key=lambda line: line or 0)][:20]


def _anchored(text: str) -> Problem:
    found = next((found for found in _NAMES.finditer(text) if found[1] == "&"), None)
    return _problem(text, found.start() if found else 0, _NAMED)


def _tagged(node: Any) -> int | None:
    """Where the first tagged value begins."""
    if node is None or node.kind == "scalar":
        return None
    if node.kind == "tagged":
        return int(node.byte_range()[0])
    if node.kind == "sequence":
        return next((at for each in node.as_sequence() if (at := _tagged(each)) is not None), None)
    pairs = ((entry.key(), entry.value()) for entry in node.as_mapping().entries())
    return next((at for pair in pairs for each in pair if (at := _tagged(each)) is not None), None)


def _twice(text: str, line: int, message: str, node: Any) -> Problem:
    """Name both lines of a doubled key."""
    first = next(_twins(text.encode(), line, node), None)
    key = message.partition('"')[2].partition('"')[0]
    also = f" and in line {first}" if first and first != line else ""
    return Problem((), f"'{key}' stands here{also}: keep one of them.", line)


def _twins(data: bytes, line: int, node: Any) -> Iterator[int]:
    """The lines of the keys that are equal to one at `line`, first one first."""
    if node is None or node.kind not in ("mapping", "sequence"):
        return
    start, end = node.byte_range()
    if not data.count(b"\n", 0, start) < line <= data.count(b"\n", 0, end) + 1:
        return
    if node.kind == "sequence":
        for each in node.as_sequence():
            yield from _twins(data, line, each)
        return
    keys: dict[str, list[int]] = {}
    for entry in node.as_mapping().entries():
        at = data.count(b"\n", 0, entry.key().byte_range()[0]) + 1
        keys.setdefault(str(entry.key().to_python()), []).append(at)
        yield from _twins(data, line, entry.value())
    yield from (lines[0] for lines in keys.values() if len(lines) > 1 and line in lines)


def _values(text: str) -> tuple[Any, list[Problem]]:
    """The data, and what is wrong with it."""
    if empty(text):
        return {}, []
    try:
        data = strict(text)
    except ValueError as error:
        place = re.search(r"line (\d+)", str(error))
        return None, [_explained(text, int(place[1]) if place else 1, str(error))]
    if not isinstance(data, dict):
        return None, [Problem((), "a design is made of `name: value` lines: the first one is missing.", 1)]
    return data, list(_odd(data, ()))[:20]


def _odd(value: Any, path: Path) -> Iterator[Problem]:
    """Keys that are no text, merge keys, and depth."""
    if len(path) > DEPTH:
        yield Problem(path[:3], _DEEP)
    elif isinstance(value, dict):
        for key, each in value.items():
            if not isinstance(key, str) or key == "<<":
                shown = "null" if key is None else str(key).lower() if isinstance(key, bool) else str(key)
                yield Problem((*path, shown), f"found '{shown}' as a name, allowed is text: put it in double quotes.")
            else:
                yield from _odd(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _odd(each, (*path, index))


def _marked(text: str) -> int:
    """The line where a second document or a directive begins."""
    found = re.search(r"(?m)\A(?=%)|(?<=\n)(---|\.\.\.|%)", text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _explained(text: str, line: int, message: str) -> Problem:
    """A parser's message in plain words."""
    lines = text.split("\n")
    line = max(1, min(line, len(lines)))
    while line > 1 and not lines[line - 1].strip():
        line -= 1
    found = lines[line - 1].strip()
    shown = found if len(found) <= 60 else found[:60] + "…"
    advice = next((plain for pattern, plain in _PLAIN if re.search(pattern, message)), "this is no YAML.")
    return Problem((), f"found `{shown}`: {advice}", line)
