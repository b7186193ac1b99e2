"""The notebooks as people see them in JupyterLab, Notebook 7 and the app: light and dark, live and saved."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

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
LIVE = ('edit(design, "requirements.goals")', 'show_picture(design, "er")')
VIEW = "application/vnd.jupyter.widget-view+json"


def test_tables_pictures_and_links_are_the_same_everywhere_in_the_colours_of_the_page(anywhere: Any) -> None:
    page = anywhere.design_page(LIVE[0], f"{LIVE[1]}.still()", PARTS)
    page.locator(".bk-root .bk").first.wait_for()
    page.locator("img.bk-light").wait_for()
    assert not page.locator("img.bk-dark").is_visible()
    light = page.evaluate(COLOURS)
    answer = page.request.get(page.get_by_role("link", name="the PDF").evaluate("link => link.href"))
    assert (answer.status, answer.body()) == (200, b"%PDF-1.7")
    anywhere.dark()
    page.locator(".bk-root .bk").first.wait_for()
    page.locator("img.bk-dark").wait_for()
    assert not page.locator("img.bk-light").is_visible()
    assert all(before != after for before, after in zip(light, page.evaluate(COLOURS), strict=True))


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_a_saved_notebook_shows_tables_and_pictures_without_its_kernel_and_is_live_with_it(
    visit: Callable[..., Any], house: Any, app: str
) -> None:
    person = visit(app)
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
    page.locator(".jp-InputPlaceholder").first.click()
    page.locator(".jp-CodeCell .jp-InputArea-editor").first.wait_for()
    assert page.evaluate("AbortSignal.timeout(2000) && AbortSignal.timeout.toString()").endswith(
        "milliseconds)"
    )


def test_the_app_leads_from_notebook_to_notebook_and_ends_the_kernel_of_the_page_that_is_left(
    voila: Any, house: Any
) -> None:
    page = voila.open("00_start")
    assert page.title() == "Start here"
    assert page.get_by_text("▶▶").count() == 0
    (first,) = house.ask("GET", "api/kernels")
    voila.dark()
    page.get_by_role("link", name="Requirements").first.click()
    page.wait_for_url("**/voila/render/notebooks/01_requirements.ipynb?theme=dark")
    page.get_by_role("heading", name="Requirements", level=1).first.wait_for()
    assert first["id"] not in {kernel["id"] for kernel in house.ask("GET", "api/kernels")}


FAILING = (
    "from backendkit.model import UserError\n\nraise UserError('Line 3: colour is not known. Write: blue.')"
)


@pytest.mark.parametrize(
    ("cell", "said"), [(FAILING, "Line 3: colour is not known."), ("1 / 0", "(ZeroDivisionError")]
)
def test_a_mistake_in_the_app_is_one_sentence(voila: Any, house: Any, cell: str, said: str) -> None:
    page = voila.open(house.write(cell, "print('never')", folder="../data/bookshop"))
    alert = page.get_by_role("alert")
    assert said in alert.inner_text()
    assert "Traceback" not in page.content()
    assert page.get_by_text("never").count() == 0
