"""The notebooks as people see them: in a browser, light and dark."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_tables_and_pictures_stand_in_the_notebook_in_the_colours_of_the_page(anywhere: Any) -> None:
    page = anywhere.open("02a_architecture")
    anywhere.run_all()
    assert page.get_by_role("columnheader", name="modular monolith").is_visible()
    shown = [page.locator(f"img.bk-{theme}").first.is_visible() for theme in ("light", "dark")]
    assert shown == [True, False]
    anywhere.dark()
    page.locator("img.bk-dark").first.wait_for(state="visible")
    assert not page.locator("img.bk-light").first.is_visible()
    assert page.locator("img.bk-dark").first.get_attribute("alt")


LINKED = """
shop = open_design(folder).copy_to("../work/shop")
shop.update(Set("", "scope", ["development"]))
show_document(shop, to="pdf")
"""


def test_the_document_opens_where_its_link_leads(anywhere: Any) -> None:
    page = anywhere.design_page(LINKED.replace('shop")', f'shop-{anywhere.number}")'))
    link = page.locator("td a").first
    link.wait_for()
    answer = page.request.get(link.evaluate("a => a.href"))
    assert answer.status == 200
    assert answer.body().startswith(b"%PDF")


def test_the_lab_begins_with_the_first_notebook_and_asks_nothing(lab: Any) -> None:
    page = lab.open("00_start")
    page.locator(".jp-RenderedMarkdown", has_text="You will design a backend").first.wait_for()
    assert page.locator(".Toastify__toast").count() == 0
