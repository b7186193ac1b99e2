"""Three calls of the prototype, with a login: against the same written by hand, other programs, and bare ASGI."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil  # type: ignore[import-untyped]
from peers import tokens

CALLS, ROUNDS = 250, 6
HERE = Path(__file__).parent
PATHS = {"GET one": "/books/1", "list 50": "/books?limit=50", "POST": "/books"}
BOOK = {"title": "Momo", "pages": 300}


class Missing(Exception):
    """A peer that is not on this machine."""


@contextmanager
def process(command: list[str], folder: Path, **options: object) -> Iterator[subprocess.Popen[str]]:
    """A program that is ended afterwards."""
    made = subprocess.Popen(
        command, cwd=folder, text=True, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, **options
    )  # type: ignore[call-overload]
    try:
        yield made
    finally:
        for child in psutil.Process(made.pid).children(recursive=True):
            child.kill()
        made.kill()
        made.communicate()


def free_port() -> int:
    """A port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def ours(folder: Path) -> Iterator[tuple[int, str, str]]:
    """The prototype of a small design."""
    command = [sys.executable, "-m", "peers.ours"]
    with process(command, HERE, stdout=subprocess.PIPE) as made:
        assert made.stdout
        told = json.loads(made.stdout.readline())
        yield made.pid, told["url"], told["token"]


@contextmanager
def by_hand(name: str, folder: Path) -> Iterator[tuple[int, str, str]]:
    """A peer of ours, under uvicorn as the prototype is."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", f"peers.{name}:app", f"--port={port}"]
    command += ["--no-access-log", "--log-level=error"]
    given = os.environ | {"BOOKS": str(folder / f"{name}.db")}
    with process(command, HERE, stdout=subprocess.DEVNULL, env=given) as made:
        url = f"http://127.0.0.1:{port}"
        answering(made, url)
        yield made.pid, url, tokens.sign()


@contextmanager
def elsewhere(name: str, folder: Path) -> Iterator[tuple[int, str, str]]:
    """A program that gives an API to a database by itself, without a login; missing where it is not installed."""
    program, port, file = shutil.which(name), free_port(), folder / f"{name}.db"
    if not program:
        raise Missing(name)
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE book (number INTEGER PRIMARY KEY, title TEXT, pages INTEGER)")
        database.executemany(
            "INSERT INTO book (title, pages) VALUES (?, ?)", [(f"Book {n}", n) for n in range(60)]
        )
        database.commit()
    words = {
        "datasette": ["serve", str(file), f"--port={port}", "--setting", "max_returned_rows", "100"],
        "soul": [f"--database={file}", f"--port={port}"],
    }
    with process([program, *words[name]], folder, stdout=subprocess.DEVNULL) as made:
        url = f"http://127.0.0.1:{port}"
        answering(made, url)
        yield made.pid, url, ""


def answering(made: subprocess.Popen[str], url: str) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + 30
    while made.poll() is None and time.monotonic() < until:
        with suppress(httpx.HTTPError):
            httpx.get(url, trust_env=False)
            return
        time.sleep(0.1)
    raise Missing("it does not start")


def spent(pid: int) -> float:
    """Seconds of processor time of a server and its children so far."""
    root = psutil.Process(pid)
    times = [each.cpu_times() for each in (root, *root.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


def microseconds(pid: int, call: Callable[[], httpx.Response]) -> float:
    """What one call costs the server: its processor time, so that the caller's own does not count."""
    begin = spent(pid)
    for _ in range(CALLS):
        call().raise_for_status()
    return (spent(pid) - begin) / CALLS * 1e6


def caller(server: tuple[int, str, str], path: str, *, post: bool) -> Callable[[], httpx.Response]:
    """One call of one server."""
    _, url, token = server
    head = {"Authorization": f"Bearer {token}"} if token else {}
    client = httpx.Client(base_url=url, headers=head, trust_env=False)
    return lambda: client.post(path, json=BOOK) if post else client.get(path)


SERVERS: dict[str, tuple[Callable[[Path], AbstractContextManager[tuple[int, str, str]]], dict[str, str]]] = {
    "ours": (ours, PATHS),
    "FastAPI + Core": (lambda folder: by_hand("core", folder), PATHS),
    "FastAPI + ORM": (lambda folder: by_hand("orm", folder), PATHS),
    "datasette": (
        lambda folder: elsewhere("datasette", folder),
        {"GET one": "/datasette/book/1.json", "list 50": "/datasette/book.json?_size=50"},
    ),
    "soul": (
        lambda folder: elsewhere("soul", folder),
        {"GET one": "/api/tables/book/rows/1", "list 50": "/api/tables/book/rows?_limit=50"},
    ),
    "bare ASGI": (lambda folder: by_hand("bare", folder), PATHS),
}


def main() -> None:
    """Measure all servers in turn, several times: the least of each is what it costs."""
    found: dict[tuple[str, str], list[float]] = {}
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, ExitStack() as running:
        servers: dict[str, tuple[int, str, str]] = {}
        for name, (server, _) in SERVERS.items():
            with suppress(Missing):
                servers[name] = running.enter_context(server(Path(folder)))
        calls = [
            (name, path, caller(servers[name], address, post=path == "POST"))
            for name in servers
            for path, address in SERVERS[name][1].items()
        ]
        for _ in range(ROUNDS):
            for name, path, call in calls:
                found.setdefault((name, path), []).append(microseconds(servers[name][0], call))
    least = {what: min(times) for what, times in found.items()}
    print(f"Processor time of the server for a call, the least of {ROUNDS} rounds of {CALLS}; ours is 1.")
    print(f"{'':16}" + "".join(f"{name:>20}" for name in PATHS))
    for name in SERVERS:
        cells = [
            f"{least[name, path] / least['ours', path]:5.2f} {least[name, path]:6.0f} us"
            if (name, path) in least
            else "not measured"
            for path in PATHS
        ]
        print(f"{name:16}" + "".join(f"{cell:>20}" for cell in cells))


if __name__ == "__main__":
    main()
