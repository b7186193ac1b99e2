"""Links: which attributes point to which, and how many rows stand at each end."""

from __future__ import annotations

from typing import Any

import pytest

from backendkit.model import Design
from backendkit.model.link import Link, links


def link_of(**child: Any) -> list[Link]:
    entities = [{"id": "parent", "attributes": [{"id": "number", "key": True}]}, {"id": "child", **child}]
    return list(links(Design.load({"database": {"entities": entities}})))


@pytest.mark.parametrize(
    ("marks", "optional", "unique"),
    [
        ({}, False, False),
        ({"optional": True}, True, False),
        ({"unique": True}, False, True),
        ({"key": True}, False, True),
    ],
)
def test_the_ends_of_a_line_follow_from_optional_and_unique(
    marks: dict[str, bool], optional: bool, unique: bool
) -> None:
    (link,) = link_of(attributes=[{"id": "to-parent", "type": "reference", "to": "parent", **marks}])
    assert (link.to, link.here.address, link.optional, link.unique) == ("parent", "child", optional, unique)
    assert [attribute.id for attribute in link.onto] == ["number"]


def test_a_part_of_a_key_does_not_make_a_child_the_only_one() -> None:
    rows = [{"id": id, "type": "reference", "to": "parent", "key": True} for id in ("one", "two")]
    assert [link.unique for link in link_of(attributes=rows)] == [False, False]


def test_a_unique_index_over_a_composite_reference_makes_it_one_to_one() -> None:
    found = link_of(
        attributes=[{"id": "a"}, {"id": "b"}],
        indexes=[{"id": "i", "of": ["a", "b"], "unique": True}],
        references=[{"id": "r", "of": ["a", "b"], "to": "parent"}],
    )
    assert [link.unique for link in found] == [True]


def test_a_gap_at_the_other_end_is_a_link_to_nothing() -> None:
    (link,) = link_of(attributes=[{"id": "a", "type": "reference", "to": "tomorrow"}])
    assert (link.to, link.there, link.onto) == ("tomorrow", None, ())


def test_an_attribute_is_named_behind_its_entity() -> None:
    (link,) = link_of(attributes=[{"id": "a", "type": "reference", "to": "parent.number"}])
    assert (link.to, [attribute.id for attribute in link.onto]) == ("parent", ["number"])
