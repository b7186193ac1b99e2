"""A design in a folder: lock, write beside, fsync, replace (https://lwn.net/Articles/457667/)."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from backendkit.model import UserError
from backendkit.store.protocol import DESIGN, Held, Revision, told

PATIENCE = 5.0
T = TypeVar("T")


class Disk:
    """Named texts in a folder. A revision is the hash of the bytes."""

    def __init__(self, where: Path) -> None:
        with suppress(RuntimeError):  # there is no such user: then it is a name as any other
            where = where.expanduser()
        self.root = where.parent if where.name == DESIGN else where
        self.folder: Path | None = self.root
        self.where, self.name = str(self.root), self.root.resolve().name
        self.out = self.root / "out"
        try:
            taken = self.root.exists() and not self.root.is_dir()
        except OSError as error:
            raise UserError(f"'{self.where[:60]}' is no place for a design ({error.strerror}).") from None
        if taken:
            raise UserError(f"'{self.where}' is a file, a design is a folder: name the folder.")

    def exists(self) -> bool:
        """Whether there is a design."""
        return (self.root / DESIGN).is_file()

    def names(self) -> tuple[str, ...]:
        """The texts of this design."""
        files = [self.root / DESIGN, *sorted(self.root.glob("notes/*.md")), self.root / "evidence.jsonl"]
        return tuple(file.relative_to(self.root).as_posix() for file in files if file.is_file())

    def stamp(self, name: str) -> object:
        """Changes when the text may have changed; cheap."""
        try:
            found = (self.root / name).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def stamps(self) -> object:
        """Changes when any text may have changed."""
        return [(name, self.stamp(name)) for name in self.names()]

    def read(self, name: str) -> tuple[str, str]:
        """The text and its revision; both empty when there is none."""
        try:
            data = _patient((self.root / name).read_bytes, "read")
        except FileNotFoundError:
            return "", ""
        except OSError as error:
            raise UserError(f"'{self.root / name}' cannot be read: {error.strerror or error}.") from None
        try:
            return data.decode(), hashlib.sha256(data).hexdigest()
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise UserError(
                f"'{self.root / name}', line {line}: this is no UTF-8 text. Save the file as UTF-8."
            ) from None

    def lines(self, name: str) -> str:
        """The text of a name that is only ever appended to."""
        return self.read(name)[0]

    def write(self, name: str, text: str, revision: str, author: str) -> str | None:
        """Save when the revision still holds; the new revision, or None when it does not."""
        with self.lock():
            if self.read(name)[1] != revision:
                return None
            self._replace(self.root / name, text.encode())
        return hashlib.sha256(text.encode()).hexdigest()

    def append(self, name: str, line: str) -> None:
        """Add one line; what a killed program left unfinished stays a line of its own."""
        with self.lock(), told(self.where), (self.root / name).open("ab+") as file:
            file.seek(max(0, file.tell() - 1))
            file.write((b"" if file.read() in (b"", b"\n") else b"\n") + line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One writer at a time."""
        with told(self.where):
            self.root.mkdir(parents=True, exist_ok=True)
        with locked(self.root / ".lock"):
            yield

    def history(self, name: str) -> tuple[Revision, ...]:
        """A folder keeps none: UserError says what does."""
        raise UserError(
            "A design in a folder keeps no history of its own: use git, as `git log design.yaml`."
        )

    def revision(self, name: str, number: int) -> str | None:
        """A folder keeps none either."""
        self.history(name)
        return None

    def _replace(self, file: Path, data: bytes) -> None:
        file = file.resolve()
        beside = file.with_name(f".{file.name}.new")
        with told(self.where):
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                with beside.open("wb") as new:
                    new.write(data)
                    new.flush()
                    os.fsync(new.fileno())
            except OSError:
                beside.unlink(missing_ok=True)  # a full disk gets its room back
                raise
            with suppress(OSError):
                shutil.copymode(file, beside)
            _patient(lambda: beside.replace(file), "saved")
        if os.name == "posix":
            folder = os.open(file.parent, os.O_RDONLY)
            with suppress(OSError):
                os.fsync(folder)
            os.close(folder)


def read_asset(folder: Path, name: str) -> bytes | None:
    """The bytes of a file in the folder's assets/; None when there is none, or when it lies elsewhere."""
    assets = (folder / "assets").resolve()
    with suppress(OSError, ValueError):  # a name that no file can have
        file = (assets / name).resolve()
        return file.read_bytes() if file.is_relative_to(assets) and file.is_file() else None
    return None


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a lock; the system lets go of it when a program dies."""
    from filelock import FileLock, Timeout

    lock = FileLock(file, timeout=60, poll_interval=0.005, is_singleton=True)
    with told(file.parent):
        try:
            lock.acquire()
        except Timeout:
            raise Held("Not saved yet: another program is saving this design. Try again.") from None
    try:
        yield
    finally:
        lock.release()
        if not lock.is_locked:
            time.sleep(0.01)  # who waits looks every 5 ms: without this the quickest starves them


def _patient(action: Callable[[], T], done: str) -> T:
    """Virus scanners and cloud folders hold a file for moments: try again for some seconds."""
    until, pause = time.monotonic() + PATIENCE, 0.01
    while True:
        try:
            return action()
        except PermissionError as error:
            if done == "read" and os.name == "posix":
                raise
            if time.monotonic() > until:
                file = Path(error.filename2 or error.filename or "the file").name
                said = f"Not {done} yet: another program holds the file '{file}'."
                raise Held(f"{said} Close it there and try again.") from None
            time.sleep(pause)
            pause = min(pause * 2, 0.5)
