"""Attribute types are one readable word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backendkit.model.datatype import PLAIN, DataType, parse_type

WORDS = [
    *PLAIN,
    "string",
    "string(80)",
    "decimal",
    "decimal(10,2)",
    "decimal(10,0)",
    "enum(new, good, worn)",
    "other(geometry(Point,4326))",
]


@pytest.mark.parametrize("word", WORDS)
def test_a_type_is_printed_back_the_same(word: str) -> None:
    assert str(parse_type(word)) == word


@pytest.mark.parametrize(
    "word",
    [
        "strng(4)",
        "string(0)",
        "string(x)",
        "decimal(2,4)",
        "enum()",
        "enum(a,,b)",
        "integer(4)",
        "other()",
        "Text",
    ],
)
def test_a_word_that_is_no_type_says_what_is_allowed(word: str) -> None:
    with pytest.raises(ValueError, match=r"allowed are string\(n\), decimal\(p,s\)"):
        parse_type(word)


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=8))
def test_enum_values_may_be_any_text(values: list[str]) -> None:
    assert parse_type(str(DataType("enum", values=tuple(values)))).values == tuple(values)
