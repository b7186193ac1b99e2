"""Notebooks become one document; what fails is said, what was good stays, the design does not change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbconvert.exporters import get_exporter
from nbformat import v4

from backendkit.document import Built, build, build_document
from backendkit.model import UserError
from backendkit.store import OpenDesign, open_design

TOLD = "from IPython.display import Markdown, display"


def write(folder: Path, name: str, chapter: str, *cells: str) -> None:
    notebook = v4.new_notebook(metadata={"backendkit": {"chapter": chapter}} if chapter else {})
    notebook.cells = [
        v4.new_markdown_cell("# In the room", metadata={"tags": ["guide"]}),
        v4.new_code_cell('folder = "nowhere"', metadata={"tags": ["parameters"]}),
        *(v4.new_code_cell(cell) for cell in cells),
    ]
    (folder / f"{name}.ipynb").write_text(v4.writes(notebook), encoding="utf-8")


@pytest.fixture
def opened(tmp_path: Path) -> OpenDesign:
    folder = tmp_path / "shop"
    folder.mkdir()
    text = "format: 1\nname: Shop\nversion: 1.0.0\nscope: [requirements, database, security]\nsecurity:\n  about: x\n"
    (folder / "design.yaml").write_text(text, encoding="utf-8")
    return open_design(folder)


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    write(folder, "00_start", "", "raise RuntimeError('not part of the document')")
    write(
        folder,
        "01_requirements",
        "requirements",
        f"{TOLD}\ndisplay(Markdown('Wanted in **' + folder + '**'))",
    )
    write(folder, "02b_database", "database", f"{TOLD}\ndisplay(Markdown('Remembered.'))")
    write(folder, "06_testing", "testing", "raise RuntimeError('out of scope')")
    return folder


def kept(built: Built) -> bytes:
    return built.files[0].read_bytes()


def test_the_chapters_of_the_design_become_one_pdf_and_one_html(
    opened: OpenDesign, notebooks: Path, read_pdf: Callable[..., Any]
) -> None:
    before = opened.text()
    seen: list[tuple[str, int, int]] = []
    built = build_document(
        opened, to=("pdf", "html"), notebooks=notebooks, progress=lambda *step: seen.append(step)
    )
    out = opened.out
    assert built == Built((out / "shop.pdf", out / "shop.html"))
    page = read_pdf(kept(built))
    assert page.bookmarks == [(1, "1 Requirements"), (1, "2 Database")]
    assert "Wanted in" in page.text
    assert "shop" in page.text
    assert "It also speaks of security, which this document does not show yet." in page.text
    assert "This design does not speak of: architecture, API," in page.text
    assert "In the room" not in page.text
    assert "<strong>" in (out / "shop.html").read_text(encoding="utf-8")
    assert opened.text() == before
    assert sorted(path.name for path in (out / "notebooks").iterdir()) == [
        "01_requirements.ipynb",
        "02b_database.ipynb",
    ]
    assert ("Database", 3, 3) in seen
    assert seen[-1] == ("Writing the HTML", 1, 1)


def test_notes_without_a_notebook_become_a_chapter_and_notes_of_none_are_named(
    opened: OpenDesign, notebooks: Path, read_pdf: Callable[..., Any]
) -> None:
    assert opened.folder
    opened.write_notes("security", "Roles first.\n\n## Who may\n\nOnly members.\n")
    opened.write_notes("testing", "Later.\n")
    (opened.folder / "notes" / "intro.md").write_text("Hello.", encoding="utf-8")
    built = build_document(opened, notebooks=notebooks)
    page = read_pdf(kept(built))
    assert page.bookmarks == [
        (1, "1 Requirements"),
        (1, "2 Database"),
        (1, "3 Security"),
        (2, "3.1 Who may"),
    ]
    assert "It shows only the notes of: security." in page.text
    assert "does not show" not in page.text
    one, other = built.warnings
    assert one.startswith(
        "notes/intro.md is not in the document: notes are named after a chapter (requirements,"
    )
    assert other == "notes/testing.md is not in the document: the scope of the design leaves testing out."


def test_a_failing_chapter_is_named_and_the_last_document_without_gaps_stays(
    opened: OpenDesign, notebooks: Path, read_pdf: Callable[..., Any]
) -> None:
    whole = build_document(opened, notebooks=notebooks)
    good = kept(whole)
    write(notebooks, "01_requirements", "requirements", "x = 1", "raise ValueError('Line 3: no goal.')")
    built = build_document(opened, notebooks=notebooks)
    (missing,) = built.missing
    assert missing == "01_requirements, cell 4 `raise ValueError('Line 3: no goal.')`: Line 3: no goal."
    assert built.files == (opened.out / "shop-incomplete.pdf",)
    assert "stays" in built.warnings[0]
    assert kept(whole) == good
    page = read_pdf(kept(built))
    assert "This chapter is missing." in page.text
    assert page.text.count("01_requirements, cell 4") == 2
    assert "Remembered." in page.text
    assert "Line 3: no goal." in (opened.out / "notebooks" / "01_requirements.ipynb").read_text(
        encoding="utf-8"
    )


def test_the_first_document_is_written_even_with_gaps_and_a_whole_one_clears_them(
    opened: OpenDesign, notebooks: Path
) -> None:
    (notebooks / "02b_database.ipynb").write_text("{", encoding="utf-8")
    built = build_document(opened, notebooks=notebooks)
    assert built.files == (opened.out / "shop.pdf",)
    assert "02b_database.ipynb cannot be read as a notebook" in built.missing[0]
    (opened.out / "shop-incomplete.pdf").write_bytes(b"old")
    write(notebooks, "02b_database", "database", "1")
    assert build_document(opened, notebooks=notebooks).missing == ()
    assert sorted(path.name for path in opened.out.glob("*.pdf")) == ["shop.pdf"]


def test_a_design_in_a_database_is_run_on_a_copy(
    opened: OpenDesign, notebooks: Path, tmp_path: Path, read_pdf: Callable[..., Any]
) -> None:
    stored = opened.copy_to(f"sqlite:///{tmp_path / 'team.db'}#shop")
    built = build_document(stored, notebooks=notebooks, out=tmp_path / "elsewhere")
    assert built.missing == ()
    assert built.files == (tmp_path / "elsewhere" / "shop.pdf",)
    assert "team.db" not in read_pdf(kept(built)).text


def test_a_notebook_that_changes_the_design_is_noticed(opened: OpenDesign, notebooks: Path) -> None:
    write(notebooks, "02b_database", "database", "open(folder + '/design.yaml', 'a').write('# more\\n')")
    built = build_document(opened, notebooks=notebooks)
    assert built.warnings == ("The design changed while its document was made: make the document again.",)


def test_a_pdf_that_a_viewer_holds_stays_and_the_new_one_stands_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def held(source: Path, target: Path) -> None:
        if target.name == "shop.pdf":
            raise PermissionError(13, "held")
        replace(source, target)

    monkeypatch.setattr(os, "replace", held)
    path, said = build._put(tmp_path, "shop.pdf", b"new", whole=True)
    assert path.name == "shop-2.pdf"
    assert said == ["shop.pdf is open in another program, so the new document is shop-2.pdf."]
    assert [path.name for path in tmp_path.iterdir()] == ["shop-2.pdf"]


def test_wrong_use_gets_one_sentence(opened: OpenDesign, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="pdf or html, not as 'docx'"):
        build_document(opened, to=("docx",))
    with pytest.raises(UserError, match="no notebooks of a design in"):
        build_document(opened, notebooks=tmp_path)
    file = tmp_path / "a file"
    file.write_text("x", encoding="utf-8")
    with pytest.raises(UserError, match="Nothing can be written to"):
        build._keep(file / "notebooks", [], [])


def test_nbconvert_offers_both_forms_for_one_run_notebook(
    tmp_path: Path, read_pdf: Callable[..., Any]
) -> None:
    write(tmp_path, "one", "", "1")
    (tmp_path / "assets").mkdir()
    path = tmp_path / "one.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"].append(
        {"cell_type": "markdown", "id": "m", "metadata": {}, "source": "# Alone\n\nHello."}
    )
    path.write_text(json.dumps(notebook), encoding="utf-8")
    for kind in ("pdf", "html"):
        exporter = get_exporter(f"designdoc_{kind}")()
        made, _ = exporter.from_filename(str(path))
        path.with_suffix(exporter.file_extension).write_bytes(made)
    page = read_pdf((tmp_path / "one.pdf").read_bytes())
    assert page.bookmarks == [(1, "1 Alone")]
    assert page.pdf.metadata["title"] == "one"
    assert "<title>one</title>" in (tmp_path / "one.html").read_text(encoding="utf-8")


def test_listing_the_exporters_imports_nothing_heavy() -> None:
    code = (
        "import sys, backendkit.document.exporter as e; "
        "print(e.PDFExporter().file_extension, [m for m in ('typst', 'pypandoc', 'papermill', "
        "'pydantic', 'backendkit.draw') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == ".pdf []\n"
