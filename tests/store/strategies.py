"""Designs as people and programs leave them: any values, any layout, any edit."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from backendkit.model import Edit, apply
from backendkit.store.dump import Layout, body

AWKWARD = [
    *(
        "yes",
        "no",
        "on",
        "1.10",
        "404",
        "null",
        "~",
        "true",
        "",
        "2026-12-01",
        "0x1F",
        "1e3",
        ".5",
        "++1",
        ".inf",
    ),
    *(
        "a: b",
        "x, y",
        "# no",
        "x #c",
        "- dash",
        "-",
        "it's",
        '"q"',
        "{x}",
        "[y]",
        "? q",
        "key:",
        " lead",
        "trail ",
    ),
    *(
        "&x",
        "*x",
        "!x",
        "%",
        "@",
        "`",
        "|",
        ">",
        "...",
        "---",
        "a\tb",
        "\n",
        "a\n",
        "a\nb",
        "a\n\nb\n",
        "a\n\n",
        " a\nb",
    ),
    *("é日😀 -", "\u2028x", "\x85", "\xa0", "\x7f", "C:\\dir", "\\n", "decimal(10,2)", "enum(new, good)"),
    "p95 latency of GET /books <= 200 ms at 50 req/s",
    "When a reader places an order, the shop shall: reserve it.",
]
texts = st.sampled_from(AWKWARD) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"), max_size=8
)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
scalars = texts | numbers | st.booleans() | st.none()
keys = st.sampled_from(["id", "name", "about", "items", "k 1", "yes", "1", "a:b", "é", "'", "true"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
designs = st.dictionaries(keys, values, min_size=1, max_size=4)


@st.composite
def written(draw: st.DrawFn, data: Any) -> str:
    """Data as YAML with some indentation, comments, blank lines and line ends."""
    layout = Layout(draw(st.sampled_from([2, 3, 4])), draw(st.sampled_from([0, 2])))
    lines: list[str] = []
    inside: int | None = None
    for line in body(data, 0, layout):
        indent = len(line) - len(line.lstrip())
        if inside is not None and (not line.strip() or indent > inside):
            lines.append(line)
            continue
        inside = indent if line.endswith((" |", " |-")) else None
        lines += draw(st.sampled_from([[], [], [], [""], [" " * indent + f"# above {len(lines)}"]]))
        tail = draw(st.sampled_from(["", "", f"  # behind {len(lines)}"])) if inside is None else ""
        lines.append(line + tail)
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join(lines) + draw(st.sampled_from([end, end, ""]))


def places(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    """Every path in some data, with what stands there."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [(path, data), *(found for key, value in inner for found in places(value, (*path, key)))]


@st.composite
def edited(draw: st.DrawFn, data: Any) -> Edit:
    """Some edit that can be made on this data."""
    path, found = draw(st.sampled_from(places(data)))
    possible = [Edit("set", path, draw(values)), Edit("remove", path)] if path else []
    if isinstance(found, dict):
        possible.append(Edit("set", (*path, draw(keys)), draw(values)))
    if isinstance(found, list):
        possible.append(Edit("insert", (*path, draw(st.integers(0, len(found)))), draw(values)))
    if isinstance(found, list) and found:
        index = st.integers(0, len(found) - 1)
        possible.append(Edit("move", (*path, draw(index)), draw(index)))
    return draw(st.sampled_from(possible))


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, list[Edit], Any]:
    """A text, some edits on it, and what it must read as in the end."""
    data = draw(designs)
    text, steps = draw(written(data)), []
    for _ in range(draw(st.integers(1, 3))):
        steps.append(draw(edited(data)))
        data = apply(data, steps[-1:])
    return text, steps, data
