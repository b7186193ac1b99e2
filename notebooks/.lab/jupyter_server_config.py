"""The server of the notebooks, in JupyterLab, Notebook 7 and the app: `run.py` names this file to Jupyter.

https://jupyter-server.readthedocs.io/en/stable/users/configuration.html
"""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import voila  # noqa: F401 - it chooses warnings to be shown, so our choice comes after it
import zmq
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from traitlets.config import get_config

HERE = Path(__file__).parent
FIRST = "notebooks/00_start.ipynb"
VIEW = "application/vnd.jupyter.widget-view+json"
STILL = {"text/html", "text/markdown"}

Place = tuple[object, int]
Json = dict[str, Any]


class StillOnDisk(LargeFileManager):
    """Files keep tables and pictures. The live parts beside them are kept here, for pages of the same kernel.

    Without the kernel that made it a live part is an error message where its table could stand.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.views: dict[str, dict[Place, tuple[Json, object]]] = {}

    def save(self, model: Json, path: str = "") -> Any:
        """Save a notebook without its live parts, and remember which kernel made each."""
        if model.get("type") == "notebook" and model.get("content"):
            before, kernel, now = self.views.get(path.strip("/"), {}), self.kernel(path), {}
            for place, data in results(model["content"]):
                if view := data.pop(VIEW, None):
                    old = before.get(place)
                    now[place] = old if old and old[0] == view else (view, kernel)
            self.views[path.strip("/")] = now
            model["content"]["metadata"].pop("widgets", None)
        return super().save(model, path)

    def get(self, path: str, content: bool = True, *args: Any, **options: Any) -> Any:
        """Open a notebook. What its kernel has made is live again, as when a page is loaded anew."""
        model = super().get(path, content, *args, **options)
        views = self.views.get(path.strip("/"), {})
        if content and model["type"] == "notebook" and views:
            kernel = self.kernel(path)
            for place, data in results(model["content"]):
                if kernel and place in views and views[place][1] == kernel:
                    data[VIEW] = views[place][0]
        return model

    def kernel(self, path: str) -> object:
        """The process that runs a notebook: another one after a restart, None where none runs."""
        sessions, kernels = self.parent.session_manager, self.parent.kernel_manager
        asked = sessions.cursor.execute("SELECT kernel_id FROM session WHERE path = ?", (path.strip("/"),))
        running = [id for (id,) in asked.fetchall() if id in kernels]
        return (
            (running[0], getattr(kernels.get_kernel(running[0]).provisioner, "pid", 0)) if running else None
        )


def results(notebook: Json) -> Iterator[tuple[Place, Json]]:
    """Each result that a page can show without a kernel, and where it stands."""
    for number, cell in enumerate(notebook["cells"]):
        for index, output in enumerate(cell.get("outputs", ())):
            if STILL & output.get("data", {}).keys():
                yield (cell.get("id", number), index), output["data"]


def leavable(request: Any, notebook: Json, cwd: str) -> None:
    """Give a page of the app the cookie without which it may not end its kernel when somebody leaves it."""
    request.xsrf_token  # noqa: B018 - asking for it sets it


warnings.simplefilter("ignore", DeprecationWarning)  # what one part of Jupyter says to another
os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, (str(HERE), os.environ.get("JUPYTER_PATH"))))

c = get_config()
c.ServerApp.root_dir = str(HERE.parents[1])  # results lie beside notebooks/, and links to them lead there
# Without threads for files, too: one that waits for a page which was closed keeps the server from ending
# (https://github.com/jupyterlab/jupyterlab/issues/10442).
c.ServerApp.contents_manager_class = StillOnDisk
if zmq.has("curve"):  # or every kernel says on the screen that it is not encrypted
    c.KernelManager.transport_encryption = "auto"

lab = c.LabApp
# One document alone, as on a reload: JupyterLab at /lab/ starts the kernels of all that was open last time. And a
# workspace of our own, so that tabs of other work stay out.
lab.default_url = f"/doc/workspaces/workbook/tree/{FIRST}"
# overrides.json: one document at a time, and every cell stays whole. A cell that JupyterLab leaves out while it is not in
# sight, or only skips to draw, cuts off menus and misleads a picture that measures itself; 30 cells gain nothing by it.
lab.app_settings_dir = c.JupyterNotebookApp.app_settings_dir = str(HERE)
lab.check_for_updates_class, lab.news_url = "jupyterlab.NeverCheckForUpdate", None
lab.extension_manager = "readonly"

app = c.VoilaConfiguration
app.template = "workbook"  # voila/templates/workbook, in this folder
app.show_tracebacks = True  # the template makes one sentence of them
app.prelaunch_hook = leavable
app.extension_allowlist = [
    "@backendkit/patience",
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
]
app.file_allowlist = [r".*\.(png|jpe?g|gif|svg|pdf|html|zip|md|ya?ml|json|sql)"]
