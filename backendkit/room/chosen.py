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

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

HOUSE = BOOKSHOP.parents[1]
WORK = HOUSE / "work"
FIRST = "first-steps"
_NAME = re.compile(r"""(?m)^name:[ \t]+(?:"([^"\n]*)"|'([^'\n]*)'|([^"'#\s].*?))[ \t]*(?:[ \t]#.*)?$""")
KEPT = 12
"""So many choices are remembered."""


def chosen() -> tuple[OpenDesign, str]:
    """The design that was chosen, or the first steps; and a sentence when the chosen one is gone.

    Raises UserError when a database does not answer: nobody shall go on in another design without noticing it.
    """
    from backendkit.store import design_exists, masked, open_design

    for where in remembered()[:1]:
        if design_exists(place(where)):
            return open_design(place(where)), ""
        told = f"The design that was chosen is not at {masked(where)} any more."
        return first_steps(), f"{told} Here is the practice copy. Choose again on the start page."
    return first_steps(), ""


def first_steps() -> OpenDesign:
    """The practice copy of the bookshop; made when there is none, never made anew."""
    from backendkit.store import open_design
    from backendkit.store.disk import locked

    folder = WORK / FIRST
    if not (folder / "design.yaml").exists():
        WORK.mkdir(parents=True, exist_ok=True)
        with locked(WORK / ".lock"):
            if not (folder / "design.yaml").exists():
                with redirect_stdout(StringIO()):
                    start_over(folder)
    return open_design(folder)


def choose(where: str) -> OpenDesign:
    """Remember a design as the one that everybody works on here. Raises UserError when there is none."""
    from backendkit.store import open_design

    opened = open_design(place(where))
    known = address(opened, where)
    lines = [known, *(line for line in remembered() if line != known)][:KEPT]
    beside = WORK / ".chosen.new"
    try:
        WORK.mkdir(parents=True, exist_ok=True)
        # The address of a database may hold a password: the file is for nobody else.
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write("".join(f"{line}\n" for line in lines).encode())
        beside.replace(WORK / ".chosen")
    except OSError as error:
        raise UserError(f"The choice cannot be kept in {WORK}: {error.strerror or error}.") from None
    return opened


def remembered() -> list[str]:
    """The addresses that were chosen, last one first."""
    with suppress(OSError, UnicodeDecodeError):
        return (WORK / ".chosen").read_text(encoding="utf-8").split("\n")[:-1]
    return []


def place(where: str) -> str:
    """The whole address of what somebody typed: a path is looked for in the repository, then where the notebook runs."""
    typed = where.strip().strip("'\"")
    if not typed or "\n" in typed or "\0" in typed:
        raise UserError(
            "Type a folder, as work/library, or the address of a database, as sqlite:///team.db#shop."
        )
    if file := re.fullmatch(r"sqlite:///(?!/)([^#?]+)(.*)", typed):
        return f"sqlite:///{_near(file[1]).as_posix()}{file[2]}"
    return typed if "://" in typed else str(_near(typed))


def _near(typed: str) -> Path:
    path = Path(typed).expanduser()
    here = [path] if path.is_absolute() else [HOUSE / path, Path.cwd() / path]
    return next((one for one in here if one.exists()), here[0]).resolve()


def address(opened: OpenDesign, where: str = "") -> str:
    """How a design is remembered and shown: short within the repository, whole elsewhere."""
    if not opened.folder:
        return place(where or opened.where)
    folder = opened.folder.resolve()
    return folder.relative_to(HOUSE).as_posix() if folder.is_relative_to(HOUSE) else str(folder)


def shown(opened: OpenDesign) -> str:
    """The address as people read it, without a password."""
    return address(opened) if opened.folder else opened.where


def designs() -> list[dict[str, str]]:
    """The designs under work/, newest first, and those elsewhere that were chosen before."""
    files = [file for file in WORK.glob("*/design.yaml") if not file.parent.name.startswith(".")]
    found = [(file.parent.relative_to(HOUSE).as_posix(), file) for file in sorted(files, key=_age)]
    under = {where for where, _ in found}
    listed = [_listed(where, file) for where, file in found]
    for where in remembered():
        if where not in under and (file := _file(where)):
            listed.append(_listed(where, file))
    return listed


def _age(file: Path) -> float:
    with suppress(OSError):
        return -file.stat().st_mtime
    return 0.0


def _file(where: str) -> Path | None:
    """The file of a design in a folder; for one in a database, its address stands for it."""
    file = Path(where) if "://" in where else Path(place(where)) / "design.yaml"
    return file if "://" in where or file.is_file() else None


def _listed(where: str, file: Path) -> dict[str, str]:
    from backendkit.store import masked

    if "://" in where:
        return {"where": where, "name": where.rpartition("#")[2] or where, "place": masked(where)}
    return {"where": where, "name": _name(file) or file.parent.name, "place": where}


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
    if ascii_snake(name).endswith("_"):
        slug += "-design"  # a name that Windows keeps for devices
    if (WORK / slug).exists():
        raise UserError(f"work/{slug} is there already: open it, or take another name.")
    return WORK / slug
