"""The room around the lists: time boxes, decisions, findings, the facilitator's board, a system that is imported."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from backendkit.model import Insert, Set
from backendkit.store import open_design

pytestmark = pytest.mark.browser
TIME_IS_UP = "Time is up. Write what is open into Open questions: a question written down is a result."


def test_at_the_end_of_a_time_box_the_parking_lot_takes_what_is_open(desk: Any, house: Any) -> None:
    folder = house.design()
    page = desk.page(folder, 'show_way(design, "requirements")')
    bar = page.locator(".bk-way")
    assert bar.get_by_role("timer").inner_text() == "45:00"
    box = json.dumps({"requirements": {"spent": 45 * 60_000, "since": 1, "title": "Requirements"}})
    page.evaluate("([key, value]) => localStorage.setItem(key, value)", [f"backendkit/clock/{folder}", box])
    bar.locator(".bk-timeup").wait_for()
    assert " ".join(bar.locator(".bk-timeup p").inner_text().split()) == TIME_IS_UP
    bar.get_by_role("button", name="Write a question").click()
    page.keyboard.type("Who pays the postage?")
    page.keyboard.press("Enter")
    bar.get_by_text("Saved", exact=True).wait_for()
    bar.get_by_label("Who can answer: Who pays the postage?").wait_for()
    assert open_design(folder).design.requirements.questions[-1].text == "Who pays the postage?"


def test_the_winner_and_the_flip_point_move_while_one_drags_and_the_weight_is_saved_when_one_lets_go(
    desk: Any, house: Any
) -> None:
    folder = house.design()
    page = desk.page(folder, 'weigh(design, "D1")')
    card = page.locator(".bk-weigh-body").first
    slider = card.get_by_role("slider").nth(2)
    card.get_by_text("modular monolith wins with 44").wait_for()
    place = slider.bounding_box()
    assert place
    middle = place["y"] + place["height"] / 2
    page.mouse.move(place["x"] + place["width"] * 0.2, middle)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] - 3, middle, steps=8)
    card.get_by_text(re.compile("serverless functions wins with")).wait_for()
    before = open_design(folder).design.find("D1.scaling")
    assert before
    assert before.record.weight == 2
    page.mouse.up()
    page.locator(".bk-weigh .bk-status", has_text="Saved").first.wait_for()
    page.wait_for_function("document.querySelector('.bk-weigh .bk-status').dataset.state === 'saved'")
    after = open_design(folder).design.find("D1.scaling")
    assert after
    assert after.record.weight > 6.5


def test_a_finding_is_explained_and_left_with_a_reason(desk: Any, house: Any) -> None:
    folder = house.design(of="blank")
    page = desk.page(folder, 'show_findings(design, "database")')
    entities = [{"id": f"thing-{n}", "attributes": [{"id": "text", "type": "text"}]} for n in range(6)]
    open_design(folder).update(*(Insert("", "database.entities", one) for one in entities))
    page.get_by_role("button", name=re.compile(r"^and \d+ more$")).wait_for()
    assert page.locator(".bk-finding").count() == 3
    first = page.locator(".bk-finding[data-at^=thing]").first
    code = first.get_attribute("data-code")
    at = first.get_attribute("data-at")
    first.get_by_role("button", name=f"Why: {code}").click()
    first.get_by_text(re.compile("^Why: ")).wait_for()
    first.get_by_role("button", name="Leave it").click()
    page.keyboard.type("It comes with the second release")
    page.keyboard.press("Enter")
    page.locator(".bk-waived li", has_text="It comes with the second release").wait_for()
    found = open_design(folder).design.find(at or "")
    assert found
    assert found.record.waive == {code: "It comes with the second release"}


def test_every_team_stands_on_the_board_and_all_pdfs_are_made_though_one_design_is_broken(
    desk: Any, house: Any
) -> None:
    place = house.folder / "work" / "teams"
    for team in ("red", "green"):
        folder = Path(house.design(f"teams/{team}", of="blank"))
        (folder / "design.yaml").write_text(f"name: {team.title()}\nscope: [development]\n", encoding="utf-8")
    (place / "blue").mkdir()
    (place / "blue" / "design.yaml").write_text("name: [", encoding="utf-8")
    page = desk.page(str(place / "red"), f"show_teams({str(place)!r})")
    row = page.locator(".bk-teams-table tbody tr")
    row.filter(has_text="Red").wait_for()
    row.filter(has_text="cannot be read").wait_for()
    open_design(place / "green").update(Set("", "name", "Evergreen"))
    row.filter(has_text="Evergreen").wait_for()
    page.get_by_role("button", name="Make all PDFs").click()
    page.get_by_role("button", name="Save the zip").wait_for(timeout=180_000)
    made = {
        file.name.partition(".")[0].removesuffix("-incomplete") for file in place.glob("out/all-teams/*.pdf")
    }
    assert made == {"red", "green"}
    row.filter(has_text=re.compile("failed")).first.wait_for()
    rmtree(place)


def test_a_database_is_imported_on_the_start_page_and_what_it_holds_is_told(
    desk: Any, house: Any, tmp_path: Path
) -> None:
    source = tmp_path / "shelves.sqlite"
    with sqlite3.connect(source) as connection:
        connection.executescript(
            "CREATE TABLE shelf (id INTEGER PRIMARY KEY); CREATE TABLE loan (shelf REFERENCES shelf);"
        )
    connection.close()
    page = desk.page(house.design(), "show_start()")
    page.get_by_role("button", name="Import").click()
    page.get_by_label(re.compile("^SQLite file")).fill(str(source))
    page.keyboard.press("Enter")
    page.get_by_text(re.compile(r"^Read from shelves\.sqlite: 2 entities")).wait_for()
    made = open_design(house.folder / "work" / "shelves").design
    assert {one.id for one in made.database.entities} == {"shelf", "loan"}


STALE = """async ([field, value]) => {
    const box = [...window.backendkitRoom.outboxes].find(([design]) => design === window.here)[1];
    await box.save([{ set: { at: "", field, value, was: "What nobody wrote." } }]);
}"""
"""An edit by somebody who has seen another text: as after a while without a network."""


def test_who_types_on_where_somebody_else_wrote_overwrites_nobody_until_they_decide(
    desk: Any, house: Any
) -> None:
    folder = house.design()
    page = desk.page(folder, 'edit_chapter(design, "development")')
    field = page.get_by_label("What it is")
    field.wait_for()
    theirs = open_design(folder).design.development.about
    page.evaluate("(folder) => { window.here = folder; }", folder)
    page.evaluate(STALE, ["development.about", "Mine"])
    page.get_by_text("Meanwhile somebody wrote:").wait_for()
    field.focus()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(" and more")
    page.keyboard.press("Tab")
    page.wait_for_timeout(800)
    page.get_by_role("button", name="Keep mine").wait_for()
    assert open_design(folder).design.development.about == theirs
    mine = field.input_value()
    page.get_by_role("button", name="Keep mine").click()
    page.get_by_text("Meanwhile somebody wrote:").wait_for(state="hidden")
    page.wait_for_function(
        "() => [...window.backendkitRoom.outboxes.values()].every((box) => !box.items.length)"
    )
    assert open_design(folder).design.development.about == mine


def test_a_decision_that_somebody_else_filled_is_not_deleted_by_undo(desk: Any, house: Any) -> None:
    folder = house.design(of="blank")
    page = desk.page(folder, "weigh(design)")
    page.get_by_role("button", name="New decision").click()
    page.keyboard.type("Which database?")
    page.keyboard.press("Enter")
    page.locator(".bk-weigh-card").wait_for()
    page.wait_for_function(
        "() => [...window.backendkitRoom.outboxes.values()].every((box) => !box.items.length)"
    )
    (made,) = open_design(folder).design.architecture.decisions
    open_design(folder).update(Insert(made.id, "options", {"id": "theirs"}))
    page.get_by_role("button", name="Undo").click()
    page.get_by_text(f"{made.id} was changed by somebody else meanwhile, and stays.").wait_for()
    page.get_by_role("button", name="Leave it").click()
    assert [one.id for one in open_design(folder).design.architecture.decisions[0].options] == ["theirs"]
