"""The picture of the lives of things: every state and every move, and what is odd about them."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from backendkit.draw import DrawingError, picture
from backendkit.model import Design

MOVES = [
    {"id": "paying", "from": "open", "to": "paid", "trigger": "the money is there", "guard": "paid >= total"},
    {"id": "closing", "from": "paid", "to": "closed"},
    {"id": "half", "from": "open"},
]


def design(values: str = "open, paid, closed", **machine: Any) -> Design:
    attribute = {"id": "state", "type": f"enum({values})"}
    life = {"id": "life", "attribute": "order.state", "start": "open", "moves": MOVES} | machine
    return Design.load(
        {
            "database": {"entities": [{"id": "order", "attributes": [attribute]}]},
            "development": {"states": [life]},
        }
    )


def texts(found: Design, **options: Any) -> list[str]:
    tree = ElementTree.fromstring(picture(found, "states", **options))
    return [(text.text or "") for text in tree.iter("{http://www.w3.org/2000/svg}text")]


def test_every_state_and_every_whole_move_is_drawn_with_its_guard() -> None:
    found = texts(design())
    assert {"open", "paid", "closed", "the money is there", "[paid >= total]", "closing"} <= set(found)
    assert "half" not in found
    assert "no move leads on" in found


def test_a_state_that_is_no_value_or_is_never_reached_looks_so() -> None:
    odd = "not one of the values, or never reached"
    assert odd not in texts(design())
    assert odd in texts(design("open, paid, closed, lost"))
    assert odd in texts(design("open, paid"))


def test_it_says_in_words_what_it_shows() -> None:
    told = re.search(r"<desc>(.*)</desc>", picture(design(), "states").decode())
    assert told
    assert told[1] == (
        "order.state begins as open: from open to paid when the money is there if paid &gt;= total; "
        "from paid to closed when closing."
    )


def test_one_machine_is_drawn_alone_and_an_unknown_one_is_named() -> None:
    assert picture(design(), "states", focus="life").startswith(b"<svg")
    with pytest.raises(DrawingError, match=r"no state machine 'lief' to draw: did you mean 'life'"):
        picture(design(), "states", focus="lief")


@pytest.mark.parametrize(
    "machine", [{"moves": [], "start": "", "attribute": ""}, {"attribute": "", "start": ""}]
)
def test_what_is_hardly_begun_is_drawn_all_the_same(machine: dict[str, Any]) -> None:
    assert picture(design(**machine), "states").startswith(b"<svg")
    assert "No life of a thing yet" in texts(Design())


def test_texts_of_any_kind_are_text() -> None:
    text = '<script>alert(1)</script> & \u202e \x7f "it\'s" ' + "long " * 200
    moves = [{"id": text, "from": text, "to": "open", "trigger": text, "guard": text}]
    found = picture(design(start=text, moves=moves), "states")
    ElementTree.fromstring(found)
    assert b"<script" not in found


def test_a_life_fifty_times_as_large_is_drawn() -> None:
    moves = [{"id": f"m{n}", "from": f"s{n}", "to": f"s{(n * 7 + 1) % 100}"} for n in range(150)]
    assert len(texts(design("open", start="s0", moves=moves))) > 200
