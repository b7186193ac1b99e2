"""Everything the room shows, where no kernel runs: of a full design, of a blank one, and of one with hostile text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from backendkit import room
from backendkit.model import CHAPTERS, Design, Insert, Set
from backendkit.prototype import start
from backendkit.room.widget import Widget, markdown
from backendkit.store import OpenDesign, new_design, open_design

from .conftest import HOSTILE, PLACES, ROOT, Looker

Show = Callable[[OpenDesign], Any]
WRITTEN = [name for name in CHAPTERS if name in Design.model_fields]
PICTURES = ("er", "context", "container")
PHASES = ("start", "requirements", "document")
SHOWN: dict[str, tuple[Show, ...]] = {
    "show_board": (room.show_board,),
    "show_chapter": tuple(lambda opened, of=of: room.show_chapter(opened, of) for of in WRITTEN),
    "show_attacks": (room.show_attacks,),
    "show_controls": (room.show_controls,),
    "show_decisions": (room.show_decisions, room.weigh),
    "show_dictionary": (room.show_dictionary,),
    "show_export": tuple(
        lambda opened, to=to: room.show_export(opened, to) for to in ("ddl", "openapi", "mermaid")
    ),
    "show_file": tuple(
        lambda opened, of=of: room.show_file(opened, of) for of in (".env.example", "compose.yaml", ".editorconfig")
    ),
    "show_findings": tuple(lambda opened, of=of: room.show_findings(opened, of) for of in CHAPTERS),
    "show_machine": (room.show_machine,),
    "show_measures": (room.show_measures,),
    "show_notes": (lambda opened: room.show_notes(opened, "api"), lambda opened: room.write_notes(opened, "api")),
    "show_operations": (room.show_operations,),
    "show_picture": (
        *(lambda opened, of=of: room.show_picture(opened, of) for of in PICTURES),
        *(lambda opened, of=of: room.sketch(opened, of) for of in PICTURES),
    ),
    "show_start": (lambda opened: room.show_start(),),
    "show_states": (room.show_states,),
    "show_teams": (lambda opened: room.show_teams(Path(opened.where).parent),),
    "show_threats": (room.show_threats,),
    "show_trace": (room.show_trace,),
    "show_way": tuple(lambda opened, of=of: room.show_way(opened, of) for of in PHASES),
    "edit": (
        lambda opened: room.edit(opened, "requirements.functional"),
        lambda opened: room.edit(opened, "requirements.questions"),
        lambda opened: room.edit(opened, "database.entities"),
        lambda opened: room.edit(opened, "environment.variables"),
        room.try_tokens,
        lambda opened: room.compare_tools(opened),
        lambda opened: room.weigh(opened, "environment"),
        *(lambda opened, of=of: room.edit_chapter(opened, of) for of in WRITTEN),
        lambda opened: room.vote(opened, "requirements.functional"),
    ),
}  # fmt: skip
TAGS = {
    "a", "br", "caption", "code", "del", "div", "em", "figcaption", "figure", "h3", "h4", "hr", "img", "li", "ol",
    "p", "pre", "span", "strong", "style", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


@pytest.fixture(scope="module")
def designs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, OpenDesign]:
    """The bookshop; a blank design; and a bookshop in which every name and every remark would be markup elsewhere."""
    place = tmp_path_factory.mktemp("still")
    bookshop = open_design(ROOT / "data" / "bookshop")
    hostile = bookshop.copy_to(place / "hostile" / "design")
    records = [(one.address, one.kind) for one in hostile.design.located]
    named = [Set(at, "title" if kind == "decision" else "name", HOSTILE) for at, kind in records]
    named += [Set(at, "about", HOSTILE) for at, _ in records]
    question = Insert("", "requirements.questions", {"id": "OQ7", "text": HOSTILE, "asks": HOSTILE})
    vote = Set("R1", f"votes.{HOSTILE}", 3)
    hostile.update(*named, *(Set(at, field, HOSTILE) for at, field in PLACES), question, vote)
    hostile.update(*(Set("", field, HOSTILE) for field in ("name", "summary")), Set("", "authors", [HOSTILE]))
    hostile.write_notes("api", f"## {HOSTILE}\n\n{HOSTILE}\n\n[x](javascript:alert(1))\n")
    blank = new_design(place / "blank" / "design")
    return {"bookshop": bookshop.copy_to(place / "full" / "design"), "blank": blank, "hostile": hostile}


class Tags(HTMLParser):
    """What of a text is markup."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.wrong: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.wrong += [name for name, value in attrs if name.startswith("on") or "script:" in (value or "")]


