"""An exercise at work: a copy of a design with a defect, checked at once, with hints and a solution."""

from __future__ import annotations

import html
import shutil
from functools import cached_property
from itertools import chain, count
from pathlib import Path

from backendkit.grading.form import ROOT, Form, read_form
from backendkit.grading.verdict import Verdict, judge
from backendkit.model import Change, Design
from backendkit.store import OpenDesign, open_design

WORK = ROOT.parent / "work" / "exercises"


class Exercise:
    """One exercise on a working copy of its base design; what a learner did is kept until `start_over`.

    `.opened` is the copy: change it with `.opened.update(Set(...))` or in any editor. `.check()` answers at once.
    """

    def __init__(self, name: str, *, folder: Path | None = None) -> None:
        self.name = name
        self.form: Form = read_form(name)
        self.folder = folder or WORK / name.replace("/", "-")
        self._hints = 0

    @cached_property
    def opened(self) -> OpenDesign:
        """The working copy; made when it is first asked for."""
        if not (self.folder / "design.yaml").exists():
            self._make()
        return open_design(self.folder)

    @property
    def design(self) -> Design:
        """The working copy's design as it stands now."""
        return self.opened.design

    def check(self) -> Verdict:
        """Say what holds and the first thing that does not."""
        results = judge(self.form, self.design)
        passed = all(result.holds for result in results)
        return Verdict(self.name, results, self.form.explanation if passed else "Stuck? Ask for a .hint().")

    def hint(self) -> str:
        """The next hint; the last one again when there are no more."""
        hint = self.form.hints[min(self._hints, len(self.form.hints) - 1)]
        self._hints += 1
        return hint

    def solve(self) -> Verdict:
        """Put one good solution into the working copy, and check it."""
        self.start_over()
        self.opened.update(*self.form.solution_changes)
        return self.check()

    def start_over(self) -> Exercise:
        """Begin again on a fresh copy; the one there was is kept beside it, as `…-before`, `…-before-2` and so on."""
        if self.folder.exists():
            numbers = chain([""], (f"-{number}" for number in count(2)))
            kept = (self.folder.with_name(f"{self.folder.name}-before{number}") for number in numbers)
            shutil.move(self.folder, next(place for place in kept if not place.exists()))
        self.__dict__.pop("opened", None)
        self._hints = 0
        return self

    def _make(self) -> None:
        base = open_design(ROOT.parent / "data" / self.form.base)
        base.copy_to(self.folder).update(*self.form.start_changes)

    def update(self, *changes: Change) -> str:
        """Make changes in the working copy and save them."""
        self.opened.update(*changes)
        return "Saved. Now check()."

    def __repr__(self) -> str:
        return f"{self.form.title} ({self.form.minutes} min)\n\n{self.form.task}\n{self._how()}"

    def _how(self) -> str:
        return (
            f"Your copy is {self.opened.where}: edit its design.yaml, or use .update(Set(at, field, value)). "
            "Then .check(). Stuck: .hint(). Begin again: .start_over()."
        )

    def _repr_markdown_(self) -> str:
        task = "\n".join(
            f"> {html.escape(line, quote=False)}" for line in self.form.task.strip().splitlines()
        )
        head = f"**{html.escape(self.form.title)}** · {self.form.minutes} min"
        return f"{head}\n\n{task}\n\n{html.escape(self._how(), quote=False)}"


def exercise(name: str = "", *, folder: Path | None = None) -> Exercise:
    """The exercise of that name, as `database/keys`, on a working copy under work/.

    Raises UserError with the names there are.
    """
    return Exercise(name, folder=folder)
