"""Start and stop a prototype: a temporary folder, a module of its own name, one thread, one socket."""

from __future__ import annotations

import atexit
import base64
import hashlib
import importlib.util
import os
import secrets
import shutil
import socket
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import cached_property, partialmethod
from itertools import count
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from backendkit import rest
from backendkit.model import Design, HoldsDesign, UserError, as_design
from backendkit.prototype.guard import Guard
from backendkit.prototype.lasting import Lasting, go_on_counting
from backendkit.prototype.logic import own_files, own_text
from backendkit.prototype.users import User, known_keys, people, pick, services
from backendkit.scaffold import Written, write_scaffold
from backendkit.scaffold.source import render, tidied

if TYPE_CHECKING:
    import httpx

CERTIFICATE, KEY = "certificate.pem", "certificate.key"
_numbers = count(1)
Made = TypeVar("Made", bound=Callable[..., Any])
PATIENCE, SILENCE = 30.0, 3.0
Rows = int | Literal["stated"]


class Running:
    """A prototype that answers. Stop it with `stop()`, or use it in a `with` block."""

    def __init__(
        self, design: Design, surface: rest.Surface, port: int, token: str, *, https: bool = False
    ) -> None:
        self.design, self.surface, self.token = design, surface, token
        self.gaps: tuple[str, ...] = surface.gaps
        """What the design leaves open, so that it is not served."""
        self.unread: tuple[str, ...] = ()
        """What of the data was not understood, or could not be made up."""
        self.app: Any = None
        """The ASGI application itself, for tests without a network."""
        self.tables: dict[str, Any] = {}
        """The tables it runs on, named as in its surface."""
        self.users: tuple[User, ...] = ()
        """Users that calls can be sent for: two of each role, as far as there are rows for them."""
        self.own: dict[str, str] = {}
        """The team's own files that were written here: see `logic`."""
        self._files: dict[str, str] = {}
        self._given: dict[str, Any] = {}
        self._undo, self._stopped = ExitStack(), False
        self._socket = self._undo.enter_context(_bound(port))
        self.url = f"http{'s' if https else ''}://127.0.0.1:{self._socket.getsockname()[1]}"
        self.folder = Path(tempfile.mkdtemp(prefix="backendkit-"))
        self._undo.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self._guard = Guard(None, token)
        self._trust: ssl.SSLContext | bool = certify(self.folder) if https else True
        atexit.register(self.stop)

    unsafe = False
    """Whether it is made to be broken: see backendkit.verify."""

    @property
    def safe(self) -> Running:
        """This prototype: what its unsafe variant was made of."""
        return self

    def stored(self) -> bytes:
        """The bytes of its SQLite file, or the values of its tables as another database gives them."""
        if self._given["database_url"].startswith("sqlite"):
            place = Path(self._given["database_url"].removeprefix("sqlite:///"))
            return b"".join(file.read_bytes() for file in place.parent.glob(f"{place.name}*"))
        with self.app.state.database.engine.connect() as connection:
            quoted = connection.dialect.identifier_preparer.format_table
            rows = (connection.exec_driver_sql(f"SELECT * FROM {quoted(it)}") for it in self.tables.values())
            return b"\n".join(
                value if isinstance(value, bytes) else str(value).encode()
                for table in rows for row in table for value in row
            )  # fmt: skip

    @property
    def docs(self) -> str:
        """The page that describes every call and lets one try it."""
        return f"{self.url}/docs" + (f"?token={self.token}" if self.token else "")

    @cached_property
    def client(self) -> httpx.Client:
        """The HTTP client behind `get`, `post` and the others; it knows the token."""
        import httpx

        cookies = {"backendkit": self.token} if self.token else {}
        made = httpx.Client(
            base_url=self.url, cookies=cookies, verify=self._trust, timeout=30, trust_env=False
        )
        return self._undo.enter_context(made)

    def request(
        self, method: str, path: str, *, user: User | str | None = None, **options: Any
    ) -> httpx.Response:
        """Call it; a path may leave out what every path begins with (`/books` for `/v1/books`).

        `user` is one of `users`, or the name of one: the call brings their token. Without it, nobody calls.
        """
        address, options = self._addressed(path, user, options)
        return self.client.request(method, address, **options)

    def stream(
        self, method: str, path: str, *, user: User | str | None = None, **options: Any
    ) -> AbstractContextManager[httpx.Response]:
        """The same for an answer that comes piece by piece; a silence of some seconds ends it (httpx.ReadTimeout)."""
        address, options = self._addressed(path, user, options)
        return self.client.stream(method, address, **{"timeout": SILENCE} | options)

    def _addressed(
        self, path: str, user: User | str | None, options: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        if self._stopped:
            raise UserError("The prototype is stopped: start it again.")
        if user is not None:
            options = options | {"headers": self.headers_of(user) | (options.get("headers") or {})}
        base = self.surface.base
        whole = path == "/" or path.startswith(
            ("http:", "https:", f"{base}/", "/docs", "/redoc", "/openapi.json")
        )
        return path if whole else f"{base}/{path.lstrip('/')}", options

    def headers_of(self, user: User | str) -> dict[str, str]:
        """What a call of a user brings: a token, or an API key."""
        found = pick(self.users, user)
        return (
            {"X-API-Key": found.api_key}
            if found.api_key
            else {"Authorization": f"Bearer {self.token_of(user)}"}
        )

    def token_of(self, user: User | str, *, seconds: float = 900) -> str:
        """A token of a user, as a login would give it."""
        found = pick(self.users, user)
        token: str = self.app.state.security.tokens.sign(found.key, found.role, seconds=seconds)
        return token

    get = partialmethod(request, "GET")
    post = partialmethod(request, "POST")
    put = partialmethod(request, "PUT")
    patch = partialmethod(request, "PATCH")
    delete = partialmethod(request, "DELETE")

    def stop(self) -> None:
        """End it and leave nothing behind. A second time does nothing."""
        self._stopped = True
        atexit.unregister(self.stop)
        self._undo.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<{self.design.name or 'Prototype'} at {self.url}, described at {self.docs}>"

    @property
    def own_files(self) -> dict[str, str]:
        """The files that are yours to write, as they are now: path and text."""
        return {path: self._files[path] for path in own_files(self._files)}

    def logic(self, function: Made) -> Made:
        """Let a function of yours be a call, a guard, a rule or a derived value from now on (`@api.logic` above it).

        It has the name of the file that is yours to write, and takes what stands there. Its text becomes that of the
        file, which `take_home` keeps. Raises UserError when there is no such file, or it would not run there.
        """
        if self._stopped:
            raise UserError("The prototype is stopped: start it again.")
        path, text = own_text(self._files, function)
        before = self._files
        self._files = before | tidied({path: text})
        try:
            self._run(self._load())
        except Exception:
            self._files = before
            raise
        self.own[path] = self._files[path]
        return function

    def take_home(self, folder: str | Path) -> Written:
        """Write the scaffold, with the logic that was written here; see `write_scaffold`."""
        return write_scaffold(self.design, folder, own=self.own)

    def _run(self, module: ModuleType) -> None:
        """Answer with this source from now on, on the same rows."""
        ran, self.app = self.app, module.create_app(_settings(module, self._given))
        self._undo.callback(self.app.state.database.engine.dispose)
        self._guard.app = self.app
        if ran:
            ran.state.database.engine.dispose()

    def _load(self) -> ModuleType:
        """Import the source under a name of its own, so that two versions of a design stand side by side."""
        files = self._files = self._files or render(self.surface)
        name = f"prototype_{hashlib.sha256(repr(files).encode()).hexdigest()[:12]}_{next(_numbers)}"
        for path, text in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="\n")
        home = self.folder / "service"
        spec = importlib.util.spec_from_file_location(
            name, home / "__init__.py", submodule_search_locations=[str(home)]
        )
        assert spec
        self._undo.callback(_forget, name)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        return importlib.import_module(f"{name}.app")

    def _open(self) -> None:
        """Serve from a thread, and wait until it answers."""
        import uvicorn

        secured = {"ssl_certfile": self.folder / CERTIFICATE, "ssl_keyfile": self.folder / KEY}
        config = uvicorn.Config(
            self._guard,
            log_config=None,
            access_log=False,
            ws="none",
            timeout_graceful_shutdown=1,
            **(secured if self.url.startswith("https") else {}),  # type: ignore[arg-type]
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([self._socket],), name="prototype", daemon=True)
        thread.start()
        self._undo.callback(_end, server, thread)
        until = time.monotonic() + PATIENCE
        while not server.started:
            if not thread.is_alive() or time.monotonic() > until:
                raise UserError("The prototype did not start: the lines above say why.")
            time.sleep(0.002)


