"""What a machine needs to run the workbook, looked at one by one; each problem comes with the line that mends it."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

REQUIRED = (
    "jupyterlab",
    "sqlalchemy",
    "pydantic",
    "fastapi",
    "pygraphviz",
    "diagrams",
    "eralchemy",
    "papermill",
)
SPACE = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Result:
    """One look: what was looked at, what was found, and the line that mends it when it is not good."""

    name: str
    found: str
    mend: str = ""

    @property
    def good(self) -> bool:
        """Whether nothing has to be mended."""
        return not self.mend

    def __str__(self) -> str:
        return f"{'ok     ' if self.good else 'mend it'}  {self.name}: {self.found}" + (
            f"\n           {self.mend}" if self.mend else ""
        )


def examine() -> Iterator[Result]:
    """Look at everything, the quick things first."""
    yield _python()
    yield from (_library(name) for name in REQUIRED)
    yield _try("pictures", _pictures, "Install the libraries named above, or use an image that is not slim.")
    yield _try("fonts", _fonts, "Run: python3 run.py doctor from a fresh clone; the shipped font is missing.")
    yield _try("documents", _documents, "Run: python3 run.py again after deleting .venv")
    yield _try("SQLite", _sqlite, "Install a newer Python: its SQLite is too old.")
    yield _try("ports", _ports, "Allow programs to listen on 127.0.0.1 in the firewall.")
    yield _space()


def _python() -> Result:
    version = platform.python_version()
    if (3, 11) <= sys.version_info < (3, 15):
        return Result("Python", f"{version} on {platform.system()} {platform.machine()}")
    return Result("Python", version, "Install Python 3.12 and delete .venv")


def _library(name: str) -> Result:
    try:
        return Result(name, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Result(name, "not installed", "Delete .venv and run: python3 run.py doctor")


def _try(name: str, look: Callable[[], str], mend: str) -> Result:
    try:
        return Result(name, look())
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a machine is a result here
        return Result(name, " ".join(str(error).split()) or type(error).__name__, mend)


def _pictures() -> str:
    from backendkit.draw import picture
    from backendkit.model import Design

    picture(Design.load({"database": {"entities": [{"id": "book"}]}}), "er")
    return "the Graphviz inside pygraphviz draws"


def _fonts() -> str:
    from backendkit.draw import FONTS

    names = sorted(file.stem for file in Path(FONTS).glob("*.ttf"))
    if not names:
        raise FileNotFoundError(f"no font in {FONTS}")
    return ", ".join(names)


def _documents() -> str:
    import pypandoc
    import typst

    typst.compile(b"= Page")
    return (
        f"pandoc {pypandoc.get_pandoc_version()} reads, Typst {importlib.metadata.version('typst')} typesets"
    )


def _sqlite() -> str:
    import sqlite3

    if sqlite3.sqlite_version_info < (3, 35):
        raise RuntimeError(f"version {sqlite3.sqlite_version}, at least 3.35 is needed")
    return sqlite3.sqlite_version


def _ports() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"free ones on 127.0.0.1, as {server.getsockname()[1]}"


def _space() -> Result:
    free = shutil.disk_usage(Path.cwd()).free
    found = f"{free / 1e9:.1f} GB free"
    return Result(
        "disk", found, "" if free > SPACE else "Free some space: the workbook and its results need 2 GB."
    )
