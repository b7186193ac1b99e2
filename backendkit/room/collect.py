"""Every team's design under one folder or in one database, and the documents of all of them in one place.

A team that fails gets its sentence and the others go on (https://en.wikipedia.org/wiki/Bulkhead_pattern).
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from backendkit.model import UserError
from backendkit.store import masked

if TYPE_CHECKING:
    from backendkit.document import Built
    from backendkit.store import OpenDesign

HOUSE = Path(__file__).resolve().parents[2]
DEEP, MANY = 4, 3000
"""How deep below the folder a design may stand, and how many folders are looked through."""
PASSED = re.compile(r"\..*|_.*|out|exercises|notebooks|node_modules|notes|assets|.*-before(-\d+)?")
"""Folders in which no team works: results, exercises, copies that were put aside."""
COLLECTED, GAPS = "all-teams", "-incomplete"
"""The folder of all documents, and how the name of one with gaps ends."""


class Team(NamedTuple):
    """A team by the name of its folder or of its row, and where its design is."""

    name: str
    where: str


def find_teams(place: str | Path) -> tuple[Team, ...]:
    """Every design under a folder or in a database, by name. Raises UserError when the place cannot be read."""
    if "://" in str(place):
        address = str(place).partition("#")[0]
        return tuple(Team(name, f"{address}#{name}") for name in revisions(address))
    root = Path(place).expanduser()
    if not root.is_dir():
        raise UserError(f"There is no folder '{place}': name the one in which the folders of the teams are.")
    return tuple(sorted(Team(_told(root, folder), str(folder)) for folder in _designs(root)))


def revisions(address: str) -> dict[str, tuple[int, float]]:
    """Every design of a database, with the number of its revisions and the time of the last."""
    from backendkit.store.sql import Sql

    return {name: (count, at.timestamp()) for name, (count, at) in Sql(f"{address}#-").all().items()}


def _told(root: Path, folder: Path) -> str:
    return folder.relative_to(root).as_posix() if folder != root else root.resolve().name


def _designs(root: Path) -> Iterator[Path]:
    for number, (here, folders, files) in enumerate(os.walk(root)):
        if number > MANY:
            raise UserError(f"'{root}' has more than {MANY:,} folders: name one that is nearer to the teams.")
        if "design.yaml" in files:
            yield Path(here)
        deep = len(Path(here).relative_to(root).parts)
        worked = {"data"} if "run.py" in files else set()
        ended = "design.yaml" in files or deep >= DEEP
        folders[:] = [one for one in folders if not ended and not PASSED.fullmatch(one) and one not in worked]


class Stopped(Exception):
    """Somebody pressed Stop."""


@dataclass
class Making:
    """The document of one team: "waiting", "making", "made", "gaps", "failed" or "stopped", and a sentence."""

    team: Team
    state: str = "waiting"
    part: float = 0.0
    text: str = ""
    files: tuple[Path, ...] = ()


@dataclass
class Documents:
    """The documents of all teams, made one after the other; `stop()` ends it at the next cell."""

    place: str
    changed: Callable[[], None] = lambda: None
    teams: dict[str, Making] = field(default_factory=dict)
    running: bool = False
    zip: Path | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """End it; what is made stays."""
        self._stop.set()
        self.changed()

    @property
    def stopping(self) -> bool:
        """Whether it ends at the next cell."""
        return self.running and self._stop.is_set()

    def run(self) -> None:
        """Make them. Raises UserError when the teams cannot be found, or when another program makes them just now."""
        from filelock import FileLock, Timeout

        self.running = True
        try:
            self.teams = {team.name: Making(team) for team in find_teams(self.place)}
            if not self.teams:
                raise UserError(f"There is no design in '{masked(self.place)}' yet.")
            folder = self._folder()
            with FileLock(folder / ".lock", timeout=0):
                for making in self.teams.values():
                    self._make(making, folder)
                self.zip = self._zipped(folder)
        except Timeout:
            raise UserError("Another window makes these documents just now: wait until it is done.") from None
        finally:
            self.running = False
            self.changed()

    def _folder(self) -> Path:
        """Where the copies go: beside the teams, or into the workbook when nothing can be written there."""
        near = [] if "://" in self.place else [Path(self.place).expanduser()]
        for folder in (place / "out" / COLLECTED for place in (*near, HOUSE / "work")):
            if _writable(folder):
                return folder
        raise UserError(f"Nothing can be written to {folder}: free some space, or name another folder.")

    def _make(self, making: Making, folder: Path) -> None:
        """One team; whatever happens becomes its sentence."""
        if self._stop.is_set():
            self._tell(making, "stopped", "Stopped before it began.")
            return
        self._tell(making, "making", "Opening the design")
        try:
            built = self._build(making, folder)
            making.files = tuple(_copied(built.files, folder, self._file_name(making)))
            said = " ".join((*built.missing, *built.warnings))
            self._tell(making, "gaps" if built.missing else "made", said)
        except Stopped:
            self._tell(making, "stopped", "Stopped.")
        except UserError as error:
            self._tell(making, "failed", str(error))
        except Exception as error:  # noqa: BLE001 - the other teams go on
            self._tell(making, "failed", f"It did not work ({type(error).__name__}: {error}).")

    def _build(self, making: Making, folder: Path) -> Built:
        from backendkit.document import build_document
        from backendkit.store import open_design

        opened = open_design(making.team.where)
        parts: dict[str, float] = {}
        chapters = max(1, _chapters(opened))

        def progress(name: str, step: int, steps: int) -> None:
            if self._stop.is_set():
                raise Stopped
            parts[name] = step / max(1, steps)
            self._tell(making, "making", name, min(1.0, sum(parts.values()) / (chapters + 1)))

        beside = opened.out if opened.folder else folder.parent / self._file_name(making)
        out = beside if _writable(beside) else folder / "made" / self._file_name(making)
        return build_document(opened, out=out, progress=progress)

    def _tell(self, making: Making, state: str, text: str, part: float = 0.0) -> None:
        making.state, making.text = state, text
        making.part = (
            1.0 if state in ("made", "gaps") else max(part, making.part if state == "making" else 0.0)
        )
        self.changed()

    def _file_name(self, making: Making) -> str:
        return file_names(self.teams)[making.team.name]

    def _zipped(self, folder: Path) -> Path | None:
        """One file to hand out: every document, also an earlier one of who failed now, and what became of whom."""
        target, beside = folder / f"{COLLECTED}.zip", folder / f".{COLLECTED}.zip"
        makings = self.teams.values()
        told = "".join(f"{one.team.name}: {one.state}. {one.text}".strip() + "\n" for one in makings)
        files = {file for one in makings for file in one.files or self._earlier(one, folder)}
        try:
            with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr("teams.txt", told)
                for file in sorted(files):
                    packed.write(file, file.name)
            beside.replace(target)
        except OSError as error:
            said = f"The documents are in {folder}; the zip could not be made: {error.strerror}."
            raise UserError(said) from None
        return target if files else None

    def _earlier(self, making: Making, folder: Path) -> Iterator[Path]:
        """What another time has left of a team, whole or with gaps."""
        names = (f"{self._file_name(making)}{end}.pdf" for end in ("", GAPS))
        return filter(Path.exists, map(folder.joinpath, names))


def file_names(teams: Iterable[str]) -> dict[str, str]:
    """The name of each team as that of its files: no two share one, also where capitals do not count.

    >>> [*file_names(["a b", "A-b", "a-b-2", "a-b-incomplete"]).values()]
    ['a-b', 'A-b-2', 'a-b-2-2', 'a-b-incomplete-2']
    """
    from backendkit.document.build import file_name

    given, taken = dict[str, str](), set[str]()
    for team in teams:
        stem = file_name(team)
        tries = chain([stem], (f"{stem}-{number}" for number in count(2)))
        given[team] = next(name for name in tries if taken.isdisjoint(_compared(name)))
        taken |= _compared(given[team])
    return given


def _compared(name: str) -> set[str]:
    """What both documents of a team are called, as Windows and macOS compare names."""
    return {name.casefold(), f"{name}{GAPS}".casefold()}


def _chapters(opened: OpenDesign) -> int:
    from backendkit.room.board import phases

    return sum(1 for one in phases() if one.chapter and opened.design.scoped(one.chapter))


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _copied(files: Iterable[Path], folder: Path, name: str) -> Iterator[Path]:
    for file in files:
        gaps = GAPS if file.stem.endswith(GAPS) else ""
        try:
            yield Path(shutil.copyfile(file, folder / f"{name}{gaps}{file.suffix}"))
        except OSError as error:
            raise UserError(
                f"{file} is made, and could not be copied to {folder}: {error.strerror}."
            ) from None