def _forget(name: str) -> None:
    for module in [module for module in sys.modules if module.partition(".")[0] == name]:
        del sys.modules[module]


def _end(server: Any, thread: threading.Thread) -> None:
    server.should_exit = True
    thread.join(PATIENCE)


def start(
    design: Design | HoldsDesign,
    *,
    data: str | None = None,
    port: int = 0,
    rows: Rows = 20,
    seed: int = 1,
    token: bool | None = None,
    database: str | None = None,
    on: str | None = None,
    https: bool = False,
) -> Running:
    """Run the prototype of a design on this machine, with made-up rows or those of a database.

    `rows` is how many are made up for each table; `stated` takes what the design states, at most 100,000 in all.
    `data` is a database URL or a SQLite file, which is only read: its rows are copied. `token` asks callers for one;
    by default where a JupyterHub shares the machine. `database` is the URL of a database to run on instead of a
    temporary SQLite file: missing tables are made there, rows are not. `on` is the URL of a database that lasts: made with
    its rows at the first time, taken again with them at the next, refused when something else made it. `https` serves with a certificate that was made
    for this run. Raises UserError when the port is taken or a database cannot be read.

    >>> from backendkit.model import Design
    >>> with start(Design()) as api:
    ...     api.get("/books").status_code
    404
    """
    import sqlalchemy as sa

    design = as_design(design)
    if on and (data or database):
        raise UserError("A database that lasts has rows of its own: leave `data` and `database` out.")
    place = on or database
    engine = "postgresql" if place and not place.startswith("sqlite") else "sqlite"
    token = "JUPYTERHUB_API_TOKEN" in os.environ if token is None else token
    surface = rest.surface(design, engine=engine)
    running = Running(design, surface, port, secrets.token_urlsafe(16) if token else "", https=https)
    programs = services(surface)
    with ExitStack() as mishap:
        mishap.callback(running.stop)
        module = running._load()
        lasts = Lasting(on, design.name, running._files["service/models.py"]) if on else None
        try:
            place = place or f"sqlite:///{running.folder / 'prototype.sqlite'}"
            running._given = _given(place, known_keys(programs)) | (lasts.given if lasts else {})
            running._run(module)
        except sa.exc.DBAPIError as error:
            raise UserError(f"The database refuses: {str(error.orig).splitlines()[0]}") from None
        app = running.app
        models = sys.modules[f"{module.__package__}.models"]
        running.tables = {name: models.table_of(getattr(models, name)) for name in surface.tables}
        if lasts.new if lasts else not database:
            running.unread = _filled(app.state.database.engine, surface, running.tables, data, rows, seed)
        if lasts and lasts.new:
            lasts.mark(running._given)
        with app.state.database.engine.begin() as connection:
            running.users = (*people(connection, surface, running.tables), *programs)
        running._open()
        mishap.pop_all()
    return running


