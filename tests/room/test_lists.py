"""A list of the design is a table: every record a row, every field that is used a column."""

from __future__ import annotations

import pytest

from backendkit.model import CHAPTERS, Design, Insert, Set, UserError
from backendkit.model.shape import shapes
from backendkit.room import edit, show_chapter
from backendkit.room.examples import EXAMPLES, example
from backendkit.store import OpenDesign


def test_the_chosen_columns_stand_in_their_order_and_the_id_comes_first(bookshop: OpenDesign) -> None:
    table = edit(bookshop, "requirements.functional", columns=("priority", "text"))
    assert table.headings == ("", "Priority", "Requirement")
    assert [row[0] for row in table.rows[:2]] == ["R1", "R2"]
    assert table.rows[6][1:] == (
        "must",
        "When a reader places an order, the shop shall reserve every copy in it for 15 minutes.",
    )


def test_without_columns_every_field_that_is_used_has_one(bookshop: OpenDesign) -> None:
    table = edit(bookshop, "requirements.goals")
    assert table.headings == ("", "Goal", "Measure", "For")


def test_sentences_stand_one_below_the_other_and_ids_in_one_line(bookshop: OpenDesign) -> None:
    table = edit(bookshop, "requirements.functional", columns=("acceptance", "goals"))
    assert table.rows[0][2] == "G1"
    assert len(table.rows[0][1]) == 2
    assert table.rows[1][2] == "G1, G2"


def test_words_of_the_file_that_are_reserved_in_python_are_columns_too(bookshop: OpenDesign) -> None:
    table = edit(bookshop, "architecture.elements", columns=("kind", "in"))
    assert table.rows[1] == ("front", "container", "shop")


def test_a_list_inside_a_record_is_found_by_what_people_say(bookshop: OpenDesign) -> None:
    table = edit(bookshop, "copy.attributes", columns=("type", "optional"))
    assert ("note", "text", "yes") in table.rows


def test_a_change_is_seen_the_next_time(bookshop: OpenDesign) -> None:
    bookshop.update(Insert("", "requirements.goals", {"id": "G9", "text": "Rest"}), Set("G1", "text", "Sell"))
    texts = [row[1] for row in edit(bookshop, "requirements.goals", columns=("text",)).rows]
    assert (texts[0], texts[-1]) == ("Sell", "Rest")


def test_an_empty_list_says_what_is_empty(blank: OpenDesign) -> None:
    table = edit(blank, "requirements.functional", columns=("text", "priority"))
    said = "Functional requirements: nothing is written here yet. A line has: id, text, priority."
    assert table.empty == said
    assert 'Insert("", "requirements.functional", {"id": "R1"' in table.hint


LISTS = [
    f"{chapter}.{shape.alias}"
    for chapter, holder in Design()
    if chapter in CHAPTERS
    for shape in shapes(type(holder))
    if shape.many and shape.part
]


@pytest.mark.parametrize("where", LISTS)
def test_an_empty_list_shows_a_line_that_begins_it(blank: OpenDesign, where: str) -> None:
    exec(edit(blank, where).hint, {"design": blank})  # noqa: S102 it is code for a cell
    assert len(edit(blank, where).rows) == 1


def test_the_examples_go_together(blank: OpenDesign) -> None:
    for where in EXAMPLES:
        if "." in where:
            exec(example(where), {"design": blank})  # noqa: S102
    exec(example("book.attributes").replace("title", "state"), {"design": blank})  # noqa: S102
    design = blank.design
    assert {one.target for one in design.references if not design.resolve(one)} == {"order.state"}


def test_a_column_in_which_nothing_stands_is_left_out(bookshop: OpenDesign) -> None:
    columns = ("name", "role", "influence")
    bookshop.update(*(Set(one.id, "influence", None) for one in bookshop.design.requirements.stakeholders))
    assert edit(bookshop, "requirements.stakeholders", columns=columns).headings == ("", "Name", "Role")


def test_volumes_and_versions_are_said_in_words(bookshop: OpenDesign) -> None:
    rows = dict(edit(bookshop, "database.entities", columns=("volume",)).rows)  # type: ignore[arg-type]
    assert "60,000 rows, growing by 2500 per month, 400 bytes each" in rows.values()
    text = show_chapter(bookshop, "api").markdown
    assert "by path, now v1. An old version answers for 12 months" in text


@pytest.mark.parametrize(
    ("where", "columns", "word"),
    [
        ("requirements.function", (), "it has: stakeholders, goals, functional"),
        ("requirement.goals", (), "There is no 'requirement'"),
        ("goals", (), "There is no 'goals'"),
        ("nobody.attributes", (), "There is no 'nobody'"),
        ("requirements.goals", ("texts",), "no column 'texts', it has: id, name"),
    ],
)
def test_a_wrong_name_is_answered_with_the_names_there_are(
    bookshop: OpenDesign, where: str, columns: tuple[str, ...], word: str
) -> None:
    with pytest.raises(UserError, match=word):
        edit(bookshop, where, columns=columns)


def test_a_chapter_tells_what_holds_for_all_of_it(bookshop: OpenDesign, blank: OpenDesign) -> None:
    text = show_chapter(bookshop, "api").markdown
    assert text.startswith(
        "REST for the shop front, documented for partners.\n\n- **Style:** rest\n- **Base:** /v1"
    )
    assert "- **Pagination:** by offset, 20 on a page, 100 at the most" in text
    assert show_chapter(blank, "api").empty
