"""The prototype against the least that could answer: Starlette and sqlite3 by hand, one worker each, same machine."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backendkit.model import Design
from backendkit.prototype import start

CALLS = 1500
BOOK = {
    "id": "book",
    "attributes": [
        {"id": "number", "type": "integer", "key": True, "generated": True},
        {"id": "title", "type": "string(80)"},
        {"id": "pages", "type": "integer"},
    ],
}
DESIGN = Design.load(
    {
        "database": {"entities": [BOOK]},
        "api": {"resources": [{"id": "books", "entity": "book", "operations": ["list", "get", "create"]}]},
    }
)


@contextmanager
def by_hand(folder: Path) -> Iterator[str]:
    """The same three calls without a framework's help."""
    database = sqlite3.connect(folder / "hand.db", check_same_thread=False, isolation_level=None)
    database.execute("PRAGMA journal_mode=wal")
    database.execute("PRAGMA synchronous=normal")
    database.execute("CREATE TABLE book (number INTEGER PRIMARY KEY, title TEXT, pages INTEGER)")
    database.executemany(
        "INSERT INTO book (title, pages) VALUES (?, ?)", [(f"Book {n}", n) for n in range(60)]
    )
    names = ("number", "title", "pages")

    def answer(data: object) -> Response:
        return Response(json.dumps(data), media_type="application/json")

    async def one(request: Request) -> Response:
        key = request.path_params["number"]
        return answer(
            dict(
                zip(
                    names,
                    database.execute("SELECT * FROM book WHERE number=?", (key,)).fetchone(),
                    strict=True,
                )
            )
        )

    async def many(request: Request) -> Response:
        if request.method == "POST":
            data = await request.json()
            database.execute("INSERT INTO book (title, pages) VALUES (?, ?)", (data["title"], data["pages"]))
            return answer(data)
        rows = database.execute("SELECT * FROM book LIMIT 50").fetchall()
        return answer({"items": [dict(zip(names, row, strict=True)) for row in rows]})

    routes = [Route("/books/{number:int}", one), Route("/books", many, methods=["GET", "POST"])]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
    database.close()


def microseconds(call: Callable[[], httpx.Response]) -> float:
    """What a call takes with one caller, the caller's own time included."""
    begin = time.perf_counter()
    for _ in range(CALLS):
        call().raise_for_status()
    return (time.perf_counter() - begin) / CALLS * 1e6


def measured(url: str) -> dict[str, float]:
    """Get one, list fifty, create."""
    book = {"title": "Momo", "pages": 300}
    with closing(httpx.Client(base_url=url, trust_env=False)) as client:
        client.get("/books/1")
        return {
            "GET one": microseconds(lambda: client.get("/books/1")),
            "list 50": microseconds(lambda: client.get("/books?limit=50")),
            "POST": microseconds(lambda: client.post("/books", json=book)),
        }


def main() -> None:
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        by_hand(Path(folder)) as url,
        start(DESIGN, rows=60) as api,
    ):
        least, ours = measured(url), measured(api.url)
    print(f"Time of a call over loopback, {CALLS} of each; Starlette and sqlite3 by hand is 1.")
    for name, spent in ours.items():
        print(f"{name:10} {spent / least[name]:5.2f}  {spent:7.0f} us  (by hand {least[name]:.0f} us)")


if __name__ == "__main__":
    main()
