"""Sketching: one writes or connects boxes, the picture follows; findings stand where they belong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from backendkit.model import Set
from backendkit.store import new_design, open_design

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
SHOP = """
name: Shop
database:
  entities:
    - {id: book, attributes: [{id: number, type: integer, key: true}]}
    - {id: copy, attributes: [{id: number, type: integer, key: true}]}
architecture:
  elements:
    - {id: shop, kind: system}
    - {id: service, kind: container, in: shop}
    - {id: data, kind: container, in: shop}
"""


@pytest.fixture
def shop(house: Any, tmp_path: Path) -> str:
    """A small design in a folder of its own."""
    return str(house.design(of=new_design(tmp_path / "shop", text=SHOP).folder))


def box(page: Page, id: str) -> Locator:
    return page.locator(f'.bk-stage g.entity[data-id="{id}"], .bk-stage g.element[data-id="{id}"]')


def test_the_picture_follows_what_is_typed_and_two_boxes_are_connected_by_choosing_them(
    desk: Any, shop: str
) -> None:
    page = desk.page(shop, 'sketch(design, "er")')
    box(page, "book").wait_for()
    page.get_by_role("button", name="Add a row").click()
    page.keyboard.type("Reader")
    page.keyboard.press("Enter")
    box(page, "reader").wait_for()
    page.get_by_role("button", name="Connect", exact=True).click()
    box(page, "copy").click()
    box(page, "book").click()
    page.locator('.bk-stage g.reference[data-start="copy"][data-end="book"]').wait_for(state="attached")
    found = open_design(shop).design.find("copy.book")
    assert found
    assert (found.record.type, found.record.to) == ("reference", "book")
    page.get_by_role("button", name="Take it back").click()
    page.locator(".bk-stage g.reference").first.wait_for(state="detached")
    assert open_design(shop).design.find("copy.book") is None


def test_the_keyboard_alone_walks_in_the_picture_connects_two_parts_and_says_what_for(
    desk: Any, shop: str
) -> None:
    page = desk.page(shop, 'sketch(design, "container")')
    box(page, "service").wait_for()
    page.locator(".bk-stage").focus()
    for key in ("+", "ArrowRight", "0", "c"):
        page.keyboard.press(key)
    box(page, "service").focus()
    page.keyboard.press("Enter")
    box(page, "data").focus()
    page.keyboard.press("Enter")
    page.get_by_label("What for? As a verb: looks for books (service-data)").wait_for()
    page.keyboard.type("reads orders")
    page.locator(".bk-stage g.relation", has_text="reads orders").wait_for()
    found = open_design(shop).design.find("service-data")
    assert found
    assert found.record.does == "reads orders"


def test_a_finding_stands_on_its_element_and_leads_to_its_row_and_focus_leaves_the_neighbours(
    desk: Any, house: Any
) -> None:
    folder = house.design()
    page = desk.page(folder, 'sketch(design, "er")', 'show_findings(design, "database")')
    box(page, "review").wait_for()
    box(page, "photo").locator("text").first.click()
    row = page.get_by_role("row", name="photo").first
    row.locator("textarea").wait_for()
    page.get_by_role("button", name="Focus", exact=True).click()
    box(page, "review").wait_for(state="detached")
    assert box(page, "copy").count() == 1
    page.get_by_role("button", name="All", exact=True).click()
    box(page, "review").wait_for()
    open_design(folder).update(Set("photo", "attributes", []))
    badge = page.locator('.bk-badge[data-at="photo"]')
    badge.wait_for()
    badge.click()
    page.locator('.bk-finding.bk-spoken[data-at="photo"]').first.wait_for()
    page.get_by_role("button", name="Show photo", exact=True).first.click()
    page.get_by_role("row", name="photo").first.locator("textarea").wait_for()


def test_a_technology_is_completed_and_its_icon_is_drawn(desk: Any, shop: str) -> None:
    page = desk.page(shop, 'sketch(design, "container")')
    box(page, "data").wait_for()
    assert box(page, "data").locator("image").count() == 0
    page.locator('.bk-row:has-text("data") .bk-cell[data-field=technology]').first.click()
    page.keyboard.type("postg")
    page.get_by_role("option", name="postgresql", exact=True).click()
    page.keyboard.press("Enter")
    box(page, "data").locator("image").wait_for()
    found = open_design(shop).design.find("data")
    assert found
    assert found.record.technology == "postgresql"
