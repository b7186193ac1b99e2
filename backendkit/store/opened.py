"""The handle on one design: read it fresh, change it, and lose nothing to other people, programs or crashes."""

from __future__ import annotations

import getpass
import json
import os
import random
import re
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from backendkit.model import (
    CHAPTERS,
    Change,
    Design,
    DesignError,
    Edit,
    Evidence,
    UserError,
    apply,
    spell,
)
from backendkit.model import Path as At
from backendkit.model.change import Resolver
from backendkit.model.format import upgrades
from backendkit.model.shape import words
from backendkit.store.disk import Disk, read_asset
from backendkit.store.dump import dump as dump_values
from backendkit.store.places import Places
from backendkit.store.protocol import DESIGN, Held, Revision, Store
from backendkit.store.splice import apply_edits
from backendkit.store.text import read

DATA = Path(__file__).resolve().parents[2] / "data"
SCHEMA = "# yaml-language-server: $schema="
EVIDENCE = "evidence.jsonl"
RETRY = 60.0


class _State(NamedTuple):
    """What was saved when it was last looked at."""

    revision: str
    text: str
    values: dict[str, Any]
    design: Design


class OpenDesign:
    """A design where it lives. `.design` is always the saved state; `.update(change)` saves."""

    def __init__(self, store: Store, author: str = "") -> None:
        self.store, self.author = store, author or _user()
        self.where, self.name, self.folder, self.out = store.where, store.name, store.folder, store.out
        self.unsaved: tuple[Change, ...] = ()
        self._guard = threading.RLock()
        self._stamp: object = None
        self._state = _State("", "", {}, Design())

    def __repr__(self) -> str:
        """What it is and where, for the end of a cell: `Bookshop in work/first-steps`."""
        home, folder = DATA.parent, self.folder and self.folder.resolve()
        near = folder and folder.is_relative_to(home)
        where = folder.relative_to(home).as_posix() if folder and near else self.where
        with suppress(UserError):
            return f"{self.design.name or 'A design without a name'} in {where}"
        return f"A design that cannot be read in {where}"

    @property
    def design(self) -> Design:
        """The design as it is saved now."""
        with self._guard:
            stamp = self.store.stamp(DESIGN)
            if not self._state.revision or stamp is None or stamp != self._stamp:
                self._reload()
                self._stamp = stamp
            return self._state.design

    def text(self) -> str:
        """The text of design.yaml."""
        return self.store.read(DESIGN)[0]

    def line(self, path: At) -> int | None:
        """The line in design.yaml where a path stands, or what is nearest around it."""
        return self.lines()(path)

    def lines(self) -> Callable[[At], int | None]:
        """The same for many paths: the text is read once."""
        return Places(self.text()).line

    def update(self, *changes: Change, check: Callable[[Design], None] | None = None) -> Design:
        """Make changes and save them at once, all or none, onto whatever others have saved meanwhile.

        `check` sees what is saved now, while nobody else can save, and may raise: then nothing is saved.
        Raises UserError when a record they speak of is gone; nothing is saved then. While another program holds
        the file, the changes wait in `.unsaved` and are saved with the next update.
        """
        self._changeable()
        with self._guard:
            waiting, self.unsaved = self.unsaved, ()
            try:
                return self._saved((*waiting, *changes), check)
            except Held:
                self.unsaved = (*waiting, *changes)
                raise
            except UserError:
                if waiting and changes:
                    self.unsaved = waiting
                    self.update()
                raise
            except BaseException:  # the check's own word
                self.unsaved = waiting
                raise

    @property
    def worked(self) -> bool:
        """A worked design stays as it is, or the next learner begins with somebody's experiments."""
        return bool(self.folder and self.folder.resolve().is_relative_to(DATA))

    def _changeable(self) -> None:
        if self.worked:
            raise UserError(
                "This is the worked example and stays as it is: make a copy with "
                '`from backendkit.room import start_over; start_over("../work/first-steps")`, '
                "and write that folder into the second cell of this notebook."
            )

    def _saved(self, changes: Sequence[Change], check: Callable[[Design], None] | None = None) -> Design:
        until = time.monotonic() + RETRY
        while time.monotonic() < until:
            with self.store.lock():
                old = self._reload()
                if check:
                    check(old.design)
                text, values, design = _changed(old, changes)
                if text == old.text:
                    return design
                revision = self.store.write(DESIGN, text, old.revision, self.author)
                if revision is not None:
                    self._state, self._stamp = _State(revision, text, values, design), None
                    return design
            time.sleep(random.uniform(0, 0.05))
        raise Held("Not saved yet: too many others are saving this design. Try again.")

    def _reload(self) -> _State:
        text, revision = self.store.read(DESIGN)
        if not revision:
            raise _missing(self.where)
        if revision != self._state.revision:
            source = f"{self.where}/{DESIGN}" if self.folder else self.where
            values = read(text, source)
            self._state = _State(revision, text, values, _load(values, lambda: text, source))
        return self._state

    def replace(self, design_text: str) -> Design:
        """Save a whole new text of design.yaml, once it can be read."""
        self._changeable()
        _load(read(design_text, "The new text"), lambda: design_text, "The new text")
        self._put(DESIGN, design_text)
        return self.design

    def _put(self, name: str, text: str) -> None:
        while self.store.write(name, text, self.store.read(name)[1], self.author) is None:
            time.sleep(random.uniform(0, 0.05))

    def notes(self, chapter: str) -> str:
        """The team's prose for a chapter; empty when nobody has written any."""
        return self.store.read(_note(chapter))[0]

    def write_notes(self, chapter: str, text: str) -> None:
        """Save the team's prose for a chapter."""
        self._changeable()
        self._put(_note(chapter), text)

    def evidence(self) -> tuple[Evidence, ...]:
        """Everything ever measured, in order. A line that a killed program left unfinished is passed over."""
        found = []
        for line in self.store.lines(EVIDENCE).split("\n"):
            with suppress(ValueError):
                found.append(Evidence.model_validate_json(line))
        return tuple(found)

    def append_evidence(self, evidence: Evidence) -> None:
        """Add one measurement."""
        self._changeable()
        self.store.append(EVIDENCE, evidence.model_dump_json(exclude_defaults=True))

    def asset(self, name: str) -> bytes | None:
        """The bytes of a file in assets/; None when there is none."""
        return read_asset(self.folder, name) if self.folder else None

    def history(self) -> tuple[Revision, ...]:
        """Every saved revision of design.yaml, first one first."""
        return self.store.history(DESIGN)

    def restore(self, number: int) -> Design:
        """Make an earlier revision the latest one; what came between stays in the history."""
        text = self.store.revision(DESIGN, number)
        if text is None:
            raise UserError(f"There is no revision {number} of '{self.where}': history() lists them.")
        return self.replace(text)

    def copy_to(self, where: str | Path) -> OpenDesign:
        """A copy at another place, which must be free: texts, evidence and assets, without out/."""
        copy = new_design(where, text=self.text())
        for name in self.store.names():
            if name not in (DESIGN, EVIDENCE):
                copy._put(name, self.store.read(name)[0])
        for line in self.store.lines(EVIDENCE).splitlines():
            copy.store.append(EVIDENCE, line)
        if self.folder and copy.folder and (self.folder / "assets").is_dir():
            shutil.copytree(self.folder / "assets", copy.folder / "assets", dirs_exist_ok=True)
        return copy


