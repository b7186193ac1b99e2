"""The editor of a list as a person sees it: rows, cells, keys, and the word that says whether it is saved."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import TimeoutError

from backendkit.model import Record
from backendkit.store import OpenDesign, open_design

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

USED = {"button", "checkbox", "combobox", "dialog", "grid", "listbox"}
USED |= {"menu", "menuitem", "option", "searchbox", "textbox", "toolbar"}
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

    def write(self, at: str, column: str, text: str) -> None:
        """The same at once, as by a long paste."""
        self.go(at, column)
        self.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(text)

    def text(self, at: str, column: str) -> str:
        """What stands in a cell, or in the field that it is."""
        field = self.cell(at, column).locator("textarea")
        return field.input_value() if field.count() else self.shown(at, column)

    def offline(self, person: Any) -> None:
        """Cut a person's network. JupyterLab tells it in a dialog that takes the focus: it is put away when it comes."""
        dialog = self.page.get_by_role("dialog", name=re.compile("Server Connection Error"))

        def put_away() -> None:
            dialog.get_by_role("checkbox").check()
            dialog.get_by_role("button").last.click()

        self.page.add_locator_handler(dialog, put_away)
        person.offline()

    def write_offline(self, at: str, column: str, text: str) -> None:
        """Write although a dialog may come between."""
        for _ in range(12):
            with suppress(TimeoutError):
                self.cell(at, column).click()
                self.field.wait_for(timeout=3000)
                self.press("ControlOrMeta+a")
                self.page.keyboard.insert_text(text)
                if self.text(at, column) == text:
                    return
        raise AssertionError(f"{at} says {self.text(at, column)!r}")

    def status(self, text: str | re.Pattern[str]) -> None:
        """Wait until the editor says so."""
        self.host.get_by_role("status").filter(has_text=text).first.wait_for()

    def saved(self) -> None:
        """Wait until it says that all is on disk."""
        self.status(re.compile("^Saved$"))

    def says(self, text: str) -> None:
        """Wait for a sentence below the editor or in it."""
        self.page.get_by_text(text).first.wait_for()

    def nameless(self, caption: str) -> list[str]:
        """The roles of all that can be used and has no name (https://chromedevtools.github.io/devtools-protocol/)."""
        talk = self.page.context.new_cdp_session(self.page)
        found = talk.send(
            "Runtime.evaluate",
            {"expression": f"document.querySelector('.bk-table:has([aria-label={caption}])')"},
        )
        asked = {"objectId": found["result"]["objectId"]}
        nodes = talk.send("Accessibility.queryAXTree", asked)["nodes"]
        talk.detach()
        told = [(node.get("role", {}).get("value"), node.get("name", {}).get("value")) for node in nodes]
        assert len(told) > 100
        return [role for role, name in told if role in USED and not name]

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
