"""Notebooks run headless: one call, one executed notebook, never a changed file."""

from backendkit.runner.notebook import NotebookFailed, lighten, run_notebook, run_notebooks
from backendkit.runner.progress import Progress, terminal_progress

__all__ = ["NotebookFailed", "Progress", "lighten", "run_notebook", "run_notebooks", "terminal_progress"]
