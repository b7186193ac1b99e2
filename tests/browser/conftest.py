"""People at the notebooks: a served copy of the repository, and pages on it in JupyterLab, Notebook 7 and Voila.

One server and one browser for each test process, a fresh browser profile for each visit
(https://playwright.dev/python/docs/browser-contexts). A page fails its test when a script on it fails, or when it
asks anything of another computer.

    def test_an_edit_is_saved(visit, house):
        person = visit("lab")                                   # or "notebook", "voila"
        person.design_page("edit(design, 'requirements.functional')", folder=house.design("mine"))
        person.page.get_by_role("button", name="Add").click()
"""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Error, Page

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
PARTS = ("backendkit", "notebooks", "data")
VIEWS = {
    "lab": "doc/workspaces/{visit}/tree/notebooks/{name}.ipynb",
    "notebook": "notebooks/notebooks/{name}.ipynb",
    "voila": "voila/render/notebooks/{name}.ipynb",
}
"""Each way to open a notebook: all three come from one server."""
OPTIONS = (
    "--no-browser",
    "--allow-root",
    "--port=0",
    "--LabApp.expose_app_in_browser=True",
    "--JupyterNotebookApp.expose_app_in_browser=True",
)
OPENED = "window.jupyterapp?.shell?.currentWidget?.context?.isReady"
MADE = """() => window.jupyterapp && !document.querySelector(
    '#loading, script[type="application/vnd.voila.cell-output+json"]')"""
"""A page of the app is made: all cells have run, and every result is drawn."""
NOT_OURS = {
    # A Notebook 7.6 with nothing of ours says so, too: its shortcuts are asked for before they are loaded.
    "notebook": {
        "Cannot read properties of undefined (reading 'schema')",
        # JupyterLab and Notebook share one page config on a server: after a page of JupyterLab, Notebook is asked to
        # open that page's path in the file browser, which it has not got.
        "Command 'filebrowser:open-path' not registered.",
    },
}
"""Mistakes of the applications themselves, to the letter."""
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext"
IMPORTS = "from backendkit import *\nfrom backendkit.room import *\n\ndesign = open_design(folder)"
REWRITE = """([folder, cell]) => {
    const { widgets } = window.jupyterapp.shell.currentWidget.content;
    widgets[0].model.sharedModel.setSource(folder);
    widgets[2].model.sharedModel.setSource(cell);
}"""
_numbers = count(1)


