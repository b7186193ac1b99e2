"""Run a notebook with parameters through papermill (https://papermill.readthedocs.io), in a kernel of this very Python."""

from __future__ import annotations

import logging
import os
import re
import sys
import weakref
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backendkit.model import UserError
from backendkit.runner.progress import Progress

if TYPE_CHECKING:
    from nbformat import NotebookNode

ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
HEADLESS = {"BACKENDKIT_HEADLESS": "1"}
"""Set for every kernel that is started here: nobody looks on, so the room shows what stands still."""
_SILENT = logging.NullHandler()
_kernels: weakref.WeakSet[Any] = weakref.WeakSet()


def lighten() -> None:
    """Start a second faster: jsonschema then compiles no grammars of URIs. Only for a process that checks no URIs."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


class NotebookFailed(UserError):
    """A notebook that stopped: which one, at which cell, why; `partial` is the notebook as far as it ran."""

    def __init__(self, path: Path, cell: int, source: str, reason: str, partial: NotebookNode | None) -> None:
        self.notebook, self.cell, self.reason, self.partial = path.stem, cell, reason, partial
        line = next((line.strip() for line in source.splitlines() if line.strip()), "")
        where = f", cell {cell} `{line[:80]}`" if cell else ""
        self.sentence = f"{self.notebook}{where}: {reason}"
        super().__init__(
            f"{self.sentence} Open {path.name}, run it from the top and mend what this cell says."
        )


def run_notebook(
    path: str | Path, parameters: Mapping[str, Any], *, progress: Progress | None = None, seconds: int = 600
) -> NotebookNode:
    """Run a notebook from top to bottom and return it with its outputs; the file stays as it is.

    A cell may take `seconds`. Raises NotebookFailed when a cell fails, takes too long, or the kernel dies.
    """
    (outcome,) = run_notebooks([path], parameters, progress=progress, seconds=seconds)
    if isinstance(outcome, UserError):
        raise outcome
    return outcome


def run_notebooks(
    paths: Iterable[str | Path],
    parameters: Mapping[str, Any],
    *,
    progress: Progress | None = None,
    seconds: int = 600,
    without: str = "",
) -> list[NotebookNode | UserError]:
    """Run several notebooks, two at a time; give for each, in order, the run notebook or what went wrong.

    Cells with the tag `without` are passed over.
    """
    # Imported here once: two threads that import papermill at the same time can each find half of it.
    import papermill  # noqa: F401
    from jupyter_core.utils import ensure_event_loop

    def outcome(path: Path) -> NotebookNode | UserError:
        try:
            return _run(path, parameters, progress, seconds, without)
        except UserError as error:
            return error
        finally:
            ensure_event_loop().close()  # the one that nbclient opened for this thread

    logging.getLogger("papermill").addHandler(_SILENT)
    with ThreadPoolExecutor(2) as pool:
        try:
            return list(pool.map(outcome, map(Path, paths)))
        except BaseException:  # Ctrl-C: nobody waits for the cells that still run
            pool.shutdown(wait=False, cancel_futures=True)
            for kernel in list(_kernels):
                if process := getattr(kernel.provisioner, "process", None):
                    process.kill()
            raise


def _run(
    path: Path, parameters: Mapping[str, Any], progress: Progress | None, seconds: int, without: str
) -> NotebookNode:
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    notebook = _read(path)
    watch = _Watch(path, _parameters_cell(path, notebook), len(notebook.cells), progress)
    try:
        done: NotebookNode = papermill.execute_notebook(
            notebook,
            None,
            dict(parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            kernel_manager_class=_own_kernel(),
            extra_arguments=["--IPKernelApp.log_level=50"],
            resources={"metadata": {"path": str(path.parent)}},
            on_notebook_start=watch.begin,
            on_cell_start=watch.cell,
            execution_timeout=seconds,
            skip_cells_with_tag=without,
        )
        return done
    except PapermillExecutionError as error:
        raise watch.failed(_reason(error.ename, error.evalue)) from None
    except CellTimeoutError:
        raise watch.failed(f"it took longer than {seconds} seconds.") from None
    except DeadKernelError:
        raise watch.failed("Python itself stopped here (out of memory, perhaps).") from None
    except (RuntimeError, OSError, ImportError) as error:
        reason = _reason(type(error).__name__, str(error))
        raise watch.failed(f"no Python could be started to run it ({reason})") from error
    finally:
        watch.show(watch.cells)


def _read(path: Path) -> NotebookNode:
    import nbformat

    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)
    except (OSError, ValueError, TypeError, LookupError, AttributeError, nbformat.ValidationError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        said = f"{path.name} cannot be read as a notebook ({reason}): restore it, for example with git."
        raise UserError(said) from None
    return notebook


def _parameters_cell(path: Path, notebook: NotebookNode) -> int:
    for index, cell in enumerate(notebook.cells):
        if "parameters" in cell.metadata.get("tags", []):
            return index
    raise UserError(f'{path.name} has no cell tagged `parameters` with `folder = "…"`: tag that cell.')


def _own_kernel() -> type:
    """Give a kernel manager that knows one kernel only: the Python that runs now, and nobody who looks on."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    class OwnKernel(AsyncKernelManager):
        def __init__(self, **options: Any) -> None:
            super().__init__(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]), **options)
            _kernels.add(self)

        def start_kernel(self, **options: Any) -> Any:
            return super().start_kernel(**({"env": os.environ | HEADLESS} | options))

    return OwnKernel


def _reason(name: str, value: str) -> str:
    """Say an exception in one line; a text that is a sentence already stands alone."""
    text = next(iter(ANSI.sub("", value).strip().splitlines()), "").strip()[:400]
    if text.endswith((".", "!", "?")):
        return text
    return f"{name}: {text}." if text else f"{name}."


@dataclass
class _Watch:
    """Where a run is: papermill tells it each cell."""

    path: Path
    parameters: int
    cells: int
    progress: Progress | None
    at: int = 0
    source: str = ""
    notebook: NotebookNode | None = None

    def begin(self, notebook: NotebookNode) -> None:
        self.notebook = notebook

    def cell(self, cell: NotebookNode, cell_index: int) -> None:
        # papermill adds a cell after the one tagged parameters: people count without it.
        self.at, self.source = cell_index + (cell_index <= self.parameters), cell.source
        self.show(self.at - 1)

    def show(self, step: int) -> None:
        if self.progress:
            self.progress(self.path.stem, step, self.cells)

    def failed(self, reason: str) -> NotebookFailed:
        return NotebookFailed(self.path, self.at, self.source, reason, self.notebook)
