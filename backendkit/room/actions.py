"""What a cell does: calls the prototype, makes the document, begins again."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from backendkit.model import UserError
from backendkit.room.display import Link, Page, Table, Text
from backendkit.room.display import escape_markdown as plain

if TYPE_CHECKING:
    import httpx

    from backendkit.prototype import Running
    from backendkit.store import OpenDesign

BOOKSHOP = Path(__file__).resolve().parents[2] / "data" / "bookshop"


def show_answer(answer: httpx.Response, *, lines: int = 30) -> Text:
    """A call to the prototype and its answer, shortened after some lines."""
    try:
        body = json.dumps(answer.json(), indent=2, ensure_ascii=False)
    except ValueError:
        body = answer.text
    url = answer.request.url
    # The port is another one in every run, and says nothing.
    text = body.replace(f"{url.scheme}://{url.netloc.decode()}", "").splitlines()
    shown = "\n".join(text[:lines] + ["…"] * (len(text) > lines))
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", shown)), default=0))
    call = f"{answer.request.method} {url.raw_path.decode()}"
    head = plain(f"{call} → {answer.status_code} {answer.reason_phrase}")
    return Text(f"**{head}**\n\n{fence}json\n{shown}\n{fence}")


def show_calls(opened: OpenDesign, api: Running) -> Page:
    """Three calls that every design can answer: a list, one of it, and one that is not there."""
    from backendkit.model.naming import snake

    offered = [one for one in opened.design.api.resources if {"list", "get"} <= {*one.operations}]
    resource = next((one for one in offered if opened.design.entity(one.entity)), None)
    if not resource:
        return Page((Table((), (), empty="There is nothing to call yet: no resource offers list and get."),))
    entity = opened.design.entity(resource.entity)
    names = [snake(key.id) for key in (entity.keys if entity else ())]
    answers = [api.get(f"{resource.route}?limit=2")]
    for row in (*answers[0].json()["items"][:1], dict.fromkeys(names, 0)):
        answers.append(
            api.get("/".join([resource.route, *(quote(str(row[name]), safe="") for name in names)]))
        )
    return Page(tuple(map(show_answer, answers)))


def show_document(opened: OpenDesign, *, to: Iterable[str] = ("pdf",)) -> Page:
    """Make the document, and say where it is and what it lacks."""
    from backendkit.document import build_document
    from backendkit.runner import terminal_progress

    built = build_document(opened, to=to, progress=terminal_progress(sys.stdout))
    rows = [(Link(file.name, _beside(file)), f"{file.stat().st_size // 1000} kB") for file in built.files]
    said = "\n".join(f"- {plain(sentence)}" for sentence in (*built.missing, *built.warnings))
    files = Table(("The document", "Size"), tuple(rows), looks=("", "number"))
    return Page((files, Text(said)) if said else (files,))


def _beside(file: Path) -> str:
    """The way from where the notebook runs; on another drive there is only the whole path."""
    try:
        return Path(os.path.relpath(file)).as_posix()
    except ValueError:
        return file.as_uri()


def start_over(folder: str | Path, *, of: str | Path = BOOKSHOP) -> OpenDesign:
    """A fresh copy of a worked design in a folder; what was there is kept beside it as `…-before`.

    Results in out/ stay, so that a link to the last document still leads to it.
    """
    from backendkit.store import open_design

    target = Path(folder).resolve()
    if target.is_relative_to(BOOKSHOP.parent):
        raise UserError(f"{target} is a worked design and stays as it is: take a folder under work/.")
    if target.exists() and not (target / "design.yaml").exists():
        raise UserError(f"{target} holds other things than a design: name a folder that is new.")
    before = target.with_name(f"{target.name}-before")
    if target.exists():
        shutil.rmtree(before, ignore_errors=True)
        try:
            target.rename(before)
        except OSError:
            raise UserError(f"{target} is open in another program: close it there, and try again.") from None
    copy = open_design(of).copy_to(target)
    if (before / "out").is_dir():
        (before / "out").rename(target / "out")
    return copy
