"""The Mermaid text is one that Mermaid takes, whatever the names (its grammar: erDiagram.jison)."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backendkit.model import Design
from backendkit.writers import export

NAME = r"[a-z_][a-z0-9_]*"
CARD = r"(?:1|0\+|one or zero)"
LINE = re.compile(
    rf'erDiagram|{NAME}\["[^"%\\\r\n<>#;]+"\]|{NAME} \{{|\}}|\s+[A-Za-z_][\w()]* {NAME}(?: (?:PK|FK|PK, FK))?(?: "[\d,]+")?|{NAME} {CARD}--{CARD} {NAME} : (?:has|"[^"%\\\r\n<>#;]+")'
)


def mermaid(*entities: dict[str, Any]) -> list[str]:
    return export(Design.load({"database": {"entities": list(entities)}}), "mermaid").splitlines()


def test_entities_references_and_how_many_of_each() -> None:
    lines = mermaid(
        {"id": "order-line", "attributes": [
            {"id": "order", "type": "reference", "to": "order", "key": True},
            {"id": "price", "type": "decimal(10,2)"}, {"id": "state", "type": "enum(a, b)"},
            {"id": "seller", "type": "reference", "to": "order", "optional": True}]},
        {"id": "order", "attributes": [{"id": "number", "type": "uuid", "key": True}]},
    )  # fmt: skip
    assert lines == [
        "erDiagram",
        'order_line["order-line"]',
        "order_line {",
        "    uuid order PK, FK",
        '    decimal price "10,2"',
        "    enum state",
        "    uuid seller FK",
        "}",
        "order {",
        "    uuid number PK",
        "}",
        'order 1--one or zero order_line : "order"',
        'order one or zero--0+ order_line : "seller"',
    ]


def test_a_composite_reference_is_one_line() -> None:
    parts = [{"id": name, "type": "integer", "key": True} for name in ("a", "b")]
    lines = mermaid(
        {"id": "x", "attributes": parts, "references": [{"id": "r", "of": ["a", "b"], "to": "x"}]}
    )
    assert [line for line in lines if "--" in line] == ['x 1--one or zero x : "r"']


def test_words_of_mermaid_and_names_that_look_alike_are_kept_apart() -> None:
    lines = mermaid(
        {"id": "one"},
        {"id": "One!"},
        {"id": "日本"},
        {"id": "class"},
        {"id": "a", "attributes": [{"id": "pk"}, {"id": "PK"}]},
    )
    assert [line for line in lines if line.endswith("{")] == [
        "one_ {",
        "one {",
        "unnamed {",
        "class_ {",
        "a {",
    ] or all(map(LINE.fullmatch, lines))
    assert len({line for line in lines if line.endswith("{")}) == 5


@given(
    names=st.lists(
        st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=12), min_size=1, max_size=4
    ),
    type=st.sampled_from(["", "text", "other(x; y)", "other(PK)"]),
)
def test_any_names_give_lines_that_mermaid_takes(names: list[str], type: str) -> None:
    attributes = [{"id": name, "name": name, "type": type} for name in names]
    lines = mermaid(*({"id": name, "name": name[::-1], "attributes": attributes} for name in names))
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert not re.search(r"https?:", "\n".join(lines)) or "http" in "".join(names)
