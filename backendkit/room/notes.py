"""The reasons behind a chapter, written where they come up: one text in Markdown, notes/<chapter>.md of the design."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backendkit.model import CHAPTERS, UserError
from backendkit.room.board import show_notes
from backendkit.room.live import live_of
from backendkit.room.widget import Shown, Widget, live

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

LONGEST = 1_000_000
"""Signs in the notes of one chapter."""


def write_notes(opened: OpenDesign, chapter: str) -> Shown:
    """A text area for the notes of a chapter, saved while one writes; without a kernel it shows them.

    Raises UserError when there is no such chapter.
    """
    if chapter not in CHAPTERS:
        raise UserError(f"There is no chapter '{chapter}', there are: {', '.join(CHAPTERS)}.")
    return Notes(opened, chapter) if live() else show_notes(opened, chapter)


class Notes(Widget):
    """The notes of one chapter, as everybody sees them."""

    parts = ("notes",)

    def __init__(self, opened: OpenDesign, chapter: str) -> None:
        self.chapter = chapter
        super().__init__(opened, lambda: show_notes(opened, chapter))

    def snapshot(self) -> dict[str, Any]:
        """The text as it is saved now."""
        assert self.opened
        return {
            "chapter": self.chapter,
            "text": _lines(self.opened.notes(self.chapter)),
            "place": f"notes/{self.chapter}.md",
        }

    def on_write(self, text: str, was: str) -> dict[str, Any]:
        """Save the text, unless another one than `was` is saved meanwhile: then that one is given back."""
        assert self.opened
        if len(text) > LONGEST:
            raise UserError(
                "Not saved: these notes are too long for one chapter. Put long texts into assets/."
            )
        if not self.opened.store.exists():
            raise UserError(f"Not saved: there is no design in '{self.opened.where}' any more.")
        text = text.encode(errors="replace").decode()  # a browser may give half of a sign, no file takes it
        with self.opened.store.lock():
            saved = self.opened.notes(self.chapter)
            if _lines(saved) == text:
                return {"ok": True}
            if _lines(saved) != was:
                return {"conflict": _lines(saved)}
            ends = "\r\n" if "\r\n" in saved else "\n"
            self.opened.write_notes(self.chapter, text.replace("\n", ends))
        live_of(self.opened).look()
        return {"ok": True}


def _lines(text: str) -> str:
    """The text with the ends of lines that browsers know."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
