"""Guards and checks are one line of a small grammar, printed as SQL and as Python."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backendkit.model.expression import (
    Constant,
    Expression,
    Name,
    NotAnExpression,
    Operation,
    evaluate,
    names,
    parse_expression,
    print_python,
    print_sql,
    rename,
)

numbers = st.integers(0, 99).map(lambda n: Constant("number", str(n)))
values: st.SearchStrategy[Any] = st.one_of(numbers, st.sampled_from(["a", "b"]).map(Name))
sums = st.recursive(
    values,
    lambda inner: st.builds(lambda s, x, y: Operation(s, (x, y)), st.sampled_from("+-*"), inner, inner),
    max_leaves=4,
)
comparisons = st.one_of(
    st.builds(
        lambda s, x, y: Operation(s, (x, y)), st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), sums, sums
    ),
    st.builds(
        lambda x, items: Operation("in", (x, *items)), values, st.lists(numbers, min_size=1, max_size=3)
    ),
)
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds(lambda s, x, y: Operation(s, (x, y)), st.sampled_from(["and", "or"]), inner, inner),
        st.builds(lambda x: Operation("not", (x,)), inner),
    ),
    max_leaves=5,
)


@given(conditions, st.integers(-50, 50), st.integers(-50, 50))
def test_sql_and_python_agree_on_every_row(condition: Expression, a: int, b: int) -> None:
    with sqlite3.connect(":memory:") as database:
        database.execute("create table t (a integer, b integer)")
        database.execute("insert into t values (?, ?)", (a, b))
        by_sql = bool(database.execute(f"select {print_sql(condition)} from t").fetchone()[0])
    database.close()
    assert by_sql == bool(eval(print_python(condition), {}, {"a": a, "b": b}))


@given(st.text(max_size=80))
def test_a_text_literal_stays_a_literal_in_sql_and_python(text: str) -> None:
    expression = Operation("=", (Name("a"), Constant("text", text)))
    assert eval(print_python(expression), {}, {"a": text}) is True
    if "\x00" not in text and text.encode("utf-8", "replace").decode() == text:
        with sqlite3.connect(":memory:") as database:
            assert database.execute(
                f"select {print_sql(expression)} from (select ? as a)", (text,)
            ).fetchone() == (1,)
        database.close()


@pytest.mark.parametrize(
    "text",
    [
        "price must be positive",
        "price >=",
        "(price",
        "a = 'b",
        "__import__('os').system('x')",
        "a; drop table t",
        "",
        "not",
        "1 in 2",
    ],
)
def test_prose_is_not_an_expression(text: str) -> None:
    with pytest.raises(NotAnExpression):
        parse_expression(text)


def test_deep_nesting_is_refused_and_does_not_exhaust_the_stack() -> None:
    with pytest.raises(NotAnExpression):
        parse_expression("(" * 900 + "1" + ")" * 900)
    with pytest.raises(NotAnExpression):
        parse_expression("not " * 490 + "a")


def test_the_names_it_speaks_of_are_listed_once() -> None:
    assert names(parse_expression("paid >= total and paid <= total + 5")) == ("paid", "total")


def test_renaming_leaves_texts_other_names_and_prose_alone() -> None:
    assert (
        rename("price > 0 and price-old != 'price'", "price", "cost") == "cost > 0 and price-old != 'price'"
    )
    assert rename("the price is fair", "price", "cost") == "the price is fair"


def test_null_is_compared_with_is() -> None:
    expression = parse_expression("note is not null or price < -1.5")
    assert print_sql(expression) == '("note" IS NOT NULL) OR ("price" < (-1.5))'


def test_commas_within_a_text_of_a_list_stay() -> None:
    expression = parse_expression("state in ('a,,b', 'c,)')")
    assert print_sql(expression) == "\"state\" IN ('a,,b', 'c,)')"
    assert print_python(expression) == "state in ('a,,b', 'c,)')"
    assert print_python(parse_expression("state in ('a,,b')")) == "state in ('a,,b',)"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("price >= 0 and price <= total", True),
        ("price > total or name = 'Momo'", True),
        ("price * 2 = total - 1", False),
        ("-price < 0", True),
        ("gone is null", True),
        ("gone is not null", False),
        ("gone > 1", None),
        ("gone > 1 and price > 99", False),
        ("gone > 1 or price = 3", True),
        ("not gone", None),
        ("name in ('Momo', 'Dune')", True),
        ("name not in ('Dune')", True),
        ("open = true", True),
    ],
)
def test_a_line_is_worked_out_for_a_row_as_a_database_does(line: str, wanted: bool | None) -> None:
    row = {"price": 3, "total": 6, "name": "Momo", "gone": None, "open": True}
    found = evaluate(parse_expression(line), row)
    assert found is wanted
    with closing(sqlite3.connect(":memory:")) as database:
        columns = ", ".join(f':{name} AS "{name}"' for name in row)
        sql = print_sql(parse_expression(line))
        ((answer,),) = database.execute(f"SELECT {sql} FROM (SELECT {columns})", row)
    assert (None if answer is None else bool(answer)) is wanted
