"""Calls to the prototype, the document, and a fresh start."""

from __future__ import annotations

from pathlib import Path

import httpx
import pypandoc
import pytest

from backendkit import check, export, picture, room
from backendkit.model import Set, UserError
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


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    return tmp_path / "work" / "steps"


def kept(steps: Path) -> dict[str, str]:
    """What is kept beside a copy, and the summary of each."""
    places = sorted(steps.parent.glob(f"{steps.name}-before*"))
    return {place.name: open_design(place).design.summary for place in places}


def test_starting_over_gives_the_worked_design_again_and_keeps_everything_that_was_there(
    steps: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room.start_over(steps).update(Set("", "summary", "one"))
    assert room.start_over(steps).design.summary.startswith("Readers")
    assert "What was there is kept in steps-before beside it." in capsys.readouterr().out
    room.start_over(steps).update(Set("", "summary", "two"))
    room.start_over(steps)
    assert kept(steps) == {"steps-before": "one", "steps-before-2": "two"}
    room.start_over(steps).write_notes("api", "only a note")
    room.start_over(steps)
    assert open_design(steps.with_name("steps-before-3")).notes("api") == "only a note"


def test_what_is_kept_already_or_was_not_touched_is_not_kept_twice(steps: Path) -> None:
    for text in ("one", "two", "one", "two"):
        room.start_over(steps).update(Set("", "summary", text))
    room.start_over(steps)
    room.start_over(steps)
    assert kept(steps) == {"steps-before": "one", "steps-before-2": "two"}
    assert sorted(place.name for place in steps.parent.iterdir()) == [
        "steps",
        "steps-before",
        "steps-before-2",
    ]


def test_results_stay_with_the_copy(steps: Path) -> None:
    room.start_over(steps).update(Set("", "summary", "one"))
    (steps / "out").mkdir()
    (steps / "out" / "steps.pdf").write_bytes(b"%PDF")
    room.start_over(steps)
    room.start_over(steps)
    assert (steps / "out" / "steps.pdf").read_bytes() == b"%PDF"


def test_a_design_of_ones_own_is_never_started_over(blank: OpenDesign) -> None:
    before = blank.text()
    with pytest.raises(UserError, match="is a design of your own"):
        room.start_over(blank.where)
    assert blank.text() == before


@pytest.mark.parametrize("to", ["html", "pdf, html"])
def test_one_word_says_how_the_document_is_made_as_well_as_several(blank: OpenDesign, to: str) -> None:
    blank.update(Set("", "scope", ["development"]))
    room.show_document(blank, to=to)
    assert {file.suffix[1:] for file in blank.out.glob("*.*")} == set(to.split(", "))


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
