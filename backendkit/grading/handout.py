"""The notebook and the handout of an exercise, both made from its one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backendkit.grading.form import read_form

if TYPE_CHECKING:
    from nbformat import NotebookNode


def handout(name: str, *, answers: bool = False) -> str:
    """The exercise as Markdown to print: title, minutes, task; with `answers` also hints and explanation."""
    form = read_form(name)
    parts = [f"# {form.title}", f"{form.minutes} minutes · {name} · based on {form.base}", form.task.strip()]
    if answers:
        parts += ["## Hints", "\n".join(f"{n}. {hint.strip()}" for n, hint in enumerate(form.hints, 1))]
        parts += ["## Explanation", form.explanation.strip()]
    return "\n\n".join(parts) + "\n"


def exercise_notebook(name: str) -> NotebookNode:
    """The exercise as a notebook without outputs: the task, the working copy, a place to work, the check."""
    from nbformat import v4

    form = read_form(name)
    cells = [
        v4.new_markdown_cell(handout(name), id="task"),
        v4.new_code_cell(
            f'from backendkit import Delete, Insert, Move, Set, exercise\n\ntask = exercise("{name}")\ntask',
            id="open",
        ),
        v4.new_markdown_cell(
            "Work here: change the design with `task.update(Set(at, field, value))`, or open its "
            "`design.yaml` in an editor. Then run the check. Nothing can break: `task.start_over()` begins again.",
            id="how",
        ),
        v4.new_code_cell("", id="work"),
        v4.new_code_cell("task.check()", id="check"),
        v4.new_code_cell("task.hint()", id="hint"),
    ]
    metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "backendkit": {"exercise": name, "minutes": form.minutes},
    }
    made: NotebookNode = v4.new_notebook(cells=cells, metadata=metadata)
    return made
