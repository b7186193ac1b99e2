"""Write the scaffold into a folder and never over a file that a person edited: a list of hashes tells them apart."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from backendkit.model import Design, UserError
from backendkit.scaffold.source import generate

MANIFEST = ".backendkit.json"
OWN = ("service/endpoints.py",)


@dataclass(frozen=True, slots=True)
class Written:
    """What happened to each file: written anew, left because somebody edited it, or taken away with its resource."""

    folder: Path
    written: tuple[str, ...]
    left: tuple[str, ...]
    removed: tuple[str, ...]

    def __str__(self) -> str:
        text = f"{len(self.written)} files written to {self.folder}."
        if self.left:
            text += f" Left as you edited them: {', '.join(self.left)}."
        return text


def write_scaffold(design: Design, folder: str | Path) -> Written:
    """Write the source of a design, or bring it up to date. Raises UserError when the folder cannot be written."""
    folder = Path(folder)
    files = generate(design)
    try:
        return _written(files, folder)
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}.") from None


def _written(files: dict[str, str], folder: Path) -> Written:
    known = _known(folder)
    written, left, removed = [], [], []
    for path, text in files.items():
        found = _hash(folder / path)
        if found in (None, known.get(path)) and not (path in OWN and found):
            if found != _digest(text):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, encoding="utf-8", newline="\n")
                written.append(path)
            known[path] = _digest(text)
        elif found != _digest(text):
            left.append(path)
    for path in sorted(known.keys() - files.keys()):
        if _hash(folder / path) == known.pop(path):
            (folder / path).unlink()
            removed.append(path)
    (folder / MANIFEST).write_text(
        json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n"
    )
    return Written(folder, tuple(written), tuple(left), tuple(removed))


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
