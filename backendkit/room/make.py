"""One button that makes the document while the notebook stays free: how far it is, where it lies, what it lacks.

The notebooks run in kernels of their own, two at a time; see backendkit.document.
"""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backendkit.model import CHAPTERS, UserError
from backendkit.room.actions import beside, show_document
from backendkit.room.display import Page, Text
from backendkit.room.widget import Widget, live

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

Json = dict[str, Any]
KINDS = ("pdf", "html")
TYPES = {".pdf": "application/pdf", ".html": "text/html"}
PIECE = 600 * 1024
GAPS = "It is unfinished, and says so: what is missing is named on its pages, so it can be handed over at any time."


def make_document(opened: OpenDesign, *, to: str | Iterable[str] = ("pdf",)) -> Document | Page:
    """A button that makes the document; where nobody looks on, it is made at once. `to` is what is ticked at first."""
    kinds = tuple(re.findall(r"\w+", to)) if isinstance(to, str) else tuple(to)
    return Document(opened, kinds) if live() else show_document(opened, to=kinds)


class Document(Widget):
    """The button, the progress of each chapter, and the files."""

    parts = ("make",)

    def __init__(self, opened: OpenDesign, kinds: tuple[str, ...]) -> None:
        self.kinds = [kind for kind in KINDS if kind in kinds] or ["pdf"]
        self.making, self.steps, self.said = False, dict[str, list[int]](), ""
        self.missing: tuple[str, ...] = ()
        self.warnings: tuple[str, ...] = ()
        self.of: object = None
        self.files = _files(opened)
        self.making_guard = threading.Lock()
        super().__init__(opened, lambda: Text("*The document is made here while the notebook runs.*"))

    def snapshot(self) -> Json:
        """Whether it is being made and how far, and the files that lie there."""
        return {
            "making": self.making,
            "kinds": self.kinds,
            "steps": [[name, *steps] for name, steps in self.steps.items()],
            "said": self.said,
            "files": [_told(file) for file in self.files if file.is_file()],
            "missing": list(self.missing),
            "gaps": GAPS if self.missing else "",
            "warnings": list(self.warnings),
            "changed": self._changed(),
        }

    def _changed(self) -> bool:
        """Whether the design is another one than in the files."""
        assert self.opened
        if self.of is not None:
            return self.of != _content(self.opened)
        folder, times = self.opened.folder, [file.stat().st_mtime for file in self.files if file.is_file()]
        if not folder or not times:
            return False
        sources = (folder / "design.yaml", *folder.glob("notes/*.md"))
        return any(each.stat().st_mtime > min(times) for each in sources)

    def on_make(self, kinds: list[str]) -> None:
        """Make it, as one or more of pdf and html. While one is being made nothing happens."""
        wanted = [kind for kind in KINDS if kind in kinds]
        if not wanted:
            raise UserError("Tick PDF or HTML: nothing is chosen to be made.")
        with self.making_guard:
            if self.making:
                return
            self.making, self.kinds = True, wanted
        self.steps, self.said, self.missing, self.warnings = {}, "", (), ()
        self.later(self._make)
        self.refreshed()

    def _make(self) -> None:
        from backendkit.document import build_document

        assert self.opened
        try:
            self.of = _content(self.opened)
            built = build_document(self.opened, to=self.kinds, progress=self._progress)
            self.files, self.missing, self.warnings = list(built.files), built.missing, built.warnings
        except UserError as error:
            self.said = f"The document was not made. {error}"
        except BaseException:
            self.said = "The document was not made."
            raise
        finally:
            self.making = False
            self.refresh()

    def _progress(self, name: str, step: int, steps: int) -> None:
        self.steps[name] = [step, steps]
        self.push("progress", name=name, step=step, steps=steps)

    def on_file(self, name: str, start: int = 0) -> Json:
        """A piece of a file, for a page that cannot fetch it from the server: servers cut long messages off."""
        for file in self.files:
            if file.name == name and file.is_file():
                data = file.read_bytes()
                return {"data": base64.b64encode(data[start : start + PIECE]).decode(), "size": len(data)}
        raise UserError(f"{name} is not there (any more): make the document again.")


def _content(opened: OpenDesign) -> object:
    return (
        opened.text(),
        tuple(opened.notes(chapter) for chapter in CHAPTERS),
        opened.store.stamp("evidence.jsonl"),
    )


def _files(opened: OpenDesign) -> list[Path]:
    """What an earlier time has left: of each kind the last one, with gaps or without."""
    from backendkit.document.build import file_name

    found = []
    for kind in KINDS:
        names = (f"{file_name(opened.name)}{end}.{kind}" for end in ("", "-incomplete"))
        there = [file for file in map(opened.out.joinpath, names) if file.is_file()]
        found += sorted(there, key=lambda file: file.stat().st_mtime)[-1:]
    return found


def _told(file: Path) -> Json:
    about = file.stat()
    return {
        "name": file.name,
        "type": TYPES[file.suffix],
        "size": about.st_size,
        "shown": f"{max(1, about.st_size // 1000)} kB",
        "made": f"{datetime.fromtimestamp(about.st_mtime):%d.%m. %H:%M}",
        "stamp": about.st_mtime_ns // 10**6,
        "way": beside(file),
        "path": str(file),
    }
