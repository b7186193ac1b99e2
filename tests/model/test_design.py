"""Unfinished is not invalid: gaps open, only values of the wrong type are refused, each with what is allowed."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backendkit.model import CHAPTERS, Design, DesignError, Edit, UserError, apply, as_design, spell
from backendkit.model.format import upgrades
from backendkit.model.shape import shapes


def problems(values: Any) -> dict[str, str]:
    with pytest.raises(DesignError) as caught:
        Design.load(values)
    return {spell(problem.path): problem.message for problem in caught.value.problems}


GAPS: dict[str, Any] = {
    "an empty file": None,
    "only a name": {"name": "Shop"},
    "an empty chapter": {"requirements": None},
    "an empty list": {"requirements": {"functional": None}},
    "a record without an id": {"database": {"entities": [{"name": "Book"}]}},
    "an empty record": {"database": {"entities": [None]}},
    "an empty text in a list": {"requirements": {"functional": [{"id": "R1", "goals": [None]}]}},
    "a reference to nothing": {"api": {"resources": [{"id": "books", "entity": "book"}]}},
    "one id twice": {"database": {"entities": [{"id": "book"}, {"id": "book"}]}},
    "an open measure": {"requirements": {"quality": [{"id": "Q1", "measure": "fast enough"}]}},
    "an attribute without a type": {
        "database": {"entities": [{"id": "book", "attributes": [{"id": "title"}]}]}
    },
    "a check that is prose": {
        "database": {"entities": [{"id": "b", "checks": [{"id": "c", "holds": "is fair"}]}]}
    },
}


@pytest.mark.parametrize("values", GAPS.values(), ids=GAPS.keys())
def test_a_gap_opens(values: Any) -> None:
    design = Design.load(values)
    assert Design.load(design.values()) == design


MISTAKES: dict[str, tuple[Any, str, str]] = {
    "a list for a text": ({"name": ["Shop"]}, "name", "found a list, allowed is text."),
    "a text for a list": ({"authors": "Kim"}, "authors", "found 'Kim', allowed is a list"),
    "a mapping for a list": (
        {"database": {"entities": {"id": "a"}}},
        "database.entities",
        "found a mapping, allowed is a list",
    ),
    "a text for a record": (
        {"database": {"entities": ["book"]}},
        "database.entities[0]",
        "allowed is a mapping",
    ),
    "a text for a chapter": ({"api": "REST"}, "api", "found 'REST', allowed is a mapping"),
    "an unknown word": ({"nmae": "Shop"}, "nmae", "did you mean 'name'?"),
    "an unknown word in a record": (
        {"requirements": {"functional": [{"priorty": "must"}]}},
        "requirements.functional[0].priorty",
        "allowed are id, name, about, waive, text, priority",
    ),
    "a word that is not on the list": (
        {"requirements": {"functional": [{"priority": "urgent"}]}},
        "requirements.functional[0].priority",
        "found 'urgent', allowed are must, should, could, wont.",
    ),
    "an unknown chapter in scope": ({"scope": ["databse"]}, "scope[0]", "did you mean 'database'?"),
    "an unknown type": (
        {"database": {"entities": [{"attributes": [{"type": "varchar(3)"}]}]}},
        "database.entities[0].attributes[0].type",
        "'varchar(3)' is no type; allowed are string(n)",
    ),
    "a text for true or false": (
        {"database": {"entities": [{"attributes": [{"key": "maybe"}]}]}},
        "database.entities[0].attributes[0].key",
        "found 'maybe', allowed is true or false.",
    ),
    "a text for a number": (
        {"database": {"entities": [{"volume": {"rows": "many"}}]}},
        "database.entities[0].volume.rows",
        "a whole number",
    ),
    "a number below the least": (
        {"database": {"entities": [{"volume": {"rows": -1}}]}},
        "database.entities[0].volume.rows",
        "greater than or equal to 0",
    ),
    "a format that is no number": ({"format": "one"}, "format", "allowed is a whole number"),
    "a format from the future": ({"format": 99}, "format", "update the workbook"),
    "a format that never was": ({"format": -3}, "format", "never existed"),
    "a list for a design": (["a"], "", "a design is a mapping"),
    "a score that is a word": (
        {"architecture": {"decisions": [{"options": [{"scores": {"speed": "good"}}]}]}},
        "architecture.decisions[0].options[0].scores.speed",
        "allowed is a number",
    ),
    "a name of the program's own": (
        {"requirements": {"goals": [{"for_": ["reader"]}]}},
        "requirements.goals[0].for_",
        "did you mean 'for'?",
    ),
}


@pytest.mark.parametrize(("values", "where", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_value_of_the_wrong_type_is_refused_with_what_is_allowed(
    values: Any, where: str, message: str
) -> None:
    found = problems(values)
    assert list(found) == [where]
    assert message in found[where]


def test_all_mistakes_are_told_at_once() -> None:
    assert len(problems({"name": [], "version": {}, "scope": ["x", "y"], "format": 1})) == 4


@pytest.mark.parametrize(("typed", "value"), [("1.10", 1.1), ("404", 404), ("true", True), ("0x1F", 31)])
def test_a_plain_scalar_in_a_text_field_is_the_text_that_was_typed(typed: str, value: Any) -> None:
    assert Design.load({"version": value}, raw=lambda path: typed).version == typed


def test_everyone_says_copy_price_and_the_path_works_too() -> None:
    design = Design.load({"database": {"entities": [{"id": "copy", "attributes": [{"id": "price"}]}]}})
    by_address, by_path = design.find("copy.price"), design.find("database.entities[0].attributes[0]")
    assert by_address is not None
    assert by_address is by_path
    assert by_address.kind == "attribute"


def test_the_second_of_two_records_with_one_id_is_found_by_its_path() -> None:
    design = Design.load({"database": {"entities": [{"id": "copy"}, {"id": "copy", "name": "Second"}, {}]}})
    assert [found.address for found in design.records("entity")] == [
        "copy",
        "database.entities[1]",
        "database.entities[2]",
    ]


def test_references_know_what_they_mean_also_inside_their_own_record() -> None:
    design = Design.load(
        {
            "database": {
                "entities": [
                    {
                        "id": "copy",
                        "attributes": [{"id": "book", "type": "reference", "to": "book"}, {"id": "price"}],
                        "indexes": [{"id": "by-price", "of": ["price", "colour"]}],
                    }
                ]
            },
            "api": {"resources": [{"id": "copies", "entity": "copy", "filter": ["price"]}]},
        }
    )
    found = {
        spell(ref.path): (target.address if (target := design.resolve(ref)) else None)
        for ref in design.references
    }
    assert found == {
        "database.entities[0].attributes[0].to": None,
        "database.entities[0].indexes[0].of[0]": "copy.price",
        "database.entities[0].indexes[0].of[1]": None,
        "api.resources[0].entity": "copy",
        "api.resources[0].filter[0]": "copy.price",
    }


def test_a_reference_to_a_record_of_another_kind_dangles() -> None:
    design = Design.load(
        {"requirements": {"goals": [{"id": "G1"}]}, "api": {"resources": [{"id": "r", "entity": "G1"}]}}
    )
    assert [design.resolve(reference) for reference in design.references] == [None]


def test_scope_names_the_chapters_a_design_speaks_of() -> None:
    assert all(Design.load({}).scoped(chapter) for chapter in CHAPTERS)
    assert not Design.load({"scope": ["api"]}).scoped("database")


def test_a_design_of_an_earlier_format_comes_up_step_by_step_as_edits() -> None:
    steps = {
        -1: lambda values: [Edit("set", ("name",), values["title"]), Edit("remove", ("title",))],
        0: lambda values: [Edit("set", ("summary",), f"{values['name']}!")],
    }
    old = {"format": -1, "title": "Shop"}
    edits = upgrades(old, steps=steps, latest=1)
    assert apply(old, edits) == {"format": 1, "name": "Shop", "summary": "Shop!"}
    assert upgrades({"format": 1}, steps=steps, latest=1) == []


words = st.text(string.ascii_lowercase, max_size=6)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(words | st.sampled_from([s.alias for s in shapes(Design)]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(json_values)
def test_anything_opens_or_is_refused_in_words(values: Any) -> None:
    try:
        design = Design.load(values)
    except DesignError as error:
        sentences = [problem.message for problem in error.problems]
    else:
        sentences = []
        assert Design.load(design.values()) == design
    assert all(sentence.endswith((".", "?")) for sentence in sentences)


def test_a_design_at_the_end_of_a_cell_is_one_line() -> None:
    things: dict[str, Any] = {
        "requirements": {"functional": [{"id": "R1"}, {"id": "R2"}], "quality": [{"id": "Q1"}]},
        "database": {"entities": [{"id": "book"}, {"id": "copy"}]},
    }
    shop = Design.load({"name": "Shop", "version": "1.2", **things})
    assert str(shop) == repr(shop) == "Shop 1.2: 2 requirements, 1 quality, 2 entities"
    assert repr(Design()) == "A design without a name: no requirements, entities or resources yet"


def test_what_is_no_design_is_refused_in_one_sentence() -> None:
    with pytest.raises(UserError, match=r"'data/shop' is no design: open it first"):
        as_design("data/shop")  # type: ignore[arg-type]
