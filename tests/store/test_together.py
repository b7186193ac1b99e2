"""Many writers at once lose nothing: on disk, in SQLite and in PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backendkit.store import new_design, open_design

WRITER = """
import sys
from backendkit.model import Evidence, Insert, Set
from backendkit.store import open_design
where, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
opened = open_design(where, author=name)
for number in range(count):
    opened.update(Insert("", "database.entities", {"id": f"{name}-{number}"}))
opened.append_evidence(Evidence(requirement=name, value=1, at="", by="", depends=""))
"""


@pytest.fixture(params=["disk", "sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return f"{request.getfixturevalue('postgres_url')}#shop"
    return str(tmp_path / "shop") if request.param == "disk" else f"sqlite:///{tmp_path / 'team.db'}#shop"


@pytest.mark.parametrize(
    ("writers", "count"),
    [pytest.param(6, 20, id="few"), pytest.param(20, 50, id="many", marks=pytest.mark.long)],
)
def test_no_edit_is_lost(where: str, writers: int, count: int) -> None:
    new_design(where, text="# ours\ndatabase:\n  entities: []   # all of them\n")
    names = [f"w{number}" for number in range(writers)]
    command = [sys.executable, "-c", WRITER, where]
    with ThreadPoolExecutor(writers) as pool:
        arguments = ([*command, name, str(count)] for name in names)
        done = pool.map(lambda each: subprocess.run(each, capture_output=True, check=False), arguments)
    assert [writer.stderr.decode() for writer in done] == [""] * writers
    opened = open_design(where)
    found = [entity.id for entity in opened.design.database.entities]
    assert sorted(found) == sorted(f"{name}-{number}" for name in names for number in range(count))
    for name in names:
        mine = [int(id.partition("-")[2]) for id in found if id.startswith(f"{name}-")]
        assert mine == list(range(count)), "each writer's edits stand in their order"
    assert sorted(evidence.requirement for evidence in opened.evidence()) == sorted(names)
    assert opened.text().startswith("# ours\n")
    if not opened.folder:
        assert len(opened.history()) == writers * count + 1