def open_design(where: str | Path, *, author: str = "") -> OpenDesign:
    """Open a design: a folder, or a database as `sqlite:///team.db#shop`. Raises UserError when there is none."""
    opened = OpenDesign(_store(where), author)
    if not opened.store.exists():
        raise _missing(opened.where)
    return opened


def new_design(where: str | Path, *, template: str = "blank", text: str | None = None) -> OpenDesign:
    """Make a new design from a worked one (or from the text of its design.yaml) at a place that is still free."""
    source = DATA / template
    if text is None and (source / DESIGN).is_file():
        return open_design(source).copy_to(where)
    if text is None and template != "blank":
        there = sorted(folder.parent.name for folder in DATA.glob(f"*/{DESIGN}"))
        raise UserError(f"There is no worked design '{template}', there are: {', '.join(there) or 'none'}.")
    opened = OpenDesign(_store(where))
    if text is None:
        text = dump_values({"format": 1, "name": opened.name})
    saved = None
    if not opened.store.exists():
        saved = opened.store.write(DESIGN, _headed(text, opened.folder), "", opened.author)
    if saved is None:
        raise UserError(f"'{opened.where}' holds a design already: open it, or choose another place.")
    if opened.folder and not (opened.folder / ".gitignore").exists():
        (opened.folder / ".gitignore").write_text("out/\n.lock\n", encoding="utf-8", newline="\n")
    return opened


