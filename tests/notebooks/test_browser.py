"""The notebooks as people see them: JupyterLab in a browser, light and dark."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import nbformat
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
READY = "window.jupyterapp?.shell.currentWidget?.context?.isReady"
RUN = """async () => {
  await window.jupyterapp.shell.currentWidget.sessionContext.ready;
  await window.jupyterapp.commands.execute('notebook:run-all-cells');
}"""


LINKED = """
from backendkit import Set, open_design
from backendkit.room import show_document

shop = open_design("../data/bookshop").copy_to("../work/shop")
shop.update(Set("", "scope", ["development"]))
show_document(shop, to="pdf")
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab with a home of its own, on a copy of the notebooks and the worked designs."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("notebooks", "data"):
        copytree(ROOT / name, folder / name)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(LINKED)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / "notebooks" / "linked.ipynb")
    settings = folder / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}', encoding="utf-8")
    homes = {"HOME": "home", "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "spaces"}
    homes |= {"JUPYTER_RUNTIME_DIR": "run", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "share"}
    own = os.environ | {name: str(folder / place) for name, place in homes.items()}
    lab = [option.replace(str(ROOT), str(folder)) for option in runpy.run_path(str(ROOT / "run.py"))["LAB"]]
    options = ("--no-browser", "--allow-root", "--port=0", "--LabApp.expose_app_in_browser=True")
    command = (sys.executable, "-m", "jupyterlab", *lab, *options)
    with (folder / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(command, env=own, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield _address(folder, server)
    finally:
        server.terminate()
        server.wait(30)


def _address(folder: Path, server: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + 90
    while server.poll() is None and time.monotonic() < until:
        for file in (folder / "run").glob("jpserver-*.json"):
            if text := file.read_text(encoding="utf-8"):
                about = json.loads(text)
                return f"{about['url']}{{view}}/tree/notebooks/{{name}}?token={about['token']}&reset"
        time.sleep(0.2)
    raise AssertionError((folder / "log").read_text(encoding="utf-8"))


@pytest.fixture
def page(chromium: str) -> Iterator[Page]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS.split())
        page = browser.new_page(viewport={"width": 1280, "height": 1400})
        page.set_default_timeout(120_000)
        yield page
        browser.close()


def test_tables_and_pictures_stand_in_the_notebook_in_the_colours_of_the_page(lab: str, page: Page) -> None:
    page.goto(lab.format(view="doc", name="02a_architecture.ipynb"))
    page.wait_for_function(READY)
    page.evaluate(RUN)
    page.locator("table.bk").first.wait_for()
    assert page.locator(".jp-OutputArea-output[data-mime-type*=stderr]").count() == 0
    assert page.get_by_role("columnheader", name="modular monolith").is_visible()
    assert [page.locator(f"img.bk-{theme}").first.is_visible() for theme in ("light", "dark")] == [
        True,
        False,
    ]
    page.evaluate("window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    page.locator("img.bk-dark").first.wait_for(state="visible")
    assert not page.locator("img.bk-light").first.is_visible()
    assert page.locator("img.bk-dark").first.get_attribute("alt")


def test_the_document_opens_where_its_link_leads(lab: str, page: Page) -> None:
    page.goto(lab.format(view="doc", name="linked.ipynb"))
    page.wait_for_function(READY)
    page.evaluate(RUN)
    link = page.locator(".jp-OutputArea-output td a").first
    link.wait_for()
    answer = page.request.get(link.evaluate("a => a.href"))
    assert answer.status == 200
    assert answer.body().startswith(b"%PDF")


def test_the_lab_begins_with_the_first_notebook_and_asks_nothing(lab: str, page: Page) -> None:
    page.goto(lab.format(view="lab", name="00_start.ipynb"))
    page.wait_for_function(READY)
    page.locator(".jp-RenderedMarkdown", has_text="You will design a backend").first.wait_for()
    assert page.locator(".Toastify__toast").count() == 0