def results(shown: Any) -> Iterator[dict[str, Any]]:
    """The MIME bundles that a cell would get."""
    for part in getattr(shown, "parts", None) or (shown,):
        yield part._repr_mimebundle_()[0]


def checked(data: dict[str, Any]) -> None:
    """A result can be read as text, and nothing that was typed has become markup."""
    assert isinstance(data["text/plain"], str)
    for text in (data.get("text/html", ""), markdown(data.get("text/markdown", ""))):
        found = Tags(text)
        assert found.tags <= TAGS, found.tags - TAGS
        assert not found.wrong
    if "image/svg+xml" in data:
        svg = ElementTree.fromstring(data["image/svg+xml"])
        assert not any(node.tag.endswith("script") for node in svg.iter())


@pytest.mark.parametrize("which", ["bookshop", "blank", "hostile"])
@pytest.mark.parametrize("name", SHOWN)
def test_it_is_shown_as_text_and_pictures(designs: dict[str, OpenDesign], name: str, which: str) -> None:
    for show in SHOWN[name]:
        for data in results(show(designs[which])):
            checked(data)


def test_hostile_text_is_there_to_the_letter(designs: dict[str, OpenDesign]) -> None:
    hostile = designs["hostile"]
    (table,) = results(room.edit(hostile, "requirements.questions"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;|`*&quot;&#x27;&amp;{{x}}" in table["text/html"]
    (text,) = results(room.show_findings(hostile, "api"))
    assert "<script" not in text["text/markdown"].replace("\\<", "")


def test_everything_that_the_room_shows_is_tried_here() -> None:
    others = {"show_answer", "show_calls", "show_document"}
    assert {name for name in vars(room) if name.startswith("show_")} == {*others, *SHOWN} - {"edit"}


@pytest.mark.parametrize("which", ["blank", "hostile"])
def test_calls_and_their_answers_are_shown_too(designs: dict[str, OpenDesign], which: str) -> None:
    with start(designs[which]) as api:
        for data in results(room.show_calls(designs[which], api)):
            checked(data)
    asked = httpx.Request("GET", "http://127.0.0.1/books", params={"q": HOSTILE})
    for answer in (httpx.Response(200, json={"title": HOSTILE}), httpx.Response(500, text=f"```\n{HOSTILE}")):
        answer.request = asked
        checked(room.show_answer(answer)._repr_mimebundle_()[0])


def test_without_ipython_there_is_no_kernel_either(
    designs: dict[str, OpenDesign], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "IPython")
    for show in (room.show_board, room.show_trace, *SHOWN["show_picture"], *SHOWN["edit"]):
        for data in results(show(designs["blank"])):
            checked(data)


def test_what_runs_headless_is_still_even_in_a_kernel(
    designs: dict[str, OpenDesign], looker: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = room.show_board(designs["blank"])
    assert hasattr(live, "_esm")
    monkeypatch.setenv("BACKENDKIT_HEADLESS", "1")
    assert not hasattr(room.show_board(designs["blank"]), "_esm")


@pytest.mark.parametrize("which", ["bookshop", "blank", "hostile"])
def test_live_it_gives_a_page_plain_data_and_keeps_the_still_version_beside_it(
    designs: dict[str, OpenDesign], house: Path, looker: Looker, which: str
) -> None:
    shown = [show(designs[which]) for shows in SHOWN.values() for show in shows]
    parts = [part for part in shown if isinstance(part, Widget)]
    assert len({type(part) for part in parts}) > 10
    for part in parts:
        assert looker.see(part)
        data, _ = part._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in data
        checked(data)
