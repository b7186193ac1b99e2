"""Which design everybody works on here: chosen once on the start page, then known to every notebook.

The choice, and those before it, stand in work/.chosen, one address a line.
"""

from __future__ import annotations

import os
import re
from contextlib import redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from backendkit.model import UserError
from backendkit.model.naming import ascii_snake, kebab
from backendkit.room.actions import BOOKSHOP, start_over
from backendkit.room.collect import PASSED

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

HOUSE = BOOKSHOP.parents[1]
WORK = HOUSE / "work"
FIRST = "first-steps"
_NAME = re.compile(r"""(?m)^name:[ \t]+(?:"([^"\n]*)"|'([^'\n]*)'|([^"'#\s|>].*?))[ \t]*(?:[ \t]#.*)?$""")
KEPT = 12
"""So many choices are remembered."""


def read_choice() -> tuple[OpenDesign, str]:
    """The design that was chosen, or the first steps; and a sentence when the chosen one is gone.

    Raises UserError when a database does not answer: nobody shall go on in another design without noticing it.
    """
    from backendkit.store import open_design

    for where in remembered()[:1]:
        if _there(where):
            return open_design(place(where)), ""
        told = f"The design that was chosen is not at {_masked(where)} any more."
        return first_steps(), f"{told} Here is the practice copy. Choose again on the start page."
    return first_steps(), ""


def _there(where: str) -> bool:
    """Whether a design is where one was chosen. Raises UserError when a database does not answer."""
    from backendkit.store import design_exists

    try:
        return design_exists(place(where))
    except UserError:
        if "://" in where:
            raise
        return False  # no system has such a path


def first_steps() -> OpenDesign:
    """The practice copy of the bookshop; made when there is none, never made anew."""
    from backendkit.store import open_design
    from backendkit.store.disk import locked
    from backendkit.store.protocol import told

    folder = WORK / FIRST
    if not (folder / "design.yaml").exists():
        with told(WORK):
            WORK.mkdir(parents=True, exist_ok=True)
        with locked(WORK / ".lock"), redirect_stdout(StringIO()):
            if not (folder / "design.yaml").exists():
                start_over(folder)
    return open_design(folder)


def choose(where: str) -> OpenDesign:
    """Remember a design as the one that everybody works on here, by its address or as `designs()` lists it.

    Raises UserError when there is none, or when it cannot be read: then everything stays as it was.
    """
    from backendkit.store import open_design
    from backendkit.store.disk import locked
    from backendkit.store.protocol import told

    listed = (line for line in remembered() if _masked(line) == where)
    opened = open_design(place(next(listed, where)))
    _ = opened.design  # who cannot read it goes on with the one before
    with told(WORK):
        WORK.mkdir(parents=True, exist_ok=True)
        with locked(WORK / ".lock"):
            _remember(_address(opened))
    return opened


def _remember(known: str) -> None:
    lines = [known, *(line for line in remembered() if line != known)][:KEPT]
    beside = WORK / ".chosen.new"
    # The address of a database may hold a password: the file is for nobody else.
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write("".join(f"{line}\n" for line in lines).encode())
    beside.replace(WORK / ".chosen")


def remembered() -> list[str]:
    """The addresses that were chosen, last one first. What cannot be one is passed over."""
    lines: list[str] = []
    with suppress(OSError, UnicodeDecodeError):
        lines = (WORK / ".chosen").read_text(encoding="utf-8").split("\n")
    return [line.strip() for line in lines if line.strip() and "\0" not in line]


def place(where: str) -> str:
    """The whole address of what somebody typed: a path is looked for in the repository, then where the notebook runs."""
    typed = where.strip().strip("'\"")
    if not typed or "\n" in typed or "\0" in typed:
        raise UserError(
            "Type a folder, as work/library, or the address of a database, as sqlite:///team.db#shop."
        )
    if file := re.fullmatch(r"(sqlite[+\w]*:///)(?!/)([^#?]+)(.*)", typed):
        return f"{file[1]}{_near(file[2]).as_posix()}{file[3]}"
    return typed if "://" in typed else str(_near(typed))


def _near(typed: str) -> Path:
    path = Path(os.path.expanduser(typed))  # Path's own fails where there is no such user
    here = [path] if path.is_absolute() else [HOUSE / path, Path.cwd() / path]
    return Path(os.path.realpath(next(filter(os.path.exists, here), here[0])))


def shown(opened: OpenDesign) -> str:
    """The address as people read it: short within the repository, without the password of a database."""
    if not opened.folder:
        return opened.where
    folder = opened.folder.resolve()
    return folder.relative_to(HOUSE).as_posix() if folder.is_relative_to(HOUSE) else str(folder)


def _address(opened: OpenDesign) -> str:
    """The address as it is remembered: that of a database with its password."""
    from backendkit.store.sql import Sql

    store = opened.store
    if isinstance(store, Sql):
        return f"{store.url.render_as_string(hide_password=False)}#{store.name}"
    return shown(opened)


def _masked(where: str) -> str:
    """An address that is remembered, as `shown` gives it."""
    from backendkit.store import masked

    address, sign, name = where.rpartition("#") if "://" in where else (where, "", "")
    return masked(address) + sign + name


def designs() -> list[dict[str, str]]:
    """The designs under work/, newest first, and those elsewhere that were chosen before."""
    files = [file for file in WORK.glob("*/design.yaml") if not file.parent.name.startswith(".")]
    under = [file.parent.relative_to(HOUSE).as_posix() for file in sorted(files, key=_age)]
    others = (where for where in remembered() if where not in under)
    return [*map(_listed, under), *(_listed(where) for where in others if "://" in where or _there(where))]


def _age(file: Path) -> float:
    with suppress(OSError):
        return -file.stat().st_mtime
    return 0.0


def _listed(where: str) -> dict[str, str]:
    """A design with its name; a database is not asked for it."""
    if "://" in where:
        return {"where": _masked(where), "name": where.rpartition("#")[2]}
    folder = Path(place(where))
    return {"where": where, "name": _name(folder / "design.yaml") or folder.name}


def _name(file: Path) -> str:
    """The name in the first lines of a design; to read every file whole would take too long for a list."""
    with suppress(OSError):
        with file.open(encoding="utf-8", errors="replace") as lines:
            found = _NAME.search(lines.read(4000))
        return next(filter(None, found.groups()), "") if found else ""
    return ""


def free_folder(name: str) -> Path:
    """The folder under work/ for a design of this name. Raises UserError when there is no name, or one is there."""
    slug = kebab(name) if any(map(str.isalnum, name)) else ""
    if not slug:
        raise UserError("Give it a name first, as Library.")
    # Windows keeps some names for devices, the workbook some for results, for copies and for practice.
    if ascii_snake(name).endswith("_") or PASSED.fullmatch(slug) or slug == FIRST:
        slug += "-design"
    if (WORK / slug).exists():
        raise UserError(f"work/{slug} is there already: open it, or take another name.")
    return WORK / slug
