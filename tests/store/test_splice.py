"""An edit changes its own lines and nothing else."""

from __future__ import annotations

import difflib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backendkit.model import Edit, UserError, apply
from backendkit.store.dump import dump
from backendkit.store.places import Places
from backendkit.store.splice import apply_edits
from backendkit.store.text import read

from .strategies import cases, designs, edited, written

SHOP = """\
# The shop.
name: Shop   # as on the door
scope: [api, database]

database:
  engine: postgresql
  entities:
    # what readers sell
    - id: copy
      about: One physical book, which a reader sells.
      attributes:
        - {id: number, type: uuid, key: true}   # given by us
        - {id: price, type: "decimal(10,2)"}
      # nothing more yet

    - id: book   # the work, not the paper
      name: Book
"""


def same(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def changed(text: str, *edits: Edit, **options: Any) -> list[str]:
    """The lines of a diff, as git shows them, without its heads."""
    new = apply_edits(text, edits, **options)
    assert same(read(new), apply(read(text), edits))
    diff = difflib.unified_diff(text.splitlines(), new.splitlines(), n=0, lineterm="")
    return [line for line in diff if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize(
    ("edit", "diff"),
    [
        (
            Edit("set", ("name",), "Bookshop"),
            ["-name: Shop   # as on the door", "+name: Bookshop   # as on the door"],
        ),
        (Edit("set", ("version",), "1.10"), ['+version: "1.10"']),
        (
            Edit("insert", ("scope", 2), "security"),
            ["-scope: [api, database]", "+scope: [api, database, security]"],
        ),
        (Edit("remove", ("scope", 0)), ["-scope: [api, database]", "+scope: [database]"]),
        (Edit("move", ("scope", 0), 1), ["-scope: [api, database]", "+scope: [database, api]"]),
        (
            Edit("set", ("database", "entities", 0, "attributes", 0, "optional"), True),
            [
                "-        - {id: number, type: uuid, key: true}   # given by us",
                "+        - {id: number, type: uuid, key: true, optional: true}   # given by us",
            ],
        ),
        (
            Edit("insert", ("database", "entities", 0, "attributes", 2), {"id": "note", "type": "text"}),
            ["+        - {id: note, type: text}"],
        ),
        (
            Edit(
                "insert",
                ("database", "entities", 0, "attributes", 0),
                {"id": "note", "about": "Said, by a seller."},
            ),
            ["+        - id: note", "+          about: Said, by a seller."],
        ),
        (
            Edit("insert", ("database", "entities", 2), {"id": "order", "name": "Order"}),
            ["+", "+    - id: order", "+      name: Order"],
        ),
        (
            Edit("remove", ("database", "entities", 1)),
            ["-    - id: book   # the work, not the paper", "-      name: Book"],
        ),
        (Edit("remove", ("database", "entities", 1, "name")), ["-      name: Book"]),
        (
            Edit("set", ("database", "entities", 0, "about"), "One.\nTwo: three.\n"),
            [
                "-      about: One physical book, which a reader sells.",
                "+      about: |",
                "+        One.",
                "+        Two: three.",
            ],
        ),
        (Edit("set", ("api", "version"), "v1"), ["+", "+api:", "+  version: v1"]),
    ],
)
def test_a_diff_shows_the_edit_alone(edit: Edit, diff: list[str]) -> None:
    assert changed(SHOP, edit) == diff
    windows = changed(SHOP.replace("\n", "\r\n"), edit)
    assert windows == diff
    assert "\r" not in apply_edits(SHOP, [edit])
    assert "\n" not in apply_edits(SHOP.replace("\n", "\r\n"), [edit]).replace("\r\n", "")


def test_a_whole_list_set_anew_changes_only_what_differs_in_it() -> None:
    entities = read(SHOP)["database"]["entities"]
    new = [{**entities[0], "about": "A book."}, entities[1], {"id": "order"}]
    assert changed(SHOP, Edit("set", ("database", "entities"), new)) == [
        "-      about: One physical book, which a reader sells.",
        "+      about: A book.",
        "+",
        "+    - id: order",
    ]


def test_a_record_on_one_line_becomes_a_block_once_it_carries_prose() -> None:
    path = ("database", "entities", 0, "attributes", 1, "about")
    assert changed(SHOP, Edit("set", path, "What the seller asks, without postage.")) == [
        '-        - {id: price, type: "decimal(10,2)"}',
        "+        - id: price",
        "+          type: decimal(10,2)",
        "+          about: What the seller asks, without postage.",
    ]


def test_a_new_key_stands_where_the_order_wants_it() -> None:
    diff = changed(
        SHOP,
        Edit("set", ("database", "entities", 0, "name"), "Copy"),
        order=lambda _: ("id", "name", "about"),
    )
    assert diff == ["+      name: Copy"]
    new = apply_edits(
        SHOP,
        [Edit("set", ("database", "entities", 0, "name"), "Copy")],
        order=lambda _: ("id", "name", "about"),
    )
    assert "- id: copy\n      name: Copy\n      about:" in new


def test_a_missing_last_line_end_stays_missing_and_a_byte_order_mark_stays() -> None:
    assert apply_edits("a:\n  - x", [Edit("insert", ("a", 1), "y")]) == "a:\n  - x\n  - y"
    assert apply_edits("\ufeffa: 1\n", [Edit("set", ("a",), 2)]) == "\ufeffa: 2\n"


def test_an_empty_file_and_one_with_only_comments_take_their_first_value() -> None:
    assert apply_edits("", [Edit("set", ("name",), "x")]) == "name: x\n"
    assert apply_edits("# mine\n", [Edit("set", ("a", "b"), [])]) == "# mine\na:\n  b: []\n"


def test_gaps_are_filled_where_they_stand() -> None:
    assert apply_edits("a:\nb:  # open\n", [Edit("set", ("b",), "x")]) == "a:\nb: x  # open\n"
    assert apply_edits("a:\nb: 1\n", [Edit("set", ("a", "c"), "x")]) == "a:\n  c: x\nb: 1\n"
    assert apply_edits("a:\nb: 1\n", [Edit("insert", ("a", 0), {"id": "x"})]) == "a:\n  - {id: x}\nb: 1\n"


def test_the_last_thing_removed_leaves_an_empty_list_or_mapping() -> None:
    assert apply_edits("a:\n  # why\n  - x\nb: 1\n", [Edit("remove", ("a", 0))]) == "# why\na: []\nb: 1\n"
    assert apply_edits("# top\na: 1\n", [Edit("remove", ("a",))]) == "# top\n"


@pytest.mark.parametrize(
    "text",
    [
        "a: {b: 1,\n    c: [x,   # one\n        y], # two\n    }\n",
        "a:\n- 'it''s'\n- |+\n  keep\n\n\n- >-\n  folded\n  text\nb: plain\n  goes on\n",
        '"a": "x\n  y"\n? b\n: {c, d: }\ne: !x\n'.replace(": !x", ": '!x'"),
        "---\na:\n    -   id: x\n        b: 1\n    -\n        id: y\n...\n",
        "a:   # c\n\n  # d\n\n  b:   1\n\n\n\n# e\n\nc: [ ]\n# end",
    ],
)
def test_layouts_nobody_thought_of_hold_any_edit(text: str) -> None:
    data = read(text)

    @settings(max_examples=60, deadline=None)
    @given(edited(data))
    def hold(edit: Edit) -> None:
        assert same(read(apply_edits(text, [edit])), apply(data, [edit]))

    hold()


@settings(max_examples=150, deadline=None)
@given(cases())
def test_any_text_with_any_edits_reads_back_equal(case: tuple[str, list[Edit], Any]) -> None:
    text, edits, wanted = case
    assert same(read(apply_edits(text, edits)), wanted)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_what_an_edit_does_not_speak_of_stays_to_the_byte(data: st.DataObject) -> None:
    values = data.draw(designs)
    text = data.draw(written(values))
    edit = data.draw(edited(values))
    before, after = parts(text), parts(apply_edits(text, [edit]))
    for key in before.keys() - {edit.path[0]}:
        assert after[key].rstrip() == before[key].rstrip()


def parts(text: str) -> dict[Any, bytes]:
    """The bytes of every chapter, comments below its head included."""
    places = Places(text)
    found = places.inside(places.root) if places.root else []
    return {place.path[0]: places.data[places.begin(place.head) : places.after(place)] for place in found}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_an_insert_only_adds_lines_and_a_removal_only_takes_some(data: st.DataObject) -> None:
    records = st.fixed_dictionaries(
        {"id": st.sampled_from(["x", "y z", "1.10"])}, optional={"about": st.text("ab .")}
    )
    items = data.draw(st.lists(records, min_size=2, max_size=4))
    text = data.draw(written({"top": 1, "list": items, "end": {"a": [1]}}))
    index = data.draw(st.integers(0, len(items) - 1))
    more = apply_edits(text, [Edit("insert", ("list", index), {"id": "new"})])
    less = apply_edits(text, [Edit("remove", ("list", index))])
    assert within(text, more)
    assert within(less, text)


def within(few: str, many: str) -> bool:
    """Whether all lines of one text stand in another, in that order."""
    rest = iter(many.splitlines())
    return all(line in rest for line in few.splitlines())


@settings(max_examples=100, deadline=None)
@given(designs)
def test_any_design_dumped_reads_back_equal(values: dict[str, Any]) -> None:
    assert same(read(dump(values)), values)


def test_what_yaml_cannot_hold_is_refused_and_never_written() -> None:
    with pytest.raises(UserError, match=r"^Not saved: name cannot hold .*, which YAML cannot write\.$"):
        apply_edits(SHOP, [Edit("set", ("name",), 10**30)])
    with pytest.raises(UserError, match="would have more than 4,000,000 characters"):
        apply_edits(SHOP, [Edit("set", ("name",), "x" * 4_000_000)])


def test_a_move_in_a_list_of_many_lines_keeps_its_comments_and_layout() -> None:
    text = "a: [  # which\n  {id: x},  # first\n  # then\n  {id: y, n: [1]},\n  {id: z},\n]\n"
    assert apply_edits(text, [Edit("move", ("a", 2), 0)]) == (
        "a: [  # which\n  {id: z},  # first\n  # then\n  {id: x},\n  {id: y, n: [1]},\n]\n"
    )


MANY = """\
goals:
  # the first
  - id: G0   # zero

  - {id: G1, text: One}
  - id: G2
    # kept inside
    text: Two

  - id: G3
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "edits",
    [
        [Edit("insert", ("goals", 2 + n), {"id": f"N{n}", "text": "It is so, or not."}) for n in range(3)],
        [Edit("insert", ("goals", n), {"id": f"N{n}"}) for n in range(3)],
        [Edit("insert", ("goals", 4 + n), {"id": f"N{n}"}) for n in range(3)],
        [Edit("remove", ("goals", 1)) for _ in range(3)],
        [Edit("remove", ("goals", n)) for n in (3, 0, 1)],
        [Edit("set", ("goals", n, key), f"{key} of {n}") for key in ("text", "about") for n in (3, 0, 2, 1)],
        [Edit("remove", ("goals", 2, "text")), Edit("set", ("goals", 1, "votes", "kim"), 3)],
        [Edit("set", ("goals", n, "sub"), [{"id": "a"}]) for n in range(4)]
        + [Edit("insert", ("goals", n, "sub", 1), {"id": "b"}) for n in range(4)],
    ],
)
def test_many_edits_at_once_leave_the_text_that_they_leave_one_by_one(edits: list[Edit], end: str) -> None:
    text = one_by_one = MANY.replace("\n", end)
    for edit in edits:
        one_by_one = apply_edits(one_by_one, [edit])
    assert apply_edits(text, edits) == one_by_one


def test_all_items_removed_at_once_leave_an_empty_list_and_may_come_back() -> None:
    text = apply_edits(MANY, [Edit("remove", ("goals", 0))] * 4)
    assert read(text) == {"goals": []}
    back = apply_edits(text, [Edit("insert", ("goals", n), {"id": f"G{n}"}) for n in range(2)])
    assert back.endswith("goals:\n  - {id: G0}\n  - {id: G1}\n")
