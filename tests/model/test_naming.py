"""Names: whatever people type becomes an identifier, and never the same one twice."""

from __future__ import annotations

import ast
import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backendkit.model import naming


@given(st.text(max_size=200))
def test_any_text_becomes_an_identifier_that_python_reads_back_unchanged(text: str) -> None:
    name = naming.snake(text)
    assert name.isidentifier()
    assert not name.startswith("_")
    if not keyword.iskeyword(name):
        node = ast.parse(name, mode="eval").body
        assert isinstance(node, ast.Name)
        assert node.id == name


@given(st.text(max_size=200))
def test_the_plain_form_is_ascii_and_no_keyword(text: str) -> None:
    name = naming.ascii_snake(text)
    assert name.isascii()
    assert name.isidentifier()
    assert not keyword.iskeyword(name)


@given(st.text(max_size=200))
def test_making_a_name_of_a_name_changes_nothing(text: str) -> None:
    assert naming.snake(naming.snake(text)) == naming.snake(text)


@given(st.lists(st.sampled_from(["a", "a_2", "a_3", "b", "class"])))
def test_distinct_names_never_repeat(names: list[str]) -> None:
    found = naming.distinct(names, {"class"})
    assert len(set(found)) == len(names)
    assert "class" not in found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Order Details", "order_details"),
        ("AlbumId", "album_id"),
        ("HTTPServer", "http_server"),
        ("  --  ", "unnamed"),
        ("", "unnamed"),
        ("ﬁle", "file"),
        ("价格", "价格"),
        ("price ($)", "price"),
        ("__init__", "init"),
        ("x" * 500, "x" * 60),
    ],
)
def test_names_read_as_people_expect(text: str, name: str) -> None:
    assert naming.snake(text) == name


def test_plurals_are_made_only_where_english_is_simple() -> None:
    singles = ["book", "category", "box", "address", "day", "status", "playlist-track", "data"]
    assert [naming.plural(word) for word in singles] == [
        "books", "categories", "boxes", "addresses", "days", "statuses", "playlist-tracks", "data",
    ]  # fmt: skip
