"""What databases print for checks and defaults is said in a design's words, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backendkit.model.expression import parse_expression
from backendkit.readers.sqltext import check_line, default_word

IDS = {"price": "price", "Unit Price": "unit_price", "xx": "xx", "in": "in_", "größe": "größe"}


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("price BETWEEN 1 AND 5 OR xx = 1", "((price >= 1) AND (price <= 5)) OR (xx = 1)"),
        ("[Unit Price] > 0 AND `xx` IS NOT NULL", "(unit_price > 0) AND (xx IS NOT NULL)"),
        ("PRICE >= 0 and \"in\" = 'a''b'", "(price >= 0) AND (in_ = 'a''b')"),
        (
            "((price = ANY (ARRAY[1, 2])) AND (xx <> ALL (ARRAY['p'::text])))",
            "(price IN (1, 2)) AND (xx NOT IN ('p'))",
        ),
        ("((price >= '-1'::integer))", "price >= (-1)"),
        ("(xx > '2000-01-01 00:00:00'::timestamp without time zone)", "xx > '2000-01-01 00:00:00'"),
        ("größe <> 0", "größe <> 0"),
        ("xx = N'ü'", "xx = 'ü'"),
    ],
)
def test_checks_that_the_grammar_can_say(sql: str, line: str) -> None:
    assert check_line(sql, IDS) == line


@pytest.mark.parametrize(
    "sql", ["length(price) > 3", "price LIKE 'x%'", "price > now()", "other > 1", "price NOT BETWEEN 1 AND 2", "1 = 1", "", "(" * 999,
            "price = ANY (xx)", "price IN (SELECT 1)", "price ~ 'a'", "price = 'open", "price::date > 1 -- x"],
)  # fmt: skip
def test_checks_that_say_more_are_none(sql: str) -> None:
    assert check_line(sql, IDS) is None


@given(st.lists(st.sampled_from(["price", '"Unit Price"', "xx", "(", ")", ">", "=", "any", "array", "[", "]", "1", ",", "'a'", "between",
                                 "and", "not", "in", "::text", "<>", "all", "is", "null", "-"]), max_size=14))  # fmt: skip
def test_any_check_is_a_line_of_the_grammar_or_none(words: list[str]) -> None:
    line = check_line(" ".join(words), IDS)
    assert line is None or parse_expression(line)


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("nextval('x'::regclass)", None),
        ("'a'::my.\"Ty pe\"", "a"),
        ("datetime('now')", "now"),
        ("CURRENT_TIMESTAMP(6)", "now"),
        ("'now'::text", "'now'"),
        ("''::character varying", "''"),
        ("'it''s'", "it's"),
        ("((1.50))", "1.50"),
        ("'-1'::integer", "-1"),
        ("TRUE", "true"),
        ("NULL::character varying", ""),
        ("", ""),
        ("'a' || 'b'", None),
        ("(1)+(2)", None),
        ("newid()", "new uuid"),
    ],
)
def test_defaults(sql: str, word: str | None) -> None:
    assert default_word(sql) == word
