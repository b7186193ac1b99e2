"""The doctor looks for what a design asks of a machine, says how to mend it, and keeps secrets to itself."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from backendkit.doctor import Result, examine_design
from backendkit.model import Design


def looked(**environment: Any) -> list[Result]:
    return list(examine_design(Design.load({"environment": environment})))


@pytest.fixture
def server() -> Iterator[int]:
    """A port on which something listens that answers N, as PostgreSQL does without TLS."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            try:
                while True:
                    with listening.accept()[0] as line:
                        line.recv(8)
                        line.sendall(b"N")
            except OSError:
                return

        Thread(target=answer, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


def test_a_tool_that_is_new_enough_is_well_and_an_older_one_is_to_be_mended() -> None:
    well, old = looked(
        tools=[{"id": "python", "version": "3.1"}, {"id": "py", "name": "Python", "version": "99"}]
    )
    assert well.good
    assert well.found.startswith("3.")
    assert str(old).endswith("Install Python 99 or newer, and put it on the PATH.")


def test_a_tool_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (found,) = looked(tools=[{"id": "go", "version": "1.24"}])
    assert (found.found, found.mend) == (
        "not on the PATH",
        "Install go 1.24 or newer, and put it on the PATH.",
    )


def test_a_design_names_tools_and_never_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = tmp_path / "evil"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/done\n", encoding="utf-8")
    trap.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    for id in ("evil", "../evil", str(trap), "evil --version", "$(evil)"):
        assert looked(tools=[{"id": id, "name": id, "kind": "language", "version": id}]) == []
    assert not (tmp_path / "done").exists()


def test_a_port_is_free_or_answers_or_belongs_to_something_else(server: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        free = gone.getsockname()[1]
    data = {"id": "db", "image": "postgres:17"}
    services = [
        {**data, "port": server},
        {**data, "port": free},
        {"id": "mail", "image": "m:1", "port": server},
    ]
    found = {one.name: one.found for one in looked(services=services)}
    assert found[f"db on {server}"] == "PostgreSQL answers"
    assert found[f"db on {free}"].startswith("free")
    assert found[f"mail on {server}"] == "something listens there"


def test_something_else_on_the_port_of_the_database_is_to_be_mended() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        found = looked(services=[{"id": "db", "image": "postgres:17", "port": port}])
    assert found[-1].mend == "Stop it, or give the service another port in the design."


def test_without_docker_the_services_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (docker,) = looked(services=[{"id": "mail", "image": "m:1"}])
    assert (docker.name, docker.good) == ("Docker", False)
    assert looked(services=[{"id": "later"}]) == []


def test_a_variable_is_set_here_or_in_the_file_and_its_value_is_never_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BK_ONE", "hunter2")
    (tmp_path / ".env").write_text("BK_TWO=hunter3\nBK_THREE=\n", encoding="utf-8")
    names = {id: {"id": id, "secret": True} for id in ("BK_ONE", "BK_TWO", "BK_THREE")}
    found = looked(
        variables=[*names.values(), {"id": "BK_FOUR", "optional": True}, {"id": "BK_FIVE", "default": "x"}]
    )
    assert [one.good for one in found] == [True, True, False, True, True]
    assert found[2].mend == "Set BK_THREE, here or in the file .env."
    assert "hunter" not in "".join(map(str, found))


def test_typed_text_does_not_move_the_terminal() -> None:
    found = looked(
        variables=[{"id": "A\u202e\nok"}], tools=[{"id": "go", "name": "go\u202e", "version": "99"}]
    )
    assert all(sign.isprintable() for one in found for sign in one.name + one.found + one.mend)
