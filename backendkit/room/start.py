"""The first page: which design, where it stands, and the ways through it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backendkit.model import CHAPTERS, Design, Set, UserError
from backendkit.model.naming import ascii_snake
from backendkit.room import chosen as choice
from backendkit.room.actions import BOOKSHOP
from backendkit.room.board import board_of, phases, still_board
from backendkit.room.live import live_of
from backendkit.room.paths import Plan, all_paths
from backendkit.room.saving import save
from backendkit.room.shared import place_of
from backendkit.room.widget import Shown, Widget, live
from backendkit.store.protocol import masked, told

if TYPE_CHECKING:
    from backendkit.readers import Imported
    from backendkit.store import OpenDesign

BIGGEST = 300_000_000
"""Bytes of a file that comes through the browser; a bigger one is read from where it lies."""
DROPPED = ".dropped"
"""Where such a file lies under work/ until it is read."""


def chosen_design(folder: str | Path = "") -> OpenDesign:
    """The design of that folder (or address), else the one chosen on the start page, else the practice copy.

    Run headless without a folder it is the worked example itself, which nothing changes. Raises UserError when
    there is no such design, or when its database does not answer.
    """
    from backendkit.store import open_design

    if str(folder) or not live():
        return open_design(folder or BOOKSHOP)
    opened, told = choice.read_choice()
    if told:
        print(told)
    return opened


def practice_design() -> OpenDesign:
    """The practice copy of the bookshop, whatever else was chosen; run headless the bookshop itself, to be read."""
    from backendkit.store import open_design

    return choice.first_steps() if live() else open_design(BOOKSHOP)


def show_start() -> Shown:
    """The start page: choose, make, copy or import a design, see its phases, and take a path through them."""
    if not live():
        from backendkit.store import open_design

        return still_board(open_design(BOOKSHOP))
    try:
        opened, told = choice.read_choice()
        _ = opened.design
    except UserError as error:
        opened, told = choice.first_steps(), f"{error} Here is the practice copy until you choose."
    return Start(opened, told)


class Start(Widget):
    """What the start page shows, and what its buttons do."""

    parts = ("fields", "board", "paths", "chooser", "start")

    def __init__(self, opened: OpenDesign, told: str = "") -> None:
        self.told = told
        self.imported: dict[str, Any] = {}
        self._bringing = False
        self._steps: dict[str, OpenDesign] = {}
        super().__init__(opened, lambda: still_board(self._here))

    @property
    def _here(self) -> OpenDesign:
        assert self.opened
        return self.opened

    def snapshot(self) -> dict[str, Any]:
        """The design, its phases, the other designs there are, and the paths."""
        design, here = self._here.design, choice.shown(self._here)
        return {
            "about": {
                "name": design.name,
                "summary": design.summary,
                "authors": list(design.authors),
                "scope": list(design.scope),
                "counts": repr(design).partition(": ")[2],
            },
            "place": here,
            "practice": here == f"work/{choice.FIRST}",
            "told": self.told,
            "chapters": list(CHAPTERS),
            "phases": board_of(self._here),
            "designs": [{**one, "chosen": one["where"] == here} for one in choice.designs()],
            "worked": _worked(),
            "paths": _paths(),
            "imported": self.imported,
        }

    def on_save(self, step: str, changes: list[dict[str, Any]]) -> dict[str, Any]:
        """Save one step; one that is sent again after the turn to another design belongs to the design before."""
        return save(self._steps.setdefault(step, self._here), step, changes)

    def on_choose(self, where: str) -> dict[str, Any]:
        """Work on another design from now on."""
        return self._take(where)

    def on_make(self, name: str, where: str = "") -> dict[str, Any]:
        """A new design, with nothing in it: under work/, or at the place that was typed."""
        from backendkit.store import new_design

        return self._take(_made(name, new_design, where and choice.place(where)))

    def on_copy(self, of: str, name: str) -> dict[str, Any]:
        """A copy of a worked design, under work/."""
        from backendkit.store import open_design

        return self._take(_made(name, open_design(BOOKSHOP.parent / Path(of).name).copy_to))

    def on_open(self, where: str) -> dict[str, Any]:
        """A design that lies elsewhere; `missing` when there is none, so that it can be made."""
        from backendkit.store import design_exists

        place = choice.place(where)
        if not design_exists(place):
            return {"missing": f"There is no design in {masked(place)} yet."}
        return self._take(where)

    def on_piece(self, name: str, offset: int, data: str, of: int) -> dict[str, Any]:
        """A piece of a file that somebody dropped on the page; the last one gives the path of the file."""
        if of > BIGGEST:
            raise UserError(
                "That file is too big to go through the browser: type the path where it lies instead."
            )
        stem, _, kind = name.rpartition(".")
        file = choice.WORK / DROPPED / f"{ascii_snake(stem or kind)}.{ascii_snake(kind)}"
        with told(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("r+b" if offset else "wb") as written:
                written.seek(offset)
                written.write(base64.b64decode(data))
        return {"file": str(file) if file.stat().st_size >= of else ""}

    def on_bring(self, source: str, name: str = "") -> dict[str, Any]:
        """Read an existing system into a new design, in the background."""
        source = source.strip().strip("'\"")
        if not source:
            raise UserError(
                "Name a SQLite file, the address of a database, or an OpenAPI file; or drop a file here."
            )
        if self._bringing:
            raise UserError("A system is being read already: wait until it is done.")
        self._bringing = True
        self.later(lambda: self._bring(source, name.strip()))
        return {}

    def _bring(self, source: str, name: str) -> None:
        from backendkit.store import dump, new_design
        from backendkit.store.text import read as check

        try:
            read = _read(source)
            text = dump(read.design)
            check(
                text, "The new design"
            )  # before there is a folder: a big system may be too big for one design
            where = _made(name or read.design.name, lambda free: new_design(free, text=text))
        except UserError as error:
            self.push("unread", text=str(error))
            return
        except BaseException:
            self.push("unread", text="It was not read.")
            raise
        finally:
            self._bringing = False
        with self._guard:
            counts = self._take(where)["state"]["about"]["counts"]
            called = masked(source) if "://" in source else Path(source).name
            self.imported = {"from": called, "counts": counts, "unread": list(read.unread)}
            self.push("state", state=self.snapshot())

    def _take(self, where: str) -> dict[str, Any]:
        """Remember the choice, and look at that design."""
        before = self._here
        self.opened = choice.choose(where)
        self.told, self.imported = "", {}
        live_of(before).remove(self)
        live_of(self.opened).add(self)
        self.design = place_of(self.opened)
        return {"state": self.snapshot()}


def _made(name: str, make: Callable[[str | Path], OpenDesign], where: str = "") -> str:
    """The address of a design that was made now, of that name: at that place, else under work/."""
    Design.load({"name": name})  # what no name can hold is told before there is a folder
    opened = make(where or choice.free_folder(name))
    if name:
        opened.update(Set("", "name", name))
    return where or str(opened.folder)


def _read(source: str) -> Imported:
    """An existing system as a design. No row is kept: a file that was dropped on the page goes away."""
    from backendkit.readers import read_system

    if "://" in source:
        return read_system(source)
    file = Path(choice.place(source))
    try:
        return read_system(str(file))
    finally:
        if file.parent == (choice.WORK / DROPPED).resolve():
            file.unlink(missing_ok=True)


@cache
def _worked() -> list[dict[str, str]]:
    from backendkit.store import open_design

    found = (file.parent for file in sorted(BOOKSHOP.parent.glob("*/design.yaml")))
    designs = ((folder.name, open_design(folder).design) for folder in found if folder.name != "blank")
    return [{"of": of, "name": design.name or of, "summary": design.summary} for of, design in designs]


def _paths() -> list[dict[str, Any]]:
    titles = {one.file.removesuffix(".ipynb"): one.title for one in phases()}
    return [_path(plan, titles) for plan in all_paths()]


def _path(plan: Plan, titles: dict[str, str]) -> dict[str, Any]:
    sessions = [
        {
            "title": session.title if len(plan.sessions) > 1 else "",
            "home": session.home,
            "steps": [
                {
                    "at": at,
                    "minutes": step.minutes,
                    "title": step.title,
                    "file": f"{step.notebook}.ipynb" if step.notebook in titles else "",
                    "do": step.do,
                    "have": step.have,
                    "rest": bool(step.break_),
                }
                for at, step in session.agenda
            ],
        }
        for session in plan.sessions
    ]
    left = [{"what": one.what, "in": one.in_, "why": one.why} for one in plan.left_out]
    about = {"id": plan.id, "title": plan.title, "minutes": plan.told, "for": plan.for_, "have": plan.have}
    return {**about, "sessions": sessions, "left": left, "rest": plan.rest}
