"""Notebooks run in a kernel of this Python, and say in one sentence where they stopped."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from backendkit.model import UserError
from backendkit.runner import NotebookFailed, run_notebook, run_notebooks, terminal_progress

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    import nbformat
    from nbformat import v4

    def write(name: str, *cells: str) -> Path:
        notebook = v4.new_notebook()
        notebook.cells = [
            v4.new_markdown_cell("# Title"),
            v4.new_code_cell('folder = "here"', metadata={"tags": ["parameters"]}),
            *(v4.new_code_cell(cell) for cell in cells),
        ]
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(notebook, path)
        return path

    return write


def test_a_run_sets_the_parameter_and_leaves_the_file_alone(write: Write) -> None:
    path = write("01_fine", "import sys, os; print(folder, sys.executable, os.getcwd(), sep='|')")
    before = path.read_bytes()
    done = run_notebook(path, {"folder": 'a "quoted"\n\\folder {x}'})
    said = done.cells[-1].outputs[0].text
    assert said == f'a "quoted"\n\\folder {{x}}|{sys.executable}|{path.parent}\n'
    assert path.read_bytes() == before


def test_a_kernel_that_nobody_looks_at_knows_it(write: Write) -> None:
    path = write("01_headless", "import os; print(os.environ['BACKENDKIT_HEADLESS'], 'PATH' in os.environ)")
    assert run_notebook(path, {}).cells[-1].outputs[0].text == "1 True\n"


def test_cells_for_the_room_are_passed_over_where_the_document_leaves_them_out(write: Write) -> None:
    import nbformat

    path = write("01_guided", "raise ValueError('only for the room')", "print(folder)")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].metadata["tags"] = ["guide"]
    nbformat.write(notebook, path)
    (whole,) = run_notebooks([path], {"folder": "here"})
    assert isinstance(whole, NotebookFailed)
    (done,) = run_notebooks([path], {"folder": "here"}, without="guide")
    assert not isinstance(done, UserError), done
    assert done.cells[-1].outputs[0].text == "here\n"


def test_a_failing_cell_is_named_with_its_line_and_its_reason(write: Write) -> None:
    path = write("02_wrong", "print(1)", "\nraise KeyError('copy')", "print(2)")
    with pytest.raises(NotebookFailed) as caught:
        run_notebook(path, {"folder": "x"})
    failed = caught.value
    assert (failed.notebook, failed.cell) == ("02_wrong", 4)
    assert failed.sentence == "02_wrong, cell 4 `raise KeyError('copy')`: KeyError: 'copy'."
    assert "run it from the top" in str(failed)
    assert failed.partial is not None
    assert any(
        "1\n" in output.get("text", "") for cell in failed.partial.cells for output in cell.get("outputs", [])
    )


def test_a_reason_that_is_a_sentence_stands_alone_and_without_colours(write: Write) -> None:
    path = write("02_wrong", "raise ValueError('\\x1b[31mLine 3: price must be a number.\\x1b[0m')")
    (failed,) = run_notebooks([path], {"folder": "x"})
    assert isinstance(failed, NotebookFailed)
    assert failed.reason == "Line 3: price must be a number."


def test_a_kernel_that_dies_and_one_that_never_ends_are_named_too(write: Write) -> None:
    dies, loops = write("03_dies", "import os\nos._exit(3)"), write("04_loops", "while True: pass")
    dead, late = run_notebooks([dies, loops], {"folder": "x"}, seconds=2)
    assert isinstance(dead, NotebookFailed)
    assert isinstance(late, NotebookFailed)
    assert (dead.cell, dead.reason) == (3, "Python itself stopped here (out of memory, perhaps).")
    assert (late.cell, late.reason) == (3, "it took longer than 2 seconds.")


def test_a_kernel_installed_elsewhere_is_not_taken(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        '{"argv": ["/no/such/python"], "display_name": "x", "language": "python"}'
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert run_notebook(write("01_fine", "1"), {"folder": "x"})


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}'])
def test_a_file_that_is_no_notebook_gives_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "01_x.ipynb"
    path.write_text(text)
    with pytest.raises(UserError, match="cannot be read as a notebook"):
        run_notebook(path, {})


def test_a_notebook_without_parameters_would_open_another_design_and_is_refused(write: Write) -> None:
    path = write("01_fine")
    path.write_text(path.read_text().replace('"parameters"', '"other"'))
    with pytest.raises(UserError, match="no cell tagged `parameters`"):
        run_notebook(path, {"folder": "x"})


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_in_a_terminal_and_plain_lines_elsewhere() -> None:
    terminal, file = Terminal(), io.StringIO()
    for out in (terminal, file):
        show = terminal_progress(out)
        show("database", 1, 2)
        show("api", 3, 9)
        show("database", 2, 2)
    assert terminal.getvalue().endswith("\r\x1b[2Kdatabase 1/2 · api 3/9\r\x1b[2Kapi 3/9")
    assert file.getvalue() == "database: done\n"


def test_a_lightened_process_still_reads_notebooks(write: Write) -> None:
    code = (
        "import sys; from backendkit.runner import lighten; lighten(); import nbformat; "
        "print(len(nbformat.read(sys.argv[1], 4).cells), sys.modules['rfc3987_syntax'])"
    )
    command = [sys.executable, "-c", code, str(write("01_fine"))]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "2 None\n"
