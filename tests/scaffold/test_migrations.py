"""The migrations of the scaffold, run by Alembic on SQLite and on PostgreSQL: they make what the models say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from backendkit.model import Design
from backendkit.scaffold import write_scaffold
from backendkit.store import open_design
from tests.scaffold.test_source import LIBRARY

FAILING = '''"""One that fails half way."""

from alembic import op

revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None


def upgrade() -> None:
    op.execute("CREATE TABLE half (a INTEGER)")
    op.execute('DROP TABLE "Book Loans"')
    op.execute("SELECT nonsense FROM nowhere")
'''
SERVES = """
from fastapi.testclient import TestClient
from service.app import create_app
with TestClient(create_app(), base_url="http://127.0.0.1") as client:
    answer = client.get("{}")
print(answer.status_code)
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, one after the other."""
    found: str = (
        request.getfixturevalue("postgres_url")
        if request.param == "postgresql"
        else f"sqlite:///{tmp_path / 'made.db'}"
    )
    return found


def taken_home(design: Design, folder: Path, url: str) -> Run:
    """Write the scaffold, and give what runs Python there, as somebody who took it home would."""
    write_scaffold(design, folder)
    given = {"DATABASE_URL": url, "CREATE_TABLES": "false", "JWT_KEYS": "k" * 43, "PYTHONPATH": str(folder)}
    given["ENCRYPTION_KEYS"] = "a2V5LWtleS1rZXkta2V5LWtleS1rZXkta2V5LWtleSE="

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            cwd=folder,
            env=os.environ | given,
            text=True,
            capture_output=True,
            check=False,
        )

    return run


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return {*inspect(engine).get_table_names()} - {"alembic_version"}
    finally:
        engine.dispose()


def migrated(design: Design, path: str, folder: Path, url: str) -> None:
    run = taken_home(design, folder, url)
    up = run("-m", "alembic", "upgrade", "head")
    assert up.returncode == 0, up.stderr
    same = run("-m", "alembic", "check")
    assert same.returncode == 0, same.stdout + same.stderr
    served = run("-c", SERVES.format(path))
    assert served.stdout.strip().endswith("200"), served.stdout + served.stderr
    down = run("-m", "alembic", "downgrade", "base")
    assert down.returncode == 0, down.stderr
    assert tables(url) == set()


def test_the_librarys_migration_makes_what_the_models_say_serves_and_goes_back(
    tmp_path: Path, url: str
) -> None:
    migrated(Design.load(LIBRARY), "/books", tmp_path / "home", url)


@pytest.mark.long
def test_the_bookshops_migration_makes_what_the_models_say_serves_and_goes_back(
    repository: Path, tmp_path: Path, url: str
) -> None:
    migrated(open_design(repository / "data" / "bookshop").design, "/v1/books", tmp_path / "home", url)


@pytest.mark.long
def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path, url: str) -> None:
    run = taken_home(Design.load(LIBRARY), tmp_path / "home", url)
    assert run("-m", "alembic", "upgrade", "head").returncode == 0
    before = tables(url)
    file = tmp_path / "home" / "migrations" / "versions" / "0002_fails.py"
    file.write_text(FAILING, encoding="utf-8")
    failed = run("-m", "alembic", "upgrade", "head")
    assert failed.returncode != 0
    assert "nowhere" in failed.stderr
    assert tables(url) == before
    assert run("-m", "alembic", "current").stdout.startswith("0001")
