"""Importing onto an existing design says what differs, by the name in the database first, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from backendkit.model import Design
from backendkit.readers import differences

BOOK: dict[str, Any] = {
    "id": "book",
    "table": "Books",
    "attributes": [
        {"id": "isbn", "type": "string(13)", "key": True},
        {"id": "title", "type": "text"},
        {"id": "number", "type": "uuid"},
        {"id": "author", "type": "reference", "to": "author"},
    ],
}
AUTHOR = {"id": "author", "attributes": [{"id": "id", "type": "integer", "key": True}]}


def design(*entities: dict[str, Any], engine: str = "sqlite", **api: Any) -> Design:
    return Design.load({"database": {"engine": engine, "entities": list(entities)}, "api": api})


def changed(**changes: dict[str, Any]) -> dict[str, Any]:
    """The book with other words for some attributes."""
    return BOOK | {"attributes": [each | changes.get(each["id"], {}) for each in BOOK["attributes"]]}


OURS = design(BOOK, AUTHOR)


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ([BOOK, AUTHOR], ()),
        ([BOOK | {"id": "tome"}, AUTHOR], ()),
        ([AUTHOR, BOOK | {"table": ""}], ()),
        ([changed(number={"type": "string(32)"}), AUTHOR], ()),
        ([BOOK], ("'Books' has a reference author to author.id in the design, not in the system.",
                  "The system has no 'author', the design has.")),
        ([BOOK, AUTHOR, {"id": "copy"}], ("The system has 'copy', the design has not.",)),
        ([changed(title={"type": "integer"}), AUTHOR], ("'Books.title' is integer in the system, text in the design.",)),
        ([changed(title={"optional": True}), AUTHOR], ("'Books.title' is optional in the system, required in the design.",)),
        ([changed(isbn={"key": False}), AUTHOR], ("'Books.isbn' is no key in the system, a key in the design.",)),
        ([changed(title={"column": "name", "id": "name"}), AUTHOR],
         ("The system has no 'Books.title', the design has.", "The system has 'Books.name', the design has not.")),
        ([changed(author={"on-delete": "cascade"}), AUTHOR],
         ("'Books' has a reference author to author.id (on delete cascade) in the system, not in the design.",
          "'Books' has a reference author to author.id in the design, not in the system.")),
        ([changed(author={"on-delete": "no-action"}), AUTHOR], ()),
        ([changed(title={"unique": True}), AUTHOR], ("'Books' has unique title in the system, not in the design.",)),
        ([BOOK | {"indexes": [{"id": "i", "of": ["title"]}], "checks": [{"id": "c", "holds": "title != ''"}]}, AUTHOR],
         ("'Books' has an index over title in the system, not in the design.",
          "'Books' has the check \"title\" <> '' in the system, not in the design.")),
        ([BOOK | {"view": True}, AUTHOR], ("'Books' is a view in the system, not in the design.",)),
    ],
)  # fmt: skip
def test_what_differs_is_said_in_plain_sentences(theirs: list[dict[str, Any]], said: tuple[str, ...]) -> None:
    assert differences(OURS, design(*theirs)) == said


def test_resources_are_compared_only_where_the_source_speaks_of_them() -> None:
    ours = Design.load({"api": {"base": "/v1", "resources": [{"id": "books", "operations": ["list"]}]}})
    called = {"resources": [{"id": "b", "path": "/v1/books", "operations": ["list", "get"]}, {"id": "c"}]}
    theirs = Design.load({"api": called | {"endpoints": [{"id": "pay", "method": "POST", "path": "/pay"}]}})
    assert differences(ours, theirs) == (
        "'/v1/books' offers get, list in the system, list in the design.",
        "The system has '/c', the design has not.",
        "The system has 'POST /pay', the design has not.",
    )
    assert differences(ours, design(**called)) == ()
