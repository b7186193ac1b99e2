"""What a machine needs for the workbook and for a design, looked at one by one; each problem with the line that mends it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from backendkit.model import Design, HoldsDesign, as_design
from backendkit.model.environment import Service, Tool, Variable

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
SECONDS = 5
PROGRAMS: dict[str, tuple[str, ...]] = {
    "python": ("python3 --version", "python --version"), "node": ("node --version",), "nodejs": ("node --version",),
    "javascript": ("node --version",), "typescript": ("tsc --version",), "java": ("java -version",),
    "csharp": ("dotnet --version",), "dotnet": ("dotnet --version",), "go": ("go version",), "ruby": ("ruby --version",),
    "php": ("php --version",), "rust": ("rustc --version",), "docker": ("docker --version",), "git": ("git --version",),
    "npm": ("npm --version",), "maven": ("mvn --version",), "gradle": ("gradle --version",), "uv": ("uv --version",),
    "ruff": ("ruff --version",), "mypy": ("mypy --version",), "pytest": ("pytest --version",),
}  # fmt: skip
"""What tells the version of a tool. Only these are run: a design names tools, never commands."""


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


def examine(design: Design | HoldsDesign | None = None) -> Iterator[Result]:
    """Look at everything, the quick things first; then at what a design asks of this machine."""
    yield _python()
    yield from (_library(name) for name in REQUIRED)
    yield _try("pictures", _pictures, "Install the libraries named above, or use an image that is not slim.")
    yield _try("fonts", _fonts, "Run: python3 run.py doctor from a fresh clone; the shipped font is missing.")
    yield _try("documents", _documents, "Run: python3 run.py again after deleting .venv")
    yield _try("SQLite", _sqlite, "Install a newer Python: its SQLite is too old.")
    yield _try("ports", _ports, "Allow programs to listen on 127.0.0.1 in the firewall.")
    yield _space()
    if design is not None:
        yield from examine_design(design)


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


def examine_design(design: Design | HoldsDesign) -> Iterator[Result]:
    """Look for the tools of a design, at the ports of its services, and whether its variables are set."""
    chosen = as_design(design).environment
    yield from (found for it in chosen.tools if (found := _tool(it)))
    if any(it.image for it in chosen.services):
        yield _docker()
    yield from (_port(it, port) for it in chosen.services for port in (it.port, it.page) if port)
    yield from (_variable(it) for it in chosen.variables if it.id)


def _tool(it: Tool) -> Result | None:
    """Whether a program is there in the version that is asked; nothing for what is no program on this machine."""
    words = [re.sub(r"[^a-z]", "", word.lower().replace("#", "sharp")) for word in (it.id, it.name)]
    commands = next((PROGRAMS[word] for word in words if word in PROGRAMS), ())
    if not commands:
        return None
    name, wanted = _plain(f"{it.title} {it.version}"), _numbers(it.version)
    mend = f"Install {name}{' or newer' if wanted else ''}, and put it on the PATH."
    said = next(filter(None, map(_said, commands)), "")
    if not said:
        return Result(name, "not on the PATH", mend)
    found = _numbers(said)
    return Result(name, ".".join(map(str, found)) or said, "" if found >= wanted else mend)


def _said(command: str) -> str:
    """What a program says of itself; empty when it is not there or says nothing in time."""
    program, *words = command.split()
    place = shutil.which(program)
    try:
        done = subprocess.run(
            [place or "", *words], capture_output=True, text=True, timeout=SECONDS, check=True
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
    return (done.stdout or done.stderr).strip().partition("\n")[0]


def _numbers(text: str) -> tuple[int, ...]:
    """The first version in a text.

    >>> _numbers("Python 3.12.4"), _numbers("none")
    ((3, 12, 4), ())
    """
    found = re.search(r"\d{1,9}(?:\.\d{1,9})*", text)
    return tuple(map(int, found[0].split("."))) if found else ()


def _docker() -> Result:
    if not shutil.which("docker"):
        return Result("Docker", "not on the PATH", "Install Docker with its Compose plugin.")
    if not (version := _said("docker compose version")):
        return Result("Docker", "without Compose", "Install the Compose plugin of Docker.")
    if not _said("docker version --format {{.Server.Version}}"):
        return Result("Docker", "does not answer", "Start Docker, and take care that you may use it.")
    return Result("Docker", version)


def _port(it: Service, port: int) -> Result:
    name = _plain(f"{it.title} on {port}")
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            postgres = it.image.rpartition("/")[2].startswith("postgres") and port == it.port
            if not postgres:
                return Result(name, "something listens there")
            line.sendall(b"\x00\x00\x00\x08\x04\xd2\x16\x2f")  # would you speak TLS? PostgreSQL says S or N
            if line.recv(1) in (b"S", b"N"):
                return Result(name, "PostgreSQL answers")
    except ConnectionRefusedError:
        return Result(name, "free: docker compose up --detach --wait starts it there")
    except OSError:
        pass
    return Result(
        name, "something else listens there", "Stop it, or give the service another port in the design."
    )


def _variable(it: Variable) -> Result:
    """Whether it is set here or in .env; what it is stays unsaid."""
    name = _plain(it.id)
    file = Path(".env")
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    if os.environ.get(it.id) or re.search(rf"(?m)^(?:export )?{re.escape(it.id)}=[^\s]", text):
        return Result(name, "set")
    if it.optional or it.default:
        return Result(name, "not set, and need not be")
    return Result(name, "not set", f"Set {name}, here or in the file .env.")


def _plain(text: str) -> str:
    """Typed text as one line that a terminal only shows."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
