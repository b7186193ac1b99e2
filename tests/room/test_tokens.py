"""The playground: a token is taken apart, changed and sent, and the prototype refuses each forgery."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from backendkit import room
from backendkit.room.display import Table
from backendkit.room.tokens import NONE, Tokens, tokens_table
from backendkit.room.tryit import Prototype
from backendkit.store import OpenDesign, open_design

from .conftest import ROOT, Looker, Refused


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenDesign]:
    """A bookshop whose prototype runs for all tests of this module."""
    opened = open_design(ROOT / "data" / "bookshop").copy_to(tmp_path_factory.mktemp("tokens") / "shop")
    Prototype.of(opened).start(opened.design)
    yield opened
    Prototype.of(opened).stop()


@pytest.fixture
def part(shop: OpenDesign, looker: Looker) -> Tokens:
    made = Tokens(shop)
    looker.see(made)
    return made


@pytest.fixture
def told(part: Tokens, looker: Looker) -> dict[str, Any]:
    """A fresh token, taken apart."""
    (user, *_) = part.snapshot()["users"]
    return looker.ask(part, "token", user=user)


def sent(looker: Looker, part: Tokens, told: dict[str, Any], **changed: Any) -> tuple[bool, bool]:
    """Whether the prototype takes it, and whether a service without guards does."""
    fields = {"head": told["head"], "claims": told["claims"], "sign": "kept"} | changed
    texts = {name: each if name == "sign" else json.dumps(each) for name, each in fields.items()}
    answer = looker.ask(part, "send", good=told["token"], **texts)
    return answer["safe"]["good"], answer["unsafe"]["good"]


def test_a_token_that_nobody_changed_stays_letter_by_letter_and_is_taken(
    part: Tokens, looker: Looker, told: dict[str, Any]
) -> None:
    texts = {name: json.dumps(told[name], indent=2) for name in ("head", "claims")}
    assert looker.ask(part, "compose", good=told["token"], sign="kept", **texts)["token"] == told["token"]
    assert sent(looker, part, told) == (True, True)


def test_each_forgery_is_refused_here_and_taken_where_nobody_looks(
    part: Tokens, looker: Looker, told: dict[str, Any]
) -> None:
    assert len(told["forgeries"]) == 5
    for each in told["forgeries"]:
        made = {name: each[name] for name in ("head", "claims", "sign")}
        assert sent(looker, part, told, **made) == (False, True), each["what"]


def test_one_changed_claim_is_enough_to_be_refused(
    part: Tokens, looker: Looker, told: dict[str, Any]
) -> None:
    for name in told["claims"]:
        assert sent(looker, part, told, claims=told["claims"] | {name: "x"}) == (False, True), name


def test_what_is_no_json_is_told_in_a_sentence(part: Tokens, looker: Looker, told: dict[str, Any]) -> None:
    for text in ("{", "[]", "1", "{" * 3000, '"' + "a" * 5000 + '"', "\ud800"):
        with pytest.raises(Refused, match=r"^The claims "):
            looker.ask(part, "send", good=told["token"], head="{}", claims=text, sign="kept")
    with pytest.raises(Refused, match="A signature is one of"):
        looker.ask(part, "send", good=told["token"], head="{}", claims="{}", sign="mine")
    with pytest.raises(Refused, match="no user 'nobody'"):
        looker.ask(part, "token", user="nobody")


def test_a_design_without_a_login_says_that_there_is_nothing_to_take_apart(
    blank: OpenDesign, looker: Looker
) -> None:
    assert tokens_table(blank).empty == NONE
    made = Tokens(blank)
    looker.see(made)
    with pytest.raises(Refused, match="start it again"):
        looker.ask(made, "token", user="member")


def test_on_paper_stands_what_became_of_each(shop: OpenDesign) -> None:
    shown = room.try_tokens(shop)
    assert isinstance(shown, Table)
    assert [row[1][:3] for row in shown.rows] == ["200", *["401"] * 5]  # type: ignore[index]
    assert {row[2][:3] for row in shown.rows} == {"200"}  # type: ignore[index]
