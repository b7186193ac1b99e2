"""The notebooks as people see them in JupyterLab, Notebook 7 and the app: light and dark, live and saved."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.sheet import Sheet

pytestmark = pytest.mark.browser

PARTS = """
from backendkit.room.display import Link, Table

(design.out / "shop.pdf").parent.mkdir(exist_ok=True)
_ = (design.out / "shop.pdf").write_bytes(b"%PDF-1.7")
Table(("file",), ((Link("the PDF", f"../work/{design.folder.name}/out/shop.pdf"),),))
"""
COLOURS = """() => {
  const colour = (what) => getComputedStyle(document.querySelector(what)).color;
  return [colour(".bk-root .bk"), colour("figure.bk"), colour("table.bk")];
}"""
LATE = "new Promise((tell) => { const end = AbortSignal.timeout(2000); setTimeout(() => tell(end.aborted), 2100); })"
ENTITIES = 'edit(design, "database.entities")'
LIVE = ('edit(design, "requirements.goals")', 'show_picture(design, "er")')
VIEW = "application/vnd.jupyter.widget-view+json"


def test_everything_works_the_same_everywhere_in_the_colours_of_the_page(anywhere: Any) -> None:
    folder = anywhere.house.design()
    page = anywhere.design_page(LIVE[0], f"{LIVE[1]}.still()", PARTS, ENTITIES, folder=folder)
    page.locator(".bk-root .bk").first.wait_for()
    page.locator("img.bk-light").wait_for()
    assert not page.locator("img.bk-dark").is_visible()
    light = page.evaluate(COLOURS)
    answer = page.request.get(page.get_by_role("link", name="the PDF").evaluate("link => link.href"))
    assert (answer.status, answer.body()) == (200, b"%PDF-1.7")
    assert page.evaluate(LATE) is False, "a part that loads slowly would not hear Python"
    a_list_is_edited_and_every_control_has_a_name(Sheet(page, folder, "Entities"))
    anywhere.dark()
    page.locator(".bk-root .bk").first.wait_for()
    page.locator("img.bk-dark").wait_for()
    assert not page.locator("img.bk-light").is_visible()
    assert all(before != after for before, after in zip(light, page.evaluate(COLOURS), strict=True))


def a_list_is_edited_and_every_control_has_a_name(sheet: Sheet) -> None:
    page = sheet.page
    sheet.saved()
    sheet.row("book").get_by_role("button", name="attributes").click()
    sheet.write("book.title", "example", "Typed")
    sheet.saved()
    assert sheet.record("book.title").example == "Typed"
    sheet.press("Shift+F10")
    for opener, role in (("", "menu"), ("Columns", "dialog"), ("Keys", "dialog")):
        if opener:
            sheet.host.get_by_role("button", name=re.compile(f"^{opener}")).click()
        layer = page.get_by_role(role).last
        box, size = layer.bounding_box(), page.viewport_size
        assert box
        assert size
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]
        assert sheet.nameless("Entities") == []
        sheet.press("Escape")


def test_a_saved_notebook_shows_tables_and_pictures_without_its_kernel_and_is_live_with_it(
    visit: Callable[..., Any], house: Any
) -> None:
    person = visit("lab")
    page = person.design_page(*LIVE)
    page.get_by_role("toolbar").first.wait_for()
    person.save()
    file = house.folder / "notebooks" / f"{person.name}.ipynb"
    saved = [output["data"] for cell in json.loads(file.read_text())["cells"] for output in cell["outputs"]]
    assert len(saved) == 2
    assert all("text/html" in data and VIEW not in data for data in saved)
    person.reload()
    page.get_by_role("toolbar").first.wait_for()
    person.context.close()
    house.stop_kernels()
    for app in ("lab", "notebook"):
        later = visit(app).open(person.name)
        later.locator("table.bk", has_text="Double the monthly sales").wait_for()
        later.locator("img.bk-light").wait_for()
        assert later.locator(".bk-root").count() == 0


def test_the_lab_begins_with_the_first_notebook_alone_and_asks_nothing(
    visit: Callable[..., Any], house: Any
) -> None:
    page = visit("lab").page
    page.goto(f"{house.address}?token={house.token}")
    page.get_by_role("heading", name="Start here").wait_for()
    assert page.locator(".Toastify__toast, .jp-Dialog").count() == 0
    assert page.evaluate("window.jupyterapp.shell.mode") == "single-document"
    assert page.url.endswith("/doc/workspaces/workbook/tree/notebooks/00_start.ipynb")
    page.locator(".jp-InputPlaceholder").first.click()
    page.locator(".jp-CodeCell .jp-InputArea-editor").first.wait_for()


def test_the_app_leads_from_notebook_to_notebook_and_ends_the_kernel_of_the_page_that_is_left(
    voila: Any, house: Any
) -> None:
    page = voila.page
    house.write('show_way(design, "requirements")', name="here", folder=house.design())
    page.goto(f"{house.address}voila/render/notebooks/here.ipynb?token={house.token}&theme=dark")
    (first,) = house.ask("GET", "api/kernels")
    page.get_by_role("link", name="Architecture").click()
    page.wait_for_url("**/voila/render/notebooks/02a_architecture.ipynb?theme=dark")
    page.get_by_role("heading", name="Architecture", level=1).first.wait_for()
    assert first["id"] not in {kernel["id"] for kernel in house.ask("GET", "api/kernels")}


def app(house: Any, *cells: str) -> str:
    """A page of the app as the server sends it."""
    page: str = house.read(f"voila/render/notebooks/{house.write(*cells, folder='../data/bookshop')}.ipynb")
    return page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("open_design('../<nowhere>')", r"There is no design in .*&lt;nowhere&gt;.*"),
        (
            "raise KeyError('<b>')",
            r"This step did not work \(KeyError: .*&lt;b&gt;.*\)\. Load the page again; .*",
        ),
    ],
)
def test_a_mistake_in_the_app_is_one_sentence_and_ends_the_page(house: Any, wrong: str, said: str) -> None:
    page = app(house, "'before'", wrong, "'after'")
    alert = re.search(r'role="alert">(.*?)</div>', page, re.DOTALL)
    assert alert
    assert re.fullmatch(f"{said}\nThe page stops here.", alert[1].strip())
    assert "before" in page
    assert "after" not in page
    assert "Traceback" not in page


def test_a_page_of_the_app_names_no_other_computer(house: Any) -> None:
    page = app(house, "show_findings(design)")
    assert re.findall(r'(?:src|href|import|from)[=( ]*["\'](?:https?:)?//[^"\']*', page) == []