@dataclass
class House:
    """A copy of the repository that a server serves: people work in it, the repository stays as it is."""

    folder: Path
    address: str
    token: str

    def design(self, name: str = "", *, of: str | Path = "bookshop") -> str:
        """A design of a test's own under work/, a copy of a worked one or of a folder; gives its folder."""
        from backendkit.store import open_design

        target = self.folder / "work" / (name or f"design-{next(_numbers)}")
        open_design(of if isinstance(of, Path) else self.folder / "data" / of).copy_to(target)
        return str(target)

    def write(self, *cells: str, name: str = "", folder: str = "") -> str:
        """A notebook with these code cells behind one that sets `folder` and one that imports; gives its name."""
        import nbformat
        from nbformat import v4

        name = name or f"page-{next(_numbers)}"
        notebook = v4.new_notebook(cells=[*map(v4.new_code_cell, (f"folder = {folder!r}", IMPORTS, *cells))])
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        nbformat.write(notebook, self.folder / "notebooks" / f"{name}.ipynb")
        return name

    def ask(self, method: str, path: str) -> Any:
        """Ask the server itself (https://jupyter-server.readthedocs.io/en/latest/developers/rest-api.html)."""
        return json.loads(self.read(path, method) or "null")

    def read(self, path: str, method: str = "GET") -> str:
        """What the server answers, without a browser."""
        request = urllib.request.Request(self.address + path, method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            text: str = answer.read().decode()
            return text

    def stop_kernels(self) -> None:
        """End every kernel, so that the next test has the computer to itself."""
        for kernel in self.ask("GET", "api/kernels"):
            self.ask("DELETE", f"api/kernels/{kernel['id']}")


@dataclass
class Visit:
    """One person with a browser of their own, in "lab", "notebook" or "voila"."""

    app: str
    house: House
    context: BrowserContext
    page: Page
    number: int = field(default_factory=lambda: next(_numbers))
    name: str = ""
    wrong: list[str] = field(default_factory=list)

    def open(self, name: str) -> Page:
        """Open notebooks/<name>.ipynb and wait until it stands there; Voila runs it, too."""
        self.name = name
        view = VIEWS[self.app].format(visit=f"visit-{self.number}", name=name)
        self.page.goto(f"{self.house.address}{view}?token={self.house.token}")
        self._ready()
        return self.page

    def design_page(self, *cells: str, folder: str = "") -> Page:
        """Open a new notebook with `design = open_design(folder)` and these cells, and run it."""
        self.open(self.house.write(*cells, folder=folder or self.house.design()))
        self.run_all()
        return self.page

    def run_all(self) -> None:
        """Run all cells and wait for the last; Voila has done so. A cell that fails, fails the test."""
        if self.app != "voila":
            self.page.evaluate(
                f"async () => {{ await {KERNEL}.ready; await window.jupyterapp.commands.execute('notebook:run-all-cells'); }}"
            )
        failed = self.page.locator(".jp-OutputArea-output[data-mime-type*=stderr], .jp-RenderedError")
        assert failed.count() == 0, failed.first.inner_text()

    def reload(self) -> None:
        """Reload the page, as people do when they are in doubt. Voila runs the notebook again."""
        self.page.reload()
        self._ready()

    def restart(self) -> None:
        """Restart the kernel; what stands on the page stays there. Not in Voila: a page is a run."""
        self.page.evaluate(f"async () => {{ await {KERNEL}.restartKernel(); }}")

    def save(self) -> None:
        """Save the notebook file, as Ctrl+S does."""
        self.page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")

    def offline(self, cut: bool = True) -> None:
        """Cut the network of this browser, or mend it: requests fail and the line to the kernel is broken."""
        self.context.set_offline(cut)
        if cut and self.app != "voila":
            self.page.evaluate(f"() => {{ {KERNEL}.session?.kernel?._ws?.close?.(); }}")

    def dark(self) -> None:
        """Make the page dark."""
        if self.app == "voila":
            self.page.goto(self.page.url.partition("?")[0] + "?theme=dark")
            return self._ready()
        themes = "window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
        self.page.evaluate(themes)
        self.page.locator("[data-jp-theme-light=false]").first.wait_for(state="attached")
        return None

    def _ready(self) -> None:
        self.page.wait_for_function(MADE if self.app == "voila" else OPENED)


@dataclass
class Desk:
    """A person in JupyterLab whose notebook is written anew for each test: to open another page takes seconds."""

    person: Visit
    kernel: str = ""

    def page(self, folder: str, *shown: str) -> Page:
        """A notebook that shows all this of the design in a folder."""
        person, cell = self.person, "\n".join(f"display({one})" for one in shown)
        if self.kernel in [one["id"] for one in person.house.ask("GET", "api/kernels")]:
            person.page.evaluate(REWRITE, [f"folder = {folder!r}", cell])
            person.run_all()
        else:
            person.design_page(cell, folder=folder)
            self.kernel = person.page.evaluate(f"{KERNEL}.session.kernel.id")
        return person.page


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A copy of the repository with a server that has a home of its own."""
    folder = tmp_path_factory.mktemp("house")
    for name in PARTS:
        copytree(
            ROOT / name, folder / name, ignore=ignore_patterns("__pycache__", "out", ".ipynb_checkpoints")
        )
    homes = {"HOME": "home", "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "spaces"}
    homes |= {"JUPYTER_RUNTIME_DIR": "run", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "share"}
    homes |= {"PYTHONPATH": ".", "IPYTHONDIR": "ipython"}  # the package comes from the copy, too
    own = os.environ | {name: str(folder / place) for name, place in homes.items()}
    lab = [option.replace(str(ROOT), str(folder)) for option in runpy.run_path(str(ROOT / "run.py"))["LAB"]]
    command = (sys.executable, *lab, *OPTIONS)
    with (folder / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=own, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        yield _served(folder, server)
    finally:
        server.terminate()
        server.wait(20)


def _served(folder: Path, server: subprocess.Popen[bytes]) -> House:
    until = time.monotonic() + 90
    while server.poll() is None and time.monotonic() < until:
        for file in (folder / "run").glob("jpserver-*.json"):
            if text := file.read_text(encoding="utf-8"):
                about = json.loads(text)
                return House(folder, about["url"].replace("localhost", "127.0.0.1"), about["token"])
        time.sleep(0.1)
    raise AssertionError((folder / "log").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One chromium for all tests of this process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture
def visit(house: House, browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Call it with "lab", "notebook" or "voila" for a person with a browser of their own; call it again for a second."""
    visits: list[Visit] = []

    def come(app: str = "lab", **options: Any) -> Visit:
        visits.append(_come(app, house, browser, **options))
        return visits[-1]

    yield come
    for person in visits:
        person.context.close()
    house.stop_kernels()
    rmtree(house.folder / "settings", ignore_errors=True)  # a page that was made dark stays so
    wrong = [f"{person.app} {person.name}: {one}" for person in visits for one in person.wrong]
    assert not wrong, wrong


def _come(app: str, house: House, browser: Browser, **options: Any) -> Visit:
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 1400}} | options)
    person = Visit(app, house, context, context.new_page())
    person.page.set_default_timeout(60_000)
    person.page.on(
        "pageerror", lambda error: _is_ours(app, error) and person.wrong.append(f"script: {error}")
    )
    context.on("request", lambda request: _stays_here(request.url) or person.wrong.append(request.url))
    return person


def _is_ours(app: str, error: Error) -> bool:
    return error.message not in NOT_OURS.get(app, ())


def _stays_here(address: str) -> bool:
    return address.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:"))


@pytest.fixture(scope="session")
def only_desk(house: House, browser: Browser) -> Iterator[Desk]:
    """The desk that the tests of one process share."""
    person = _come("lab", house, browser, permissions=["clipboard-read", "clipboard-write"])
    yield Desk(person)
    person.context.close()


@pytest.fixture
def desk(only_desk: Desk) -> Iterator[Desk]:
    """A person in JupyterLab with a notebook that is theirs for this test: quicker than `lab`, where that will do."""
    only_desk.person.wrong.clear()
    yield only_desk
    assert not only_desk.person.wrong, only_desk.person.wrong


@pytest.fixture
def lab(visit: Callable[..., Visit]) -> Visit:
    """A person in JupyterLab."""
    return visit("lab")


@pytest.fixture
def notebook7(visit: Callable[..., Visit]) -> Visit:
    """A person in Notebook 7."""
    return visit("notebook")


@pytest.fixture
def voila(visit: Callable[..., Visit]) -> Visit:
    """A person in the app."""
    return visit("voila")


@pytest.fixture(params=sorted(VIEWS))
def anywhere(request: pytest.FixtureRequest, visit: Callable[..., Visit]) -> Visit:
    """A person in each of the three in turn."""
    return visit(request.param)
