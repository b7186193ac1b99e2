"""Plain data as YAML the way a person would write it: block style, short records on one line (https://yaml.org/spec/1.2.2/)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

WIDTH = 112
_ODD = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff"
_ESCAPED = re.compile(f"[{_ODD}]")
_NOT_PLAIN = re.compile(rf"[{_ODD}\t\n]|^[\s\-?:,\[\]{{}}#&*!|>'\"%@`]|^\.\.\.|: |:$| #|\s$|^$")
_NOT_TEXT = re.compile(
    r"~|null|true|false|[-+]*[0-9]+|0o[0-7]+|0x[0-9a-f]+|[-+]?\.inf|[-+]?\.nan"
    r"|[-+]*(\.[0-9]+|[0-9]+(\.[0-9]*)?)(e[-+]?[0-9]+)?",
    re.IGNORECASE,
)
_NOT_LITERAL = re.compile(rf"[{_ODD}\t]|^[ \n]|[ ]\n|[ ]$|\n\n$")
_CALL = re.compile(r"\w+\(.*\)")


@dataclass(frozen=True, slots=True)
class Layout:
    """How far a mapping and a list's dashes stand in from their key, and how a line ends."""

    step: int = 2
    dash: int = 2
    end: str = "\n"


def scalar(value: Any, *, flow: bool = False) -> str:
    """Write one value on one line; text is quoted only where it must be.

    >>> [scalar(v) for v in ("Shop, front", "1.10", "no", "a: b", None, True)]
    ['Shop, front', '"1.10"', 'no', '"a: b"', 'null', 'true']
    """
    if isinstance(value, str):
        if (
            _NOT_PLAIN.search(value)
            or _NOT_TEXT.fullmatch(value)
            or (flow and re.search(r"[,\[\]{}]|-$", value))
        ):
            if re.search(r'["\\]', value) and not re.search(f"['\t\n{_ODD}]", value):
                return f"'{value}'"
            quoted = json.dumps(value, ensure_ascii=False)
            return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)
        return value
    text = json.dumps(value)
    return {"Infinity": ".inf", "-Infinity": "-.inf", "NaN": ".nan"}.get(text, text)


def inline(value: Any) -> str:
    """Write any value in flow style on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(k, flow=True)}: {inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return scalar(value, flow=True)


def one_line(value: Any, indent: int) -> str | None:
    """The value as people put it on one line at this indentation; None where they would not."""
    if isinstance(value, str):
        return None if "\n" in value and not _NOT_LITERAL.search(value) else scalar(value)
    if not value or not isinstance(value, dict | list):
        return inline(value) if isinstance(value, dict | list) else scalar(value)
    text = inline(value)
    fits = len(text) + indent <= WIDTH and not _prose(value)
    return text if fits else None


def _prose(value: Any) -> bool:
    """Whether a value holds sentences or records of its own: such things stand in block style."""
    if isinstance(value, dict):
        return any(map(_prose, value.values()))
    if isinstance(value, list):
        return any(isinstance(item, dict | list) or _prose(item) for item in value)
    if not isinstance(value, str) or _CALL.fullmatch(value):
        return False
    return len(value.split()) > 4 or value.endswith((".", "?", "!")) or "\n" in value


def entry(key: str, value: Any, indent: int, layout: Layout) -> list[str]:
    """The lines of `key: value` in a block mapping."""
    return hang(" " * indent + scalar(key) + ":", value, indent, layout)


def item(value: Any, indent: int, layout: Layout, *, flow: bool = True) -> list[str]:
    """The lines of `- value` in a block list; `flow=False` where the neighbours all stand in block style."""
    return hang(" " * indent + "-", value, indent, layout, flow=flow)


def hang(head: str, value: Any, indent: int, layout: Layout, *, flow: bool = True) -> list[str]:
    """The lines of a value behind its `key:` or `-`, which stands `indent` columns in."""
    dash, nested = head.endswith("-"), isinstance(value, dict | list) and bool(value)
    may = not nested or (flow and (dash or indent >= 4 or isinstance(value, list)))
    text = one_line(value, len(head) + 1) if may else None
    if text is not None:
        return [f"{head} {text}"]
    inner = indent + (2 if dash else layout.dash if isinstance(value, list) else layout.step)
    if isinstance(value, str):
        mark = "|" if value.endswith("\n") else "|-"
        lines = value.removesuffix("\n").split("\n")
        return [f"{head} {mark}", *(" " * inner + line if line else "" for line in lines)]
    first, *rest = body(value, inner, layout)
    return [f"{head} {first[inner:]}", *rest] if dash else [head, first, *rest]


def body(value: Any, indent: int, layout: Layout) -> list[str]:
    """The lines of a mapping or list in block style."""
    if isinstance(value, list):
        return [line for each in value for line in item(each, indent, layout)]
    return [line for k, v in value.items() for line in entry(k, v, indent, layout)]


def dump(values: dict[str, Any]) -> str:
    """Write a whole new file, with a blank line between the chapters.

    >>> print(dump({"name": "Shop", "database": {"entities": [{"id": "copy"}]}}), end="")
    name: Shop
    <BLANKLINE>
    database:
      entities:
        - {id: copy}
    """
    lines: list[str] = []
    for key, value in values.items():
        new = entry(key, value, 0, Layout())
        lines += ["", *new] if len(new) > 1 and lines else new
    return "".join(line + "\n" for line in lines)
