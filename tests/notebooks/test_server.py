"""What the server of the notebooks adds to Jupyter's: files without live parts, and settings that Jupyter knows."""

from __future__ import annotations

import copy
import json
import runpy
import warnings
from pathlib import Path
from typing import Any

import pytest

SETTINGS = Path(__file__).parents[2] / "notebooks" / ".lab"
VIEW = "application/vnd.jupyter.widget-view+json"
PLACE = "notebooks/page.ipynb"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The keeper of notebook files, with a kernel that a test can exchange."""
    monkeypatch.setenv("JUPYTER_PATH", "")
    with warnings.catch_warnings():
        keeper = runpy.run_path(str(SETTINGS / "jupyter_server_config.py"))["StillOnDisk"](
            root_dir=str(tmp_path)
        )
    (tmp_path / "notebooks").mkdir()
    keeper.kernel = lambda path: keeper.runs
    keeper.runs = "first"
    return keeper


def page(**data: str) -> dict[str, Any]:
    """A notebook with one result that is live, too."""
    output = {"output_type": "display_data", "metadata": {}, "data": {VIEW: {"model_id": "one"}, **data}}
    cell = {
        "id": "a",
        "cell_type": "code",
        "source": "",
        "metadata": {},
        "execution_count": 1,
        "outputs": [output],
    }
    notebook = {"cells": [cell], "metadata": {"widgets": {}}, "nbformat": 4, "nbformat_minor": 5}
    return copy.deepcopy({"type": "notebook", "format": "json", "content": notebook})


def shown(model: dict[str, Any]) -> set[str]:
    return set(model["content"]["cells"][0]["outputs"][0]["data"])


def test_a_live_part_with_a_still_one_beside_it_is_not_on_disk_but_comes_back_to_its_kernel(
    files: Any,
) -> None:
    files.save(page(**{"text/html": "<b>"}), PLACE)
    saved = (Path(files.root_dir) / PLACE).read_text(encoding="utf-8")
    assert VIEW not in saved
    assert "widgets" not in json.loads(saved)["metadata"]
    assert shown(files.get(PLACE)) == {VIEW, "text/html"}
    files.runs = "second"
    assert shown(files.get(PLACE)) == {"text/html"}
    files.runs = None
    assert shown(files.get(PLACE)) == {"text/html"}


def test_saving_after_a_restart_does_not_give_the_part_of_the_old_kernel_to_the_new_one(files: Any) -> None:
    files.save(page(**{"text/html": "<b>"}), PLACE)
    files.runs = "second"
    files.save(page(**{"text/html": "<b>"}), PLACE)
    assert shown(files.get(PLACE)) == {"text/html"}


def test_a_part_that_can_only_be_live_stays_in_the_file(files: Any) -> None:
    files.save(page(**{"text/plain": "Slider"}), PLACE)
    files.runs = None
    assert shown(files.get(PLACE)) == {VIEW, "text/plain"}


def test_the_settings_of_the_lab_are_ones_that_it_knows() -> None:
    import jupyterlab

    schemas = Path(jupyterlab.__file__).parent / "schemas"
    for plugin, settings in json.loads((SETTINGS / "overrides.json").read_text(encoding="utf-8")).items():
        package, _, name = plugin.partition(":")
        schema = json.loads((schemas / package / f"{name}.json").read_text(encoding="utf-8"))
        for setting, value in settings.items():
            allowed = [one["const"] for one in schema["properties"][setting].get("oneOf", [])]
            assert not allowed or value in allowed, setting
