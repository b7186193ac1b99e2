"""The facilitator's board: every team side by side, refreshed while somebody looks, and the documents of all of them.

A team whose design cannot be read has its sentence in its row; the others go on.
"""

from __future__ import annotations

import base64
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from backendkit.model import UserError
from backendkit.room.board import board_of, phases
from backendkit.room.collect import Documents, Team, find_teams, revisions
from backendkit.room.display import Cell, Table
from backendkit.room.make import piece
from backendkit.room.widget import Shown, Widget, live
from backendkit.store import masked

if TYPE_CHECKING:
    from backendkit.model import Design
    from backendkit.store import OpenDesign

QUESTIONS = 12
"""So many open questions are shown of a team; the others are counted."""


def show_teams(place: str | Path = "../work") -> Shown:
    """Every team's design under a folder, or in a database as `sqlite:///teams.db`, side by side; it follows them."""
    if live():
        return Teams(str(place))
    return _table(str(place))


class Lookout:
    """Looks at every team; reads again only what has changed."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._seen: dict[str, tuple[object, dict[str, Any]]] = {}
        self._opened: dict[str, OpenDesign] = {}

    def rows(self) -> list[dict[str, Any]]:
        """What is shown of each team. Raises UserError when the place itself cannot be read."""
        teams = find_teams(self.place)
        known = revisions(self.place.partition("#")[0]) if "://" in self.place else {}
        rows = []
        for team in teams:
            stamp = known.get(team.name) or _stamp(Path(team.where))
            before = self._seen.get(team.name)
            if before is None or before[0] != stamp:
                self._seen[team.name] = (stamp, self._row(team, stamp))
            rows.append(self._seen[team.name][1])
        return rows

    def opened(self, name: str) -> OpenDesign:
        """The design of a team. Raises UserError when the team is gone."""
        from backendkit.store import open_design

        team = next((one for one in find_teams(self.place) if one.name == name), None)
        if team is None:
            raise UserError(f"There is no team '{name}' any more.")
        if name not in self._opened:
            self._opened[name] = open_design(team.where)
        return self._opened[name]

    def _row(self, team: Team, stamp: Any) -> dict[str, Any]:
        row = {"name": team.name, "changed": stamp[-1], "stamp": repr(stamp)}
        try:
            return row | _told(self.opened(team.name))
        except UserError as error:
            return row | {"error": _short(str(error), team.where)}
        except Exception as error:  # noqa: BLE001 - one broken file never stops the board
            return row | {"error": f"It cannot be shown ({type(error).__name__}: {error})."}


def _stamp(folder: Path) -> tuple[Any, ...]:
    """What changes with the texts of a design, and last the moment of the youngest."""
    files = [folder / "design.yaml", *sorted(folder.glob("notes/*.md"))]
    found = []
    for file in files:
        try:
            about = file.stat()
        except OSError:
            continue
        found.append((about.st_ino, about.st_mtime_ns, about.st_size))
    return (*found, max((each[1] for each in found), default=0) / 1e9)


def _told(opened: OpenDesign) -> dict[str, Any]:
    """A team in numbers and words."""
    design = opened.design
    asked = design.requirements
    states = {one["chapter"]: (one["kind"], one["state"]) for one in board_of(opened) if one["chapter"]}
    return {
        "title": design.name,
        "who": ", ".join(design.authors) or _last_author(opened),
        "states": states,
        "counts": {
            "requirements": [
                _count(len(asked.functional) + len(asked.quality), "requirement"),
                _count(len(_open(design)), "open question"),
            ],
            "database": [_count(len(design.database.entities), "entity", "entities")],
        },
    }


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _last_author(opened: OpenDesign) -> str:
    """Who saved last, as a database knows it; a folder does not."""
    return "" if opened.folder else opened.history()[-1].author


def _open(design: Design) -> list[str]:
    return [one.text or one.title for one in design.requirements.questions if not one.answer]


def _short(sentence: str, where: str) -> str:
    """A sentence without the long way to a file that stands in the row already."""
    return sentence.replace(f"{where}/", "").replace(f"{where}\\", "")[:400]


_jobs: dict[str, Documents] = {}
"""The documents under way in this kernel: a board that is run again shows them, and does not begin them again."""
_boards: WeakSet[Any] = WeakSet()


class Teams(Widget):
    """The board as it lives: the page asks while somebody looks, and is told what has changed."""

    parts = ("pieces", "teams")

    def __init__(self, place: str) -> None:
        self.place, self.lookout = place, Lookout(place)
        self._key = str(Path(place).expanduser().resolve()) if "://" not in place else place
        self._teams: list[dict[str, Any]] | None = None
        self._said = ""
        self._since = 0.0
        self._looking = threading.Lock()
        _boards.add(self)
        super().__init__(None, lambda: _table(place))

    def snapshot(self) -> dict[str, Any]:
        """All rows as they were at the last look, and how far the documents are."""
        titles = [{"chapter": one.chapter, "title": one.title} for one in phases() if one.chapter]
        return {"teams": self._teams, "said": self._said, "chapters": titles, "job": self._job()}

    def on_look(self) -> dict[str, Any]:
        """Somebody looks: look at the teams, unless that is being done. It never waits for a slow disk."""
        busy = self._looking.locked()
        if not busy:
            self.later(self._look)
        return {"now": time.time(), "slow": time.time() - self._since if busy else 0}

    def _look(self) -> None:
        if not self._looking.acquire(blocking=False):
            return
        try:
            self._since = time.time()
            self._teams, self._said = self.lookout.rows(), ""
        except UserError as error:
            self._said = str(error)
        finally:
            self._looking.release()
        self.refresh()

    def on_detail(self, team: str, dark: bool) -> None:
        """The picture and the open questions of a team, drawn in the background."""
        self.later(lambda: self._detail(team, dark))

    def _detail(self, team: str, dark: bool) -> None:
        from backendkit.draw import picture

        try:
            design = self.lookout.opened(team).design
            svg = (
                picture(design, "er", theme="dark" if dark else "light") if design.database.entities else b""
            )
        except UserError as error:
            self.push("detail", team=team, error=str(error))
            return
        open_ = _open(design)
        source = f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}" if svg else ""
        self.push(
            "detail", team=team, picture=source, questions=open_[:QUESTIONS], more=len(open_[QUESTIONS:])
        )

    def on_make(self) -> None:
        """Make all documents; when they are under way already, nothing is begun."""
        with _making:
            if self._key in _jobs and _jobs[self._key].running:
                return
            _jobs[self._key] = Documents(self.place, changed=lambda: _tell(self._key), running=True)
        self.later(_jobs[self._key].run)

    def on_stop(self) -> None:
        """Stop making documents at the next cell."""
        if job := _jobs.get(self._key):
            job.stop()

    def on_file(self, team: str = "", start: int = 0) -> dict[str, Any]:
        """A piece of the document of a team, or of the zip of all."""
        job = _jobs.get(self._key)
        made = job.teams.get(team) if job else None
        for file in (*(made.files if made else ()), *([job.zip] if job and job.zip and not team else ())):
            if file.is_file():
                return piece(file, start)
        raise UserError("The file is not there any more: make the documents again.")

    def _job(self) -> dict[str, Any]:
        job = _jobs.get(self._key)
        if job is None:
            return {}
        teams = {
            name: {"state": one.state, "part": round(one.part, 2), "text": one.text, "file": bool(one.files)}
            for name, one in job.teams.items()
        }
        folder = str(job.zip.parent) if job.zip else ""
        return {
            "running": job.running,
            "stopping": job.stopping,
            "teams": teams,
            "zip": bool(job.zip),
            "folder": folder,
        }


_making = threading.Lock()


def _tell(key: str) -> None:
    """Every board that shows this place is told how far the documents are."""
    for one in list(_boards):
        if one._key == key:
            one.refresh()


def _table(place: str) -> Table:
    """The board where no kernel runs: as it is now."""
    titles = {one.chapter: one.title for one in phases() if one.chapter}
    rows: list[tuple[Cell, ...]] = []
    for row in Lookout(place).rows():
        name = f"{row['name']}: {row['title']}" if row.get("title") else row["name"]
        changed = time.strftime("%Y-%m-%d %H:%M", time.localtime(row["changed"]))
        cells = ("; ".join(_cell(row, chapter)) for chapter in titles)
        rows.append((name, row.get("error") or row["who"], changed, *cells))
    headings = ("Team", "Who", "Last change", *titles.values())
    return Table(headings, tuple(rows), empty=f"There is no design in '{masked(place)}' yet.")


def _cell(row: dict[str, Any], chapter: str) -> list[str]:
    state, counts = row.get("states", {}).get(chapter), row.get("counts", {})
    return [state[1], *counts.get(chapter, ())] if state else []