def _given(database: str, api_keys: str) -> dict[str, Any]:
    """What the settings of a service say that nobody relies on: keys of this run, every host (the guard looks at them)."""
    given = {"database_url": database, "create_tables": True, "allowed_hosts": "*"}
    given |= {"jwt_keys": secrets.token_urlsafe(32), "api_keys": api_keys, "rate_storage": "memory://"}
    given["encryption_keys"] = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return given


def _settings(module: ModuleType, given: dict[str, Any]) -> Any:
    """These values as the settings of a service, as far as it has them."""
    made: type[Any] = sys.modules[f"{module.__package__}.settings"].Settings
    needed = {name: "prototype" for name, field in made.model_fields.items() if field.is_required()}
    return made(
        _env_file=None,
        **{name: value for name, value in (needed | given).items() if name in made.model_fields},
    )


def certify(folder: Path) -> ssl.SSLContext:
    """Write a certificate for this machine, of an authority that only this run trusts."""
    import trustme

    authority = trustme.CA()
    made = authority.issue_cert("127.0.0.1", "localhost", "::1")
    made.private_key_pem.write_to_path(str(folder / KEY))
    made.cert_chain_pems[0].write_to_path(str(folder / CERTIFICATE))
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    return trust


def _filled(
    engine: Any, surface: rest.Surface, tables: dict[str, Any], data: str | None, rows: Rows, seed: int
) -> tuple[str, ...]:
    if data:
        from backendkit.prototype.copied import copy_rows

        return tuple(copy_rows(data, surface, tables, engine))
    from backendkit.prototype.rows import fill, stated

    counts, said = (rows, ()) if rows != "stated" else stated(surface)
    with engine.begin() as connection:
        empty = fill(connection, surface, tables, counts, seed)
        go_on_counting(connection, tables)
    return (*said, *empty)


def _bound(port: int) -> socket.socket:
    """A socket on loopback. Raises UserError when the port is taken."""
    # Named as TCP, or asyncio leaves Nagle's delay on: 40 ms a call.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # on Windows this option would let two programs share the port
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(("127.0.0.1", port))
        made.listen(128)
    except (OSError, OverflowError) as error:
        made.close()
        reason = getattr(error, "strerror", "") or "allowed are 0 to 65535"
        raise UserError(f"Port {port} cannot be used ({reason}): name another one, or 0 for any.") from None
    return made
