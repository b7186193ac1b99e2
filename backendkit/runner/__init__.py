"""Notebooks run headless: one call, one executed notebook, never a changed file."""

from backendkit.runner.notebook import NotebookFailed, run_notebook, run_notebooks
from backendkit.runner.progress import Progress, progress_lines

__all__ = ["NotebookFailed", "Progress", "progress_lines", "run_notebook", "run_notebooks"]
