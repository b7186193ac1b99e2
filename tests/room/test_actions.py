"""Calls to the prototype, the document, and a fresh start."""

from __future__ import annotations

from pathlib import Path

import httpx
import pypandoc
import pytest

from backendkit import check, export, picture, room
from backendkit.model import Insert, Set, UserError
from backendkit.prototype import start
from backendkit.rules import waived
from backendkit.scaffold import generate
from backendkit.store import OpenDesign, open_design


def answer(text: str, status: int = 200) -> httpx.Response:
    return httpx.Response(
        status, text=text, request=httpx.Request("GET", "http://127.0.0.1:1/v1/books?a=*b*")
    )


def test_an_answer_shows_call_status_and_body() -> None:
    text = room.show_answer(answer('{"title": "Momo"}', 201)).markdown
    assert text.splitlines()[0] == r"**GET /v1/books?a=\*b\* → 201 Created**"
    assert '"title": "Momo"' in text


def test_a_long_answer_is_shortened() -> None:
    text = room.show_answer(answer(f"[{', '.join(map(str, range(90)))}]"), lines=5).markdown
    assert text.splitlines()[-2:] == ["…", "```"]
    assert len(text.splitlines()) == 10


def test_an_answer_with_fences_in_it_stays_in_its_block() -> None:
    body = "```\n# <script>alert(1)</script>\n````\n"
    page = pypandoc.convert_text(room.show_answer(answer(body)).markdown, "html", format="gfm")
    assert "<script>" not in page
    assert "<h1" not in page


def test_three_calls_show_a_list_one_of_it_and_one_that_is_not_there(bookshop: OpenDesign) -> None:
    with start(bookshop.design) as api:
        texts = [part.markdown for part in room.show_calls(bookshop, api).parts]  # type: ignore[union-attr]
    ends = [text.splitlines()[0].split("→")[1].strip(" *") for text in texts]
    assert ends == ["200 OK", "200 OK", "404 Not Found"]
    assert "127.0.0.1" not in "".join(texts), "the port would make every document another one"


def test_a_design_without_resources_has_nothing_to_call(blank: OpenDesign) -> None:
    with start(blank.design) as api:
        (part,) = room.show_calls(blank, api).parts
    assert part._repr_mimebundle_()[1]["designdoc"]["empty"]


def test_starting_over_gives_the_worked_design_again_and_keeps_what_was_there(tmp_path: Path) -> None:
    first = room.start_over(tmp_path / "work" / "steps")
    first.update(Insert("book", "attributes", {"id": "language", "type": "string(2)"}))
    second = room.start_over(tmp_path / "work" / "steps")
    assert second.design.find("book.language") is None
    assert open_design(tmp_path / "work" / "steps-before").design.find("book.language")
    second.update(Set("G1", "text", "Rest"))
    room.start_over(tmp_path / "work" / "steps")
    assert open_design(tmp_path / "work" / "steps-before").design.find("book.language") is None


def test_a_worked_design_is_never_started_over(repository: Path) -> None:
    with pytest.raises(UserError, match="take a folder under work/"):
        room.start_over(repository / "data" / "bookshop")


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(UserError, match="holds other things"):
        room.start_over(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_what_takes_a_design_takes_the_opened_one_too(blank: OpenDesign) -> None:
    held = blank.design
    assert check(blank) == check(held)
    assert waived(blank) == waived(held)
    assert picture(blank, "er") == picture(held, "er")
    assert export(blank, "ddl") == export(held, "ddl")
    assert generate(blank) == generate(held)
    with start(blank) as api:
        assert api.get("/openapi.json").status_code == 200


def test_a_stopped_prototype_says_so(blank: OpenDesign) -> None:
    api = start(blank)
    api.get("/nothing")
    api.stop()
    with pytest.raises(UserError, match="The prototype is stopped: start it again"):
        api.get("/nothing")