def design_exists(where: str | Path) -> bool:
    """Whether a design is at this place."""
    return _store(where).exists()


def dump(design: Design) -> str:
    """The whole text of a new design.yaml; defaults and empty fields are left out."""
    return dump_values(design.values())


def _store(where: str | Path) -> Store:
    if "://" not in str(where):
        return Disk(Path(where))
    from backendkit.store.sql import Sql

    return Sql(str(where))


def _missing(where: str) -> UserError:
    return UserError(f"There is no design in '{where}': make one with `run.py new`, or check the path.")


def _note(chapter: str) -> str:
    if chapter not in CHAPTERS:
        raise UserError(f"There is no chapter '{chapter}', there are: {', '.join(CHAPTERS)}.")
    return f"notes/{chapter}.md"


def _changed(old: _State, changes: Sequence[Change]) -> tuple[str, dict[str, Any], Design]:
    """Text, values and design after some changes, each made on what the one before left; judged in the end."""
    done = upgrades(old.values)
    values, design = apply(old.values, done), old.design

    def text() -> str:
        return apply_edits(old.text, done, values=old.values, order=partial(words, Design))

    resolver = Resolver(design)
    for change in changes:
        steps = resolver.edits(change, values)
        if steps is None:
            resolver = Resolver(_load(values, text, "Not saved"))
            steps = resolver.edits(change, values) or []
        steps = list(map(_plain, steps))
        values, done = _applied(values, steps), [*done, *steps]
    design = _load(values, text, "Not saved") if done else design
    return text(), values, design


def _load(values: Any, text: Callable[[], str], source: str) -> Design:
    """The design of some values, which a text holds; problems carry their line when the text is a file's."""
    places = cache(lambda: Places(text()))
    try:
        return Design.load(values, raw=lambda path: places().raw(path))
    except DesignError as error:
        problems = error.problems
        if source != "Not saved":
            problems = tuple(replace(each, line=places().line(each.path)) for each in problems)
    finally:
        places.cache_clear()  # the parser's objects belong to this thread
    raise DesignError(problems, source)


def _plain(edit: Edit) -> Edit:
    """The value as YAML holds it: tuples are lists."""
    try:
        return replace(edit, value=json.loads(json.dumps(edit.value)))
    except (TypeError, ValueError):
        raise UserError(f"Not saved: {spell(edit.path)} cannot hold {edit.value!r:.60}.") from None


def _applied(values: Any, steps: Sequence[Edit]) -> Any:
    try:
        return apply(values, steps)
    except (TypeError, AttributeError, LookupError):
        named = ", ".join(f"'{spell(step.path)}'" for step in steps)
        raise UserError(f"Not saved: {named} leads nowhere: name a field, as 'scenario.response'.") from None


def _headed(text: str, folder: Path | None) -> str:
    """The first line names the schema, so that editors complete the file; a path only holds within the repository."""
    end = "\r\n" if "\r\n" in text else "\n"
    text = re.sub(rf"\A{re.escape(SCHEMA)}.*\r?\n", "", text)
    home = DATA.parent
    if folder and DATA.is_dir() and folder.resolve().is_relative_to(home):
        way = os.path.relpath(DATA / "design.schema.json", folder.resolve())
        return f"{SCHEMA}{Path(way).as_posix()}{end}{text}"
    return text


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
