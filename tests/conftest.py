"""What all tests share: the places, a throw-away PostgreSQL, a browser, golden files.

https://docs.pytest.org/en/stable/how-to/fixtures.html
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
_numbers = count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds run.py."""
    return ROOT


@pytest.fixture(scope="session")
def real() -> Path:
    """Real inputs that stand beside the repository, where there are any: look before you open one."""
    return ROOT.parent / "shared" / "real"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with the file that holds what is right; `--update-golden` writes the file."""

    def compare(file: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        assert text == file.read_text(encoding="utf-8"), f"{file.name} differs: look, then --update-golden"

    return compare


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a browser of the Chromium family."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
    found = next(filter(None, map(shutil.which, names)), None)
    return found or _missing("a browser: install chromium")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL, without a database, of a PostgreSQL that lives as long as this test process."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    run = _as_ordinary_user(folder)
    data, port = str(folder / "data"), _free_port()
    options = f"-p {port} -h 127.0.0.1 -F -c synchronous_commit=off -c full_page_writes=off"
    if os.name == "posix":
        options += " -c unix_socket_directories=''"
    try:
        run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        run("pg_ctl", "-D", data, "-l", str(folder / "log"), "-w", "-o", options, "start")
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """The URL of an empty PostgreSQL database of this test's own."""
    import psycopg

    name = f"test_{next(_numbers)}"
    address = postgres_server.replace("+psycopg", "")
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{postgres_server}/{name}"


def _as_ordinary_user(folder: Path) -> Callable[..., None]:
    """Give a function that runs a PostgreSQL program in the folder; initdb refuses root."""
    user: dict[str, Any] = {}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        import pwd

        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        entry = names.get("postgres") or names["nobody"]
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        command = [_postgres_program(program), *arguments]
        with (folder / f"{program}.out").open("w+", encoding="utf-8") as out:
            done = subprocess.run(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False, **user
            )
            out.seek(0)
            assert done.returncode == 0, out.read()

    return run


def _postgres_program(name: str) -> str:
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda home: float(home.parent.name))
    path = os.pathsep.join([*map(str, reversed(homes)), os.environ.get("PATH", "")])
    return shutil.which(name, path=path) or _missing(f"PostgreSQL ({name}): install postgresql")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _missing(what: str) -> str:
    """Fail on a machine that must have it, skip on one that may not."""
    sentence = f"This test needs {what}."
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
