"""Every notebook has the form that CONTRIBUTING describes: short cells, no outputs, a head, a foot, a place in the order."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from backendkit.grading import names
from backendkit.model import CHAPTERS

FOLDER = Path(__file__).parents[2] / "notebooks"
FILES = sorted(FOLDER.glob("*.ipynb"))
OUTSIDE = ("00_start", "11_document")
pytestmark = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def read(file: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return values


def cells(file: Path, kind: str) -> list[tuple[str, list[str]]]:
    """Source and tags of the cells of a kind."""
    found = [cell for cell in read(file)["cells"] if cell["cell_type"] == kind]
    return [("".join(cell["source"]), cell["metadata"].get("tags", [])) for cell in found]


def test_nothing_was_run_and_ids_stay(file: Path) -> None:
    notebook = read(file)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert all(re.fullmatch(r"[a-z][a-z-]+", cell["id"]) for cell in notebook["cells"])
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    assert file.read_text(encoding="utf-8") == text, "JupyterLab would write it otherwise"


def test_code_cells_are_short_and_hold_no_program(file: Path) -> None:
    for source, _ in cells(file, "code"):
        assert len(source.splitlines()) <= 8
        functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
        assert all((node.end_lineno or 0) - node.lineno < 5 for node in functions)


def test_the_head_gives_minutes_and_questions_then_the_folder_alone_then_the_imports(file: Path) -> None:
    notebook = read(file)
    about = notebook["metadata"]["backendkit"]
    title = "".join(notebook["cells"][0]["source"])
    assert title.startswith("# ")
    assert f"**{about['minutes']} minutes.**" in title
    assert title.count("?") >= 2
    assert "At the end you have" in title
    (folder, tags), (opening, _), *others = cells(file, "code")
    assert (folder, tags) == ('folder = ""', ["parameters"])
    assert opening.endswith("\n\ndesign = chosen_design(folder)")
    assert not any(re.search(r"(?m)^\s*(import|from)\s", source) for source, _ in others)


def test_code_is_hidden_and_one_click_away_and_nobody_deletes_a_cell_by_accident(file: Path) -> None:
    for cell in read(file)["cells"]:
        about = cell["metadata"]
        assert about["deletable"] is False
        hidden = about["jupyter"]["source_hidden"] if cell["cell_type"] == "code" else not about["editable"]
        assert hidden is True


def test_it_says_which_chapter_it_is_unless_it_stands_outside_them(file: Path) -> None:
    chapter = read(file)["metadata"]["backendkit"].get("chapter")
    assert (chapter is None) == (file.stem in OUTSIDE)
    assert chapter is None or (chapter in CHAPTERS and chapter in file.stem)


def test_the_foot_has_findings_key_points_and_the_way_on(file: Path) -> None:
    source, tags = cells(file, "markdown")[-1]
    assert source.startswith("**Key points**")
    assert tags == ["guide"]
    neighbours = {
        FILES[at].name for at in (FILES.index(file) - 1, FILES.index(file) + 1) if 0 <= at < len(FILES)
    }
    assert neighbours <= set(re.findall(r"\]\(([\w.]+)\)", source))
    if file.stem not in OUTSIDE:
        assert any(re.match(r'show_findings\(design, "\w+"\)$', code) for code, _ in cells(file, "code"))


def test_what_goes_into_the_document_are_headings_and_a_sentence_or_two(file: Path) -> None:
    for source, tags in cells(file, "markdown"):
        if "guide" not in tags:
            heading, *rest = source.splitlines()
            assert heading.startswith("## ")
            assert len(" ".join(rest).split()) <= 40
    assert file.stem not in OUTSIDE or all(
        "guide" in tags or "parameters" in tags for _, tags in cells(file, "code")
    )


def test_the_exercises_it_names_are_there(file: Path) -> None:
    text = "".join(source for source, _ in cells(file, "markdown"))
    assert set(re.findall(r'exercise\("([^"]+)"\)', text)) <= set(names())


def test_links_lead_to_files_that_are_there(file: Path) -> None:
    for source, _ in cells(file, "markdown"):
        for target in re.findall(r"\]\(([\w./]+\.ipynb)\)", source):
            assert (FOLDER / target).exists(), target
