"""A keystroke in JupyterLab until the page says that it is saved: ours against an ipywidgets.Text that writes a file.

Ours waits until one pauses, checks the design, saves it whole and keeps what others saved; the picture follows.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbformat import v4

from backendkit.model import Insert
from backendkit.store import new_design, open_design

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
TIMES = 15
TEXT = """
import os, ipywidgets
field, told = ipywidgets.Text(description="Text", continuous_update=True), ipywidgets.Label("nothing")
def write(change):
    with open("plain.txt", "w") as file:
        file.write(change["new"])
        file.flush()
        os.fsync(file.fileno())
    told.value = "saved: " + change["new"]
field.observe(write, "value")
ipywidgets.VBox([field, told])
"""
OURS = """
from backendkit.room import *
from backendkit.store import open_design
"""
TOLD = """([selector, text]) => {
    window.pressed = new Promise((done) => window.addEventListener("keydown", () => done(performance.now()), { capture: true, once: true }));
    window.told = window.pressed.then((begin) => new Promise((done) => {
        let busy = text.endsWith("*");
        const look = () => {
            const said = document.querySelector(selector)?.textContent ?? "";
            if (!busy && said !== text) busy = true;
            if (busy && (text.endsWith("*") ? said.includes(text.slice(0, -1)) : said === text)) done(performance.now() - begin);
            else requestAnimationFrame(look);
        };
        look();
    }));
}"""
"""From the next key until an element says a text (again), or holds it where it ends with a star; looked at each frame."""


def written(folder: Path) -> float:
    """Milliseconds to write a file of a design's size and to see it on disk: the least that saving can take."""
    data, spent = b"x" * 60_000, []
    for _ in range(50):
        begin = time.perf_counter()
        with (folder / "plain").open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        spent.append(time.perf_counter() - begin)
    return statistics.median(spent) * 1000


@contextmanager
def lab(folder: Path) -> Iterator[str]:
    """The address of a JupyterLab that serves a folder, with nothing of this computer's own settings."""
    places = {"HOME": "home", "JUPYTER_RUNTIME_DIR": "run", "JUPYTER_CONFIG_DIR": "config", "IPYTHONDIR": "i"}
    own = os.environ | {name: str(folder / place) for name, place in places.items()}
    options = ("--no-browser", "--allow-root", "--port=0", "--IdentityProvider.token=", "--log-level=ERROR")
    command = (sys.executable, "-m", "jupyterlab", *options, "--LabApp.expose_app_in_browser=True")
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=own, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        while not (
            found := [file for file in (folder / "run").glob("jpserver-*.json") if file.stat().st_size]
        ):
            assert server.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        yield json.loads(found[0].read_text())["url"]
    finally:
        server.terminate()
        server.wait(30)


def opened(page: Any, address: str, folder: Path, name: str, *cells: str) -> None:
    """Open a notebook with these cells and run it."""
    notebook = v4.new_notebook(cells=[*map(v4.new_code_cell, cells)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / f"{name}.ipynb")
    page.goto(f"{address}lab/workspaces/{name}/tree/{name}.ipynb")
    session = "window.jupyterapp?.shell?.currentWidget"
    page.wait_for_function(f"{session}?.context?.isReady")
    run = "window.jupyterapp.commands.execute('notebook:run-all-cells')"
    page.evaluate(f"async () => {{ await {session}.sessionContext.ready; await {run}; }}")


def measured(page: Any, selector: str, text: str) -> float:
    """The median of some keystrokes into the field that has the focus, in milliseconds."""
    spent = []
    for number in range(TIMES):
        page.wait_for_timeout(700)  # nothing of the keystroke before is under way any more
        key = "abcdefghijklmnopqrstuvwxyz"[number]
        page.evaluate(TOLD, [selector, text.format(typed="abcdefghijklmnopqrstuvwxyz"[: number + 1])])
        page.keyboard.press(key)
        spent.append(page.evaluate("window.told"))
    return statistics.median(spent)


def plain(page: Any, address: str, folder: Path) -> float:
    """An ipywidgets.Text whose every change is written to a file."""
    opened(page, address, folder, "plain", TEXT)
    page.get_by_role("textbox", name="Text").click()
    return measured(page, ".widget-label:last-child, .widget-html", "saved: {typed}")


def ours(page: Any, address: str, folder: Path, rows: int) -> float:
    """A requirement among so many."""
    design = new_design(folder / f"design-{rows}")
    made = ({"id": f"R{n}", "text": f"The shop shall do {n}."} for n in range(1, rows + 1))
    design.update(*(Insert("", "requirements.functional", record) for record in made))
    cell = f'edit(open_design("design-{rows}"), "requirements.functional")'
    opened(page, address, folder, f"ours-{rows}", OURS, cell)
    page.locator(f'[data-at="R{rows // 2}"] [data-field="text"]').click()
    return measured(page, ".bk-table [role=status]", "Saved")


def picture(page: Any, address: str, folder: Path) -> float:
    """The name of an entity until the picture beside the list shows it."""
    open_design(Path(__file__).parents[1] / "data" / "bookshop").copy_to(folder / "shop")
    opened(page, address, folder, "picture", OURS, 'sketch(open_design("shop"), "er")')
    page.locator('[data-at="book"] [data-field="name"]').first.click()
    page.keyboard.press("ControlOrMeta+a")
    page.locator(".bk-picture svg").first.wait_for()
    return measured(page, ".bk-picture", "{typed}*")


def main() -> None:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        print("Not measured: there is no browser. Install chromium.")
        return
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory(ignore_cleanup_errors=True) as place, lab(Path(place)) as address:
        folder = Path(place)
        base = written(folder)
        print(f"From a key to the word 'saved' in the page; 60 kB written and flushed is 1: {base:.1f} ms.")
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            for name, spent in (
                ("ipywidgets.Text, a file for each key", plain(page, address, folder)),
                ("ours, 36 rows, 400 ms of it a pause", ours(page, address, folder, 36)),
                ("ours, 1,000 rows", ours(page, address, folder, 1000)),
                ("ours, until the picture shows it", picture(page, address, folder)),
            ):
                print(f"{name:38} {spent / base:7.1f}  {spent:6.0f} ms")
            browser.close()


if __name__ == "__main__":
    main()
