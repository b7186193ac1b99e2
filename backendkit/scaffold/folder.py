"""A folder with a scaffold in it: written, brought up to date, compared; never over a file that a person edited.

A list of hashes tells what was written from what was edited. Where the design changes an edited file, the new text
is put beside it under NAME.new, as package managers do (https://wiki.archlinux.org/title/Pacman/Pacnew_and_Pacsave).
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from backendkit.model import Design, HoldsDesign, UserError
from backendkit.scaffold.source import OWN, generate

MANIFEST = ".backendkit.json"


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done with one file: write it, take it away, put the new text beside an edited one, or leave it."""

    path: str
    kind: Literal["write", "remove", "merge", "leave"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What happened to each file; `merge` are those that somebody edited and the design changed, too."""

    folder: Path
    written: tuple[str, ...]
    removed: tuple[str, ...]
    merge: tuple[str, ...]
    left: tuple[str, ...]

    def __str__(self) -> str:
        told = [
            f"{len(self.written)} {'file' if len(self.written) == 1 else 'files'} written to {self.folder}."
        ]
        if self.removed:
            told.append(f"Taken away, because the design has no use for them: {', '.join(self.removed)}.")
        if self.left:
            told.append(f"Left as you edited them: {', '.join(self.left)}.")
        if self.merge:
            beside = ", ".join(f"{path}.new" for path in self.merge)
            told.append(f"You edited them and the design changed them: merge {beside}, then delete it.")
        return "\n".join(told)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a folder differs from what would be written; `same` when nothing is to be done."""

    folder: Path
    steps: tuple[Step, ...]
    waiting: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether nothing would be written, and nothing waits to be merged."""
        return not self.waiting and all(step.kind == "leave" for step in self.steps)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for step in self.steps:
            if step.kind == "remove":
                yield f"{step.path}: would be taken away, the design has no use for it."
            elif step.kind == "leave":
                yield f"{step.path}: left as you edited it."
            else:
                if step.kind == "merge":
                    yield f"{step.path}: you edited it, and the design changes it."
                yield from _difference(self.folder, step)
        for path in self.waiting:
            yield f"{path}.new waits: merge it into {path}, then delete it."
        if self.same:
            yield f"{self.folder} is what the design says."


def write_scaffold(
    design: Design | HoldsDesign, folder: str | Path, *, own: Mapping[str, str] | None = None
) -> Written:
    """Write the source of a design, or bring it up to date. Raises UserError when the folder cannot be written.

    `own` are files of the team, by path: where nobody has written one yet, this is its text.
    """
    folder = Path(folder)
    stubs = generate(design)
    files = stubs | {path: text for path, text in (own or {}).items() if path in stubs}
    try:
        known = _known(folder)
        steps = list(_steps(files, folder, known, stubs))
        for step in steps:
            _do(step, folder)
        ours = {path: _digest(text) for path, text in files.items() if not _own(path)}
        _write(folder / MANIFEST, json.dumps(ours, indent=1, sort_keys=True) + "\n")
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}.") from None
    kinds = ("write", "remove", "merge", "leave")
    return Written(folder, *(tuple(step.path for step in steps if step.kind == kind) for kind in kinds))


def compare_scaffold(design: Design | HoldsDesign, folder: str | Path) -> Comparison:
    """How a folder differs from what would be written; nothing is changed. Raises UserError without such a folder."""
    folder = Path(folder)
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}: write the scaffold there first, without --check.")
    files = generate(design)
    steps = tuple(_steps(files, folder, _known(folder)))
    return Comparison(folder, steps, tuple(path for path in files if (folder / f"{path}.new").is_file()))


def _steps(
    files: Mapping[str, str], folder: Path, known: Mapping[str, str], stubs: Mapping[str, str] | None = None
) -> Iterator[Step]:
    for path, text in files.items():
        found, wanted = _hash(folder / path), _digest(text)
        stub = (stubs or files)[path]
        if found is None or (stub != text and found == _digest(stub)):
            yield Step(path, "write", text)
        elif stub != text and found != wanted:
            yield Step(path, "merge", text)
        elif found != wanted and not _own(path):
            if found == known.get(path):
                yield Step(path, "write", text)
            else:
                yield Step(path, "leave" if known.get(path) == wanted else "merge", text)
    for path in sorted(known.keys() - files.keys()):
        if not _own(path) and _hash(folder / path) == known[path]:
            yield Step(path, "remove")


def _do(step: Step, folder: Path) -> None:
    if step.kind == "remove":
        (folder / step.path).unlink()
    elif step.kind != "leave":
        _write(folder / (step.path if step.kind == "write" else f"{step.path}.new"), step.text)


def _difference(folder: Path, step: Step) -> Iterator[str]:
    file = folder / step.path
    found = file.read_bytes().decode("utf-8", "replace").splitlines() if file.is_file() else []
    return difflib.unified_diff(
        found, step.text.splitlines(), step.path if found else "nothing", step.path, lineterm="", n=2
    )


def _own(path: str) -> bool:
    inside = path.partition("/")[2]  # of a service among several
    return (path.startswith(OWN) or inside.startswith(OWN)) and not path.endswith("/__init__.py")


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")


def _known(folder: Path) -> dict[str, str]:
    """The hashes of what was written last time; none when the list is missing or broken."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {str(path): str(each) for path, each in found.items()} if isinstance(found, dict) else {}


def _hash(path: Path) -> str | None:
    return _digest(path.read_bytes().decode("utf-8", "replace")) if path.is_file() else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()
