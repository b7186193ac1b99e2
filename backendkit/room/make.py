"""One button that makes the document while the notebook stays free: how far it is, where it lies, what it lacks.

The notebooks run in kernels of their own, two at a time; see backendkit.document.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backendkit.model import CHAPTERS, UserError
from backendkit.room.actions import beside, show_document
from backendkit.room.display import Page, Text
from backendkit.room.shared import Shared
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


class Making(Shared):
    """The document of one design, as it is made in this kernel: every page that shows it sees the same."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[str] = []
        self.running, self.steps, self.said = False, dict[str, list[int]](), ""
        self.missing: tuple[str, ...] = ()
        self.warnings: tuple[str, ...] = ()
        self.files: list[Path] = []
        self.content: object = None

    def begin(self, kinds: list[str]) -> bool:
        """Whether it may be made now; while one is being made nothing happens."""
        with self.guard:
            if self.running:
                return False
            self.running, self.kinds = True, kinds
            self.steps, self.said, self.missing, self.warnings = {}, "", (), ()
            return True

    def run(self, opened: OpenDesign) -> None:
        """Make it; what goes wrong becomes a sentence."""
        from backendkit.document import build_document

        self.tell()
        self.said = "The document was not made."
        try:
            content = _content(opened)
            built = build_document(opened, to=self.kinds, progress=self._progress)
            self.files, self.missing, self.warnings = list(built.files), built.missing, built.warnings
            self.content, self.said = content, ""
        except UserError as error:
            self.said = f"{self.said} {error}"
        finally:
            self.running = False
            self.tell()

    def _progress(self, name: str, step: int, steps: int) -> None:
        self.steps[name] = [step, steps]
        for page in self.pages():
            page.push("progress", name=name, step=step, steps=steps)


class Document(Widget):
    """The button, the progress of each chapter, and the files."""

    parts = ("pieces", "make")

    def __init__(self, opened: OpenDesign, kinds: tuple[str, ...]) -> None:
        self.making = Making.of(opened)
        if not self.making.running:
            self.making.kinds = [kind for kind in KINDS if kind in kinds] or ["pdf"]
            self.making.files = _files(opened)
        self.making.add(self)
        super().__init__(opened, lambda: Text("*The document is made here while the notebook runs.*"))

    def snapshot(self) -> Json:
        """Whether it is being made and how far, and the files that lie there."""
        made = self.making
        return {
            "making": made.running,
            "kinds": made.kinds,
            "steps": [[name, *steps] for name, steps in list(made.steps.items())],
            "said": "" if made.running else made.said,
            "files": [_told(file) for file in made.files if file.is_file()],
            "missing": list(made.missing),
            "gaps": GAPS if made.missing else "",
            "warnings": list(made.warnings),
            "changed": self._changed(),
        }

    def _changed(self) -> bool:
        """Whether the design is another one than in the files."""
        assert self.opened
        if self.making.content is not None:
            return self.making.content != _content(self.opened)
        folder, files = self.opened.folder, [file for file in self.making.files if file.is_file()]
        if not folder or not files:
            return False
        made = min(file.stat().st_mtime for file in files)
        return any(
            file.stat().st_mtime > made for file in (folder / "design.yaml", *folder.glob("notes/*.md"))
        )

    def on_make(self, kinds: list[str]) -> None:
        """Make it, as one or more of pdf and html."""
        assert self.opened
        wanted, opened = [kind for kind in KINDS if kind in kinds], self.opened
        if not wanted:
            raise UserError("Tick PDF or HTML: nothing is chosen to be made.")
        if self.making.begin(wanted):
            try:
                self.refreshed()  # before it fails at once: a page that pressed waits for news
            finally:
                self.later(lambda: self.making.run(opened))

    def on_file(self, name: str, start: int = 0) -> Json:
        """A piece of a file, for a page that cannot fetch it from the server."""
        for file in self.making.files:
            if file.name == name and file.is_file():
                return piece(file, start)
        raise UserError(f"{name} is not there (any more): make the document again.")


def piece(file: Path, start: int) -> Json:
    """Some bytes of a file, its whole size and its name: servers cut long messages off."""
    with file.open("rb") as read:
        read.seek(start)
        data = base64.b64encode(read.read(PIECE)).decode()
    return {"data": data, "size": file.stat().st_size, "name": file.name}


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
