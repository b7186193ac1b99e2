"""A design in a folder: whatever happens, there is the old state or the new one, and one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from backendkit.model import Set, UserError
from backendkit.store import disk, new_design, open_design
from backendkit.store.text import read

WRITER = """
import itertools, sys
from backendkit.model import Set
from backendkit.store import open_design
opened = open_design(sys.argv[1])
for number in itertools.count():
    opened.update(Set("", "summary", f"{number} " + "x" * 200_000))
    print(number, flush=True)
"""


def test_a_process_killed_at_any_moment_leaves_the_old_state_or_the_new_one(tmp_path: Path) -> None:
    opened = new_design(tmp_path)
    for round_ in range(6):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout
        last = int(writer.stdout.readline())
        time.sleep(0.01 * round_)
        writer.kill()
        last = max([last, *map(int, writer.stdout.read().split())])
        writer.wait()
        writer.stdout.close()
        number, text = read(opened.text())["summary"].split()
        assert int(number) in (last, last + 1)
        assert len(text) == 200_000
    began = time.monotonic()
    opened.update(Set("", "summary", "still here"))
    assert time.monotonic() - began < 2, "a dead process must not hold the lock"


def test_a_file_held_by_another_program_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, until = new_design(tmp_path), time.monotonic() + 0.3
    replace = Path.replace

    def held(self: Path, target: Any) -> Any:
        if time.monotonic() < until:
            raise PermissionError(13, "The process cannot access the file", str(self), None, str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", held)
    opened.update(Set("", "name", "Shop"))
    assert open_design(tmp_path).design.name == "Shop"


def test_what_could_not_be_saved_is_said_kept_and_saved_with_the_next_update(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = new_design(tmp_path)

    def held(self: Path, target: Any) -> Any:
        raise PermissionError(13, "The process cannot access the file", str(self), None, str(target))

    with monkeypatch.context() as patched:
        patched.setattr(disk, "PATIENCE", 0.05)
        patched.setattr(Path, "replace", held)
        with pytest.raises(
            UserError, match=r"^Not saved yet: another program holds the file 'design\.yaml'\."
        ):
            opened.update(Set("", "name", "Shop"))
        assert opened.unsaved == (Set("", "name", "Shop"),)
        assert opened.design.name != "Shop"
    opened.update(Set("", "version", "1.10"))
    assert not opened.unsaved
    assert (opened.design.name, opened.design.version) == ("Shop", "1.10")


def test_places_that_cannot_hold_a_design_get_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    with pytest.raises(UserError, match=r"is a file, a design is a folder: name the folder\.$"):
        open_design(file)
    with pytest.raises(UserError, match=r"^Not saved: .* cannot be written to \(.*\)\.$"):
        new_design(file / "below")
    with pytest.raises(UserError, match=r"^There is no design in .*: make one with `run.py new`"):
        open_design(tmp_path)
    with pytest.raises(UserError, match=r"^There is no design in "):
        open_design(tmp_path / "nowhere")
    opened = new_design(tmp_path / "gone")
    (tmp_path / "gone" / "design.yaml").unlink()
    with pytest.raises(UserError, match=r"^There is no design in "):
        _ = opened.design
    (tmp_path / "gone" / "design.yaml").write_bytes(b"name: x\nsummary: \xff\n")
    with pytest.raises(UserError, match=r"line 2: this is no UTF-8 text\. Save the file as UTF-8\.$"):
        _ = opened.design


@pytest.mark.skipif(os.name != "posix", reason="changes its user")
def test_a_read_only_folder_is_said_at_once_and_can_be_read(tmp_path: Path) -> None:
    new_design(tmp_path / "shop")
    for path in (tmp_path / "shop", *(tmp_path / "shop").iterdir()):
        path.chmod(0o555)
    code = (
        "import os, sys, time\n"
        "import filelock, yaml12, yaml_edit\n"
        "from backendkit.model import Set, UserError\n"
        "from backendkit.store import open_design\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "opened, began = open_design(sys.argv[1]), time.monotonic()\n"
        "try: opened.update(Set('', 'name', 'x'))\n"
        "except UserError as error: print(error, time.monotonic() - began < 1)\n"
    )
    for folder in tmp_path.parents:
        if folder.is_relative_to("/tmp") and folder != Path("/tmp") and os.geteuid() == 0:
            folder.chmod(0o755)
    tmp_path.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "shop")], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert "cannot be written to (Permission denied). True" in done.stdout


def test_a_path_may_have_blanks_and_any_letters(tmp_path: Path) -> None:
    opened = new_design(tmp_path / "my ünit & 日本" / "shop 1")
    opened.update(Set("", "name", "Shop"))
    assert open_design(str(tmp_path / "my ünit & 日本" / "shop 1" / "design.yaml")).design.name == "Shop"
    assert opened.name == "shop 1"


@pytest.mark.skipif(os.name != "posix", reason="links and modes of POSIX")
def test_a_linked_design_stays_a_link_and_keeps_its_mode(tmp_path: Path) -> None:
    new_design(tmp_path / "shop")
    real = tmp_path / "elsewhere.yaml"
    (tmp_path / "shop" / "design.yaml").rename(real)
    (tmp_path / "shop" / "design.yaml").symlink_to(real)
    real.chmod(0o640)
    open_design(tmp_path / "shop").update(Set("", "name", "Shop"))
    assert (tmp_path / "shop" / "design.yaml").is_symlink()
    assert "Shop" in real.read_text(encoding="utf-8")
    assert real.stat().st_mode & 0o777 == 0o640


def test_nothing_but_the_design_lies_in_the_folder_after_saving(tmp_path: Path) -> None:
    opened = new_design(tmp_path)
    opened.update(Set("", "name", "Shop"))
    assert sorted(path.name for path in tmp_path.iterdir()) == [".gitignore", ".lock", "design.yaml"]
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8").split() == ["out/", ".lock"]
