"""The editor of a list as a person sees it: rows, cells, keys, and the word that says whether it is saved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backendkit.model import Record
from backendkit.store import OpenDesign, open_design

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

NEW = ""
"""The row that is always empty: the last one."""


@dataclass
class Sheet:
    """One editor on a page, by its caption, and the design that it changes."""

    page: Page
    folder: str
    caption: str = "Functional requirements"

    @property
    def host(self) -> Locator:
        """The whole editor."""
        bar = self.page.get_by_role("toolbar", name=self.caption, exact=True)
        return self.page.locator(".bk-table").filter(has=bar).last

    @property
    def design(self) -> OpenDesign:
        """What is on disk now."""
        return open_design(self.folder)

    def record(self, at: str) -> Any:
        """A record on disk."""
        found = self.design.design.find(at)
        assert found, f"{at} is not on disk: {self.design.text()}"
        return found.record

    def records(self) -> tuple[Record, ...]:
        """The functional requirements on disk."""
        return self.design.design.requirements.functional

    def row(self, at: str) -> Locator:
        """A row by the address of its record."""
        return self.host.locator(f'.bk-row[data-at="{at}"]' if at else ".bk-grid > .bk-fresh").last

    def cell(self, at: str, column: str) -> Locator:
        """A cell by the word of its field."""
        return self.row(at).locator(f'[data-field="{column}"]')

    def shown(self, at: str, column: str) -> str:
        """The text of a cell."""
        return self.cell(at, column).locator(".bk-text").inner_text()

    def hint(self, at: str, column: str) -> str:
        """What an empty cell asks."""
        return self.cell(at, column).locator(".bk-text").get_attribute("data-hint") or ""

    def go(self, at: str, column: str) -> None:
        """Press on a cell."""
        self.cell(at, column).click()
        self.field.wait_for()

    @property
    def field(self) -> Locator:
        """The field that has the focus."""
        return self.host.locator(".bk-field:focus")

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type, wherever the focus is."""
        self.page.keyboard.type(text)

    def rewrite(self, at: str, column: str, text: str) -> None:
        """Write something else into a cell."""
        self.go(at, column)
        self.press("ControlOrMeta+A")
        self.type(text)

    def status(self, text: str | re.Pattern[str]) -> None:
        """Wait until the editor says so."""
        self.host.get_by_role("status").filter(has_text=text).first.wait_for()

    def saved(self) -> None:
        """Wait until it says that all is on disk."""
        self.status(re.compile("^Saved$"))

    def says(self, text: str) -> None:
        """Wait for a sentence below the editor or in it."""
        self.page.get_by_text(text).first.wait_for()

    def paste(self, text: str) -> None:
        """Paste what a spreadsheet copied."""
        self.page.evaluate(
            """(text) => {
                const clipboardData = new DataTransfer();
                clipboardData.setData("text/plain", text);
                document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
            }""",
            text,
        )
