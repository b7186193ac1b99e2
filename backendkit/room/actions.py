"""What a cell does: calls the prototype, makes the document, begins again."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from itertools import count, takewhile
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
COPY = ".made-by-start-over"


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
    from backendkit.prototype.samples import Samples

    samples = Samples(api)
    offered = [each for each in api.surface.collections if {"list", "get"} <= {*each.operations}]
    if not offered:
        return Page((Table((), (), empty="There is nothing to call yet: no resource offers list and get."),))
    open_first = sorted(offered, key=lambda each: samples.operations[each.does("list")].who is not None)
    each = open_first[0]
    user, names = samples.suited(each.does("list")), [key.json for key in each.keys]
    answers = [api.get(f"{each.path}?limit=2", user=user)]
    for row in (*answers[0].json().get("items", ())[:1], dict.fromkeys(names, 0)):
        keys = (quote(str(row[name]), safe="") for name in names)
        answers.append(api.get("/".join([each.path, *keys]), user=samples.suited(each.does("get"))))
    return Page(tuple(map(show_answer, answers)))


def show_document(opened: OpenDesign, *, to: str | Iterable[str] = ("pdf",)) -> Page:
    """Make the document, as "pdf", "html" or both, and say where it is and what it lacks."""
    from backendkit.document import build_document
    from backendkit.runner import terminal_progress

    kinds = tuple(re.findall(r"\w+", to)) if isinstance(to, str) else to
    built = build_document(opened, to=kinds, progress=terminal_progress(sys.stdout))
    rows = [(Link(file.name, beside(file)), f"{file.stat().st_size // 1000} kB") for file in built.files]
    said = "\n".join(f"- {plain(sentence)}" for sentence in (*built.missing, *built.warnings))
    files = Table(("The document", "Size"), tuple(rows), looks=("", "number"))
    return Page((files, Text(said)) if said else (files,))


def beside(file: Path) -> str:
    """The way from where the notebook runs; on another drive there is only the whole path."""
    try:
        return Path(os.path.relpath(file)).as_posix()
    except ValueError:
        return file.as_uri()


def start_over(folder: str | Path, *, of: str | Path = BOOKSHOP) -> OpenDesign:
    """A fresh copy of a worked design in a folder; what was there is kept beside it as `…-before`, `…-before-2` …

    Results in out/ stay, so that a link to the last document still leads to it. Raises UserError for a folder that
    holds anything else than such a copy.
    """
    from backendkit.store import open_design

    target = Path(folder).expanduser().resolve()
    _replaceable(target)
    fresh = target.with_name(f".{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    open_design(of).copy_to(fresh)
    (fresh / COPY).write_text("start_over made this copy, and may make it new.\n", encoding="utf-8")
    kept = _put_in_place(fresh, target)
    copy = open_design(target)
    print(
        f"{copy!r} is a fresh copy." + (f" What was there is kept in {kept.name} beside it." if kept else "")
    )
    return copy


def _replaceable(target: Path) -> None:
    if target.is_relative_to(BOOKSHOP.parent):
        raise UserError(f"{target} is a worked design and stays as it is: take a folder under work/.")
    if not target.exists() or (target / COPY).exists():
        return
    if (target / "design.yaml").exists():
        raise UserError(f"{target} is a design of your own, start_over did not make it: name another folder.")
    raise UserError(f"{target} holds other things than a design: name a folder that is new.")


def _put_in_place(fresh: Path, target: Path) -> Path | None:
    """Move the copy to its place, and what was there beside it, if that is not kept there already."""
    if not target.exists():
        fresh.rename(target)
        return None
    now, beside = _content(target), _places(target)
    known = now == _content(fresh) or any(now == _content(place) for place in takewhile(Path.exists, beside))
    kept = next(place for place in _places(target) if not place.exists())
    try:
        target.rename(kept)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        raise UserError(f"{target} is open in another program: close it there, and try again.") from None
    fresh.rename(target)
    if (kept / "out").is_dir():
        (kept / "out").rename(target / "out")
    if known:
        shutil.rmtree(kept, ignore_errors=True)
    return None if known else kept


def _places(target: Path) -> Iterator[Path]:
    """Where what was there may be kept: `…-before`, `…-before-2`, `…-before-3` …"""
    return (target.with_name(f"{target.name}-before{f'-{n}' if n > 1 else ''}") for n in count(1))


def _content(folder: Path) -> dict[str, bytes]:
    """What people wrote there: everything but results and the lock."""
    files = (file for file in folder.rglob("*") if file.is_file())
    inside = {file.relative_to(folder).as_posix(): file for file in files}
    return {
        name: file.read_bytes()
        for name, file in inside.items()
        if name != ".lock" and not name.startswith("out/")
    }
