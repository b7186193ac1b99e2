"""A first-time visitor: from the start page to a PDF of a design of their own, with nothing but the page to go by."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from backendkit.store import open_design

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
WISHES = (
    "When a reader borrows a book, the library shall note the day.",
    "When a loan is a week late, the library shall remind the reader.",
    "If a reader has ten loans, then the library shall refuse another one.",
    "The library shall show which books are there.",
    "While the house is closed, the library shall take returns.",
)


def shown(page: Page) -> Locator:
    """The notebook that is looked at, not those behind it."""
    return page.locator(".jp-NotebookPanel:visible")


def go(person: Any, name: str, title: str) -> Locator:
    """Follow a link of the page to another notebook, and run it."""
    shown(person.page).get_by_role("link", name=re.compile(name)).first.click()
    shown(person.page).get_by_role("heading", name=title, level=1).wait_for()
    person.page.wait_for_function("window.jupyterapp.shell.currentWidget?.context?.isReady")
    person.run_all()
    return shown(person.page)


def editor(page: Locator, caption: str) -> Locator:
    return page.locator(".bk-table", has=page.page.get_by_role("toolbar", name=caption, exact=True)).first


def test_from_the_start_page_to_a_pdf(lab: Any) -> None:
    page = lab.open("00_start")
    lab.run_all()
    shown(page).get_by_role("button", name="New design").click()
    page.keyboard.type("Library")
    page.keyboard.press("Enter")
    shown(page).get_by_text("You work on Library now.").wait_for()
    folder = lab.house.folder / "work" / "library"
    requirements(go(lab, "Requirements", "Requirements"), folder)
    database(go(lab, "Board", "Start here") and go(lab, "Database", "Database"), folder)
    calls(go(lab, "API", "API"))
    document(go(lab, "Board", "Start here") and go(lab, "Document", "Document"), folder)


def requirements(page: Locator, folder: Path) -> None:
    """Five requirements, by keyboard alone once the last line is reached."""
    keys = page.page.keyboard
    editor(page, "Functional requirements").get_by_role("button", name="Add a row").click()
    for wish in WISHES:
        keys.type(wish)
        keys.press("Enter")
    editor(page, "Functional requirements").get_by_text("Saved", exact=True).wait_for()
    assert [one.text for one in open_design(folder).design.requirements.functional] == list(WISHES)


def database(page: Locator, folder: Path) -> None:
    """An entity with three attributes, another one, the relation between them, and the picture of both."""
    keys = page.page.keyboard
    sheet = editor(page, "Entities")
    sheet.get_by_role("button", name="Add a row").click()
    for name in ("Book", "Loan"):
        keys.type(name)
        keys.press("Enter")
    sheet.get_by_role("button", name="attributes (0) of book").click()
    sheet.locator(".bk-panel .bk-fresh .bk-cell[data-field=id]").click()
    for id, type in (("number", "integer"), ("title", "string(200)"), ("pages", "integer")):
        keys.type(id)
        keys.press("Tab")
        keys.type(type)
        keys.press("Enter")
    page.locator('.bk-stage g.entity[data-id="book"]', has_text="pages").first.wait_for()
    page.get_by_role("button", name="Connect", exact=True).click()
    for id in ("loan", "book"):
        page.locator(f'.bk-stage g.entity[data-id="{id}"] text').first.click()
    page.locator('.bk-stage g.reference[data-start="loan"][data-end="book"]').wait_for(state="attached")
    finding(page, sheet, folder)


def finding(page: Locator, sheet: Locator, folder: Path) -> None:
    """A finding says what is missing, leads to the row, and is gone when it is mended."""
    told = page.locator(".bk-finding[data-at=book]", has_text="key").first
    told.wait_for()
    told.get_by_role("button", name="Show book").click()
    sheet.locator('.bk-panel .bk-row:has-text("number") .bk-cell[data-field=key]').first.click()
    told.wait_for(state="detached")
    book = open_design(folder).design.entity("book")
    assert book
    assert [(one.id, one.type, one.key) for one in book.attributes] == [
        ("number", "integer", True),
        ("title", "string(200)", False),
        ("pages", "integer", False),
    ]


def calls(page: Locator) -> None:
    """A resource, the prototype, a row."""
    keys = page.page.keyboard
    editor(page, "Resources").get_by_role("button", name="Add a row").click()
    keys.type("book")
    keys.press("Tab")
    keys.type("list, get, create")
    keys.press("Enter")
    editor(page, "Resources").get_by_text("Saved", exact=True).wait_for()
    page.get_by_role("button", name="Start the prototype").click()
    page.locator(".bk-tryit-list button", has_text="POST").first.click()
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text(re.compile("201 Created")).first.wait_for()
    assert re.search(r"\d+ ms", page.locator(".bk-tryit-answer").inner_text())


def document(page: Locator, folder: Path) -> None:
    """The PDF, while the page stays free."""
    page.get_by_role("button", name="Make PDF and HTML").click()
    page.get_by_role("link", name=re.compile(r"library.*\.pdf")).first.wait_for(timeout=180_000)
    (file,) = (folder / "out").glob("*.pdf")
    assert file.read_bytes().startswith(b"%PDF")
