"""Nothing that was typed is lost, and nobody is overwritten: reload, restart, no network, two people at one design."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.sheet import NEW, Sheet

pytestmark = pytest.mark.browser

LATER = "for (const box of window.backendkitRoom.outboxes.values()) box.mine.clear()"
"""As if some seconds had passed since somebody typed."""
REQUIREMENTS = 'edit(design, "requirements.functional")'


def test_what_is_typed_survives_a_reload_a_restart_a_dropped_network_a_broken_file_and_a_closed_page(
    lab: Any,
) -> None:
    folder = lab.house.design()
    sheet = Sheet(lab.design_page(REQUIREMENTS, folder=folder), folder)
    lab.save()
    sheet.write("R1", "text", "Typed before the reload")
    lab.reload()
    sheet.saved()
    assert sheet.record("R1").text == "Typed before the reload"
    sheet.go(NEW, "text")
    sheet.page.keyboard.insert_text("A new line")
    lab.reload()
    sheet.saved()
    assert sheet.records()[-1].text == "A new line"

    sheet.write("R2", "text", "Typed while")
    lab.restart()
    sheet.status("Not saved yet: 1 edit is kept in this browser. Run the page again (Run all) to save.")
    sheet.type(" it restarts")
    lab.run_all()
    sheet.saved()
    assert sheet.record("R2").text == "Typed while it restarts"

    sheet.offline(lab)
    sheet.write_offline("R3", "text", "Without a network")
    sheet.status("Not saved yet: 1 edit is kept in this browser. Saved as soon as the network is back.")
    assert sheet.text("R3", "text") == "Without a network"
    lab.offline(False)
    sheet.saved()
    assert sheet.record("R3").text == "Without a network"

    file = Path(folder) / "design.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}\n  - [", encoding="utf-8")
    sheet.says("design.yaml")
    sheet.write("R4", "text", "Typed while the file is broken")
    sheet.status("Not saved yet: 1 edit is kept in this browser.")
    beside = file.with_name("whole")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)
    sheet.saved()
    assert sheet.record("R4").text == "Typed while the file is broken"

    lab.save()  # or JupyterLab asks before the page is closed
    sheet.offline(lab)
    sheet.write_offline("R5", "text", "Typed before the page was closed")
    sheet.status("Not saved yet")
    lab.page = lab.context.new_page()
    with sheet.page.expect_event("close"):
        sheet.page.close(run_before_unload=True)
    lab.offline(False)
    again = Sheet(lab.design_page(REQUIREMENTS, folder=folder), folder)
    again.saved()
    assert again.record("R5").text == "Typed before the page was closed"


def test_two_people_see_each_other_and_nobody_is_overwritten(visit: Any) -> None:
    kim, ana = visit("lab"), visit("lab")
    folder = kim.house.design()
    kims, anas = (Sheet(one.design_page(REQUIREMENTS, folder=folder), folder) for one in (kim, ana))
    kims.write("R1", "text", "Kim was here")
    kims.saved()
    anas.cell("R1", "text").filter(has_text="Kim was here").wait_for(timeout=3000)

    anas.go("R2", "text")
    anas.press("ControlOrMeta+End")
    anas.type(" Ana types")
    kims.write("R2", "priority", "could")
    kims.press("Tab")
    kims.saved()
    anas.saved()
    anas.page.evaluate(LATER)
    anas.type(" on")
    anas.cell("R2", "priority").filter(has_text="could").wait_for()
    anas.saved()
    assert anas.field.input_value().endswith(" Ana types on")
    assert anas.record("R2").text.endswith(" Ana types on")
    assert anas.record("R2").priority == "could"

    anas.offline(ana)
    anas.write_offline("R3", "text", "Ana's words")
    anas.write_offline("R5", "text", "Ana had an idea")
    anas.status("Not saved yet: 2 edits are kept in this browser.")
    kims.write("R3", "text", "Kim's words")
    kims.go("R5", "text")
    kims.press("ControlOrMeta+Delete")
    kims.saved()
    ana.offline(False)
    anas.status("2 edits not saved: look at what is marked.")
    told, notes = anas.row("R3").locator(".bk-told"), anas.host.locator(".bk-notes")
    assert told.inner_text().split("\n")[2:4] == ["Theirs: Kim's words", "Yours: Ana's words"]
    notes.filter(has_text="Somebody deleted R5 meanwhile. You had typed: “Ana had an idea”").wait_for()
    notes.get_by_role("button", name="Discard").click()
    anas.go("R3", "text")
    anas.press("ControlOrMeta+End")
    anas.type(", more")  # who types on has not decided yet
    told.filter(has_text="Yours: Ana's words, more").wait_for()
    assert anas.record("R3").text == "Kim's words"
    told.get_by_role("button", name="Keep mine").click()
    anas.saved()
    assert anas.record("R3").text == "Ana's words, more"
    assert anas.field.get_attribute("aria-label") == "Requirement of R3"
    kims.press("ControlOrMeta+z")
    anas.row("R5").wait_for()
