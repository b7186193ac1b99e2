"""Run the notebooks of the chapters a design speaks of, put them together, write the document (https://quarto.org has the idea)."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backendkit.document import typeset
from backendkit.document.content import TITLES, piece
from backendkit.model import CHAPTERS, UserError
from backendkit.runner import NotebookFailed, Progress, run_notebooks

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from backendkit.model import Design
    from backendkit.store import OpenDesign

MAKERS = {"pdf": typeset.pdf, "html": typeset.html}
WRITTEN = {"pdf": "Typesetting the PDF", "html": "Writing the HTML"}
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@dataclass(frozen=True, slots=True)
class Built:
    """What was written, what the document lacks (a sentence each), and what to know about it."""

    files: tuple[Path, ...]
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def build_document(
    opened: OpenDesign,
    *,
    to: Iterable[str] = ("pdf",),
    out: Path | None = None,
    progress: Progress | None = None,
    notebooks: Path | None = None,
) -> Built:
    """Run the notebooks on a design, two at a time, and write one PDF or HTML document into `out`.

    A chapter whose notebook fails is named in `missing` and in the document; the others are there.
    Neither the design nor its evidence changes.
    """
    kinds = tuple(dict.fromkeys(to))
    for kind in kinds:
        if kind not in MAKERS:
            raise UserError(f"A document can be made as {' or '.join(MAKERS)}, not as {kind!r}.")
    chapters, missing = _chapters(notebooks or NOTEBOOKS)
    chapters = [(chapter, path) for chapter, path in chapters if opened.design.scoped(chapter)]
    before = _state(opened)
    with _folder(opened) as where:
        titles = {path.stem: TITLES[chapter] for chapter, path in chapters}
        shown = progress and (lambda name, step, steps: progress(titles[name], step, steps))
        paths, named = [path for _, path in chapters], {"folder": str(where)}
        outcomes = run_notebooks(paths, named, progress=shown, without="guide")  # it would be left out anyway
    missing += [outcome.sentence if isinstance(outcome, NotebookFailed) else str(outcome)
                for outcome in outcomes if isinstance(outcome, UserError)]  # fmt: skip
    warnings = list(_unused_notes(opened))
    if _state(opened) != before:
        warnings.append("The design changed while its document was made: make the document again.")
    folder = out or opened.out
    _keep(folder / "notebooks", chapters, outcomes)
    merged = _merged(opened, chapters, outcomes, missing)
    files = []
    for kind in kinds:
        if progress:
            progress(WRITTEN[kind], 0, 1)
        data, noticed = MAKERS[kind](merged, opened.asset)
        path, said = _put(folder, f"{file_name(opened.name)}.{kind}", data, whole=not missing)
        files.append(path)
        warnings += [*noticed, *said]
        if progress:
            progress(WRITTEN[kind], 1, 1)
    return Built(tuple(files), tuple(missing), tuple(dict.fromkeys(warnings)))


def _chapters(folder: Path) -> tuple[list[tuple[str, Path]], list[str]]:
    """Find the notebooks that say which chapter they are, in the order of their names."""
    found, unread = [], []
    for path in sorted(folder.glob("*.ipynb")):
        try:
            chapter = (
                json.loads(path.read_text(encoding="utf-8"))["metadata"].get("backendkit", {}).get("chapter")
            )
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            unread.append(f"{path.name} cannot be read as a notebook: restore it, for example with git.")
            continue
        if chapter in CHAPTERS:
            found.append((chapter, path))
    if not found and not unread:
        raise UserError(
            f"There are no notebooks of a design in {folder}: run this from the folder of the workbook."
        )
    return found, unread


@contextmanager
def _folder(opened: OpenDesign) -> Iterator[Path]:
    """Give the folder of a design; a design in a database is copied, so that its password stands in no notebook."""
    if opened.folder:
        yield opened.folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="backendkit-", ignore_cleanup_errors=True) as folder:
        where = Path(folder) / file_name(opened.name)
        opened.copy_to(where)
        yield where


def _state(opened: OpenDesign) -> tuple[Any, ...]:
    return opened.text(), tuple(opened.notes(chapter) for chapter in CHAPTERS), opened.evidence()


def _merged(
    opened: OpenDesign,
    chapters: list[tuple[str, Path]],
    outcomes: list[NotebookNode | UserError],
    missing: list[str],
) -> NotebookNode:
    """Put the run notebooks together: a heading per chapter, then its cells as they are."""
    from nbformat.v4 import new_markdown_cell, new_notebook

    design = opened.design
    merged: NotebookNode = new_notebook()
    run = [(chapter, outcome) for (chapter, _), outcome in zip(chapters, outcomes, strict=True)]
    shown = {chapter for chapter, _ in run}
    noted = {
        each for each in CHAPTERS if each not in shown and design.scoped(each) and opened.notes(each).strip()
    }
    for chapter in (each for each in CHAPTERS if each in shown | noted):
        merged.cells.append(piece("chapter", title=TITLES[chapter]))
        if chapter in noted:
            merged.cells.append(new_markdown_cell(opened.notes(chapter)))
        for outcome in (outcome for each, outcome in run if each == chapter):
            if isinstance(outcome, UserError):
                merged.cells.append(piece("note", f"This chapter is missing.\n{outcome}"))
            else:
                merged.cells += outcome.cells
    merged.metadata["designdoc"] = {
        "title": design.name or opened.name,
        "kind": "Backend design",
        "version": design.version,
        "summary": design.summary,
        "authors": list(design.authors),
        "language": design.language,
        "missing": missing,
        "unspoken": " ".join(_unspoken(design, shown, noted)),
        "cover": True,
    }
    return merged


def _unspoken(design: Design, shown: set[str], noted: set[str]) -> Iterator[str]:
    outside = [chapter for chapter in CHAPTERS if not design.scoped(chapter)]
    held = [
        each for each in CHAPTERS if design.scoped(each) and each in design.values() and each not in shown
    ]
    for chapters, said in (
        (outside, "This design does not speak of: {}."),
        ([each for each in held if each in noted], "It shows only the notes of: {}."),
        (
            [each for each in held if each not in noted],
            "It also speaks of {}, which this document does not show yet.",
        ),
    ):
        if chapters:
            yield said.format(", ".join(_in_a_sentence(each) for each in chapters))


def _in_a_sentence(chapter: str) -> str:
    return TITLES[chapter] if TITLES[chapter].isupper() else TITLES[chapter].lower()


def _unused_notes(opened: OpenDesign) -> Iterator[str]:
    """Name the notes that stand in no chapter of this document."""
    folder = opened.folder and opened.folder / "notes"
    for path in sorted(folder.glob("*.md")) if folder else ():
        if path.stem not in CHAPTERS:
            known = ", ".join(CHAPTERS)
            yield f"notes/{path.name} is not in the document: notes are named after a chapter ({known})."
        elif not opened.design.scoped(path.stem) and opened.notes(path.stem).strip():
            yield f"notes/{path.name} is not in the document: the scope of the design leaves {path.stem} out."


def _keep(folder: Path, chapters: list[tuple[str, Path]], outcomes: list[NotebookNode | UserError]) -> None:
    """Leave the run notebooks beside the document, also one that failed: there people see where."""
    import nbformat

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for (_, path), outcome in zip(chapters, outcomes, strict=True):
            notebook = getattr(outcome, "partial", None) if isinstance(outcome, UserError) else outcome
            if notebook:
                text = nbformat.writes(notebook)
                (folder / path.name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UserError(f"Nothing can be written to {folder} ({error.strerror}): choose another.") from None


def file_name(name: str) -> str:
    """The name of a design as that of a file."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "design"


def _put(folder: Path, name: str, data: bytes, *, whole: bool) -> tuple[Path, list[str]]:
    """Write beside, then replace. A document with gaps never replaces an earlier one."""
    path = folder / name
    gaps = path.with_stem(f"{path.stem}-incomplete")
    if not whole and path.exists():
        said = [f"{name} is the last document without gaps and stays; the new one is {gaps.name}."]
        return _replace(gaps, data), said
    if whole:
        with suppress(OSError):
            gaps.unlink(missing_ok=True)
    target = _replace(path, data)
    held = f"{name} is open in another program, so the new document is {target.name}."
    return target, [held] if target != path else []


def _replace(path: Path, data: bytes) -> Path:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        for target in (path, *(path.with_stem(f"{path.stem}-{number}") for number in range(2, 100))):
            with suppress(PermissionError):  # Windows, while a viewer has it open
                os.replace(part, target)
                return target
        raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}): choose another folder.") from None
    finally:
        part.unlink(missing_ok=True)
