"""The style of the architecture matters: a service for each owner, and a word about what is not generated."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from backendkit import rest
from backendkit.model import Design
from backendkit.prototype import start
from backendkit.scaffold import compare_scaffold, generate, write_scaffold
from tests.scaffold.guarded import GUARDED

KEY = "only-for-trying-" + "k" * 30


def split(**more: Any) -> Design:
    """The guarded shop in two services: who people are, and what they keep."""
    elements = [
        {"id": "people", "kind": "container", "owns": ["person"]},
        {"id": "boxes", "kind": "container", "owns": ["box", "thing", "letter"]},
        *more.pop("elements", ()),
    ]
    return Design.load(GUARDED | {"architecture": {"style": "microservices", "elements": elements}} | more)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_scaffold(split(), tmp_path_factory.mktemp("shop") / "shop").folder


@contextmanager
def served(folder: Path, name: str, ports: dict[str, int]) -> Iterator[str]:
    """A service in a process of its own."""
    url = f"http://127.0.0.1:{ports[name]}"
    environment = os.environ | {
        f"{each.upper()}_URL": f"http://127.0.0.1:{port}" for each, port in ports.items()
    }
    environment |= {"JWT_KEYS": KEY, "SERVICES_KEY": KEY, "PYTHONPATH": ""}
    command = [sys.executable, "-m", "service", "run", f"--port={ports[name]}"]
    with subprocess.Popen(
        command, cwd=folder / name, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            until = time.monotonic() + 60
            while process.poll() is None and time.monotonic() < until:
                with suppress(httpx.HTTPError):
                    httpx.get(f"{url}/openapi.json", trust_env=False)
                    break
                time.sleep(0.05)
            assert process.poll() is None, process.communicate()[1]
            yield url
        finally:
            process.kill()


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def as_(user: str, role: str = "member") -> dict[str, str]:
    """What a call brings, with a token that any of the services has signed."""
    from joserfc import jwt
    from joserfc.jwk import OctKey

    now = int(time.time())
    claims = {
        "iss": "guarded",
        "aud": "guarded",
        "sub": user,
        "role": role,
        "sid": "",
        "iat": now,
        "exp": now + 60,
    }
    return {
        "Authorization": f"Bearer {jwt.encode({'alg': 'HS256', 'typ': 'at+jwt'}, claims, OctKey.import_key(KEY))}"
    }


def test_two_services_ask_each_other_over_the_border(folder: Path) -> None:
    ports = {"people": free(), "boxes": free()}
    with served(folder, "boxes", ports) as boxes:
        box = {"owner": 1, "label": "Shoes"}
        with served(folder, "people", ports) as people:
            person = {"mail": "kim@example.org"}
            made = httpx.post(f"{people}/v1/people", json=person, headers=as_("1", "keeper"), trust_env=False)
            assert made.status_code in (201, 403), made.text
            number = made.json().get("number", 1)
            asked = f"{people}/internal/rows/Person/{number}"
            assert httpx.get(asked, trust_env=False).status_code == 403, "only services ask"
            head = {"X-Services-Key": KEY}
            assert httpx.get(asked, headers=head, trust_env=False).status_code == 204
            for path in ("Person/999", "Person/x", "Nothing/1"):
                answer = httpx.get(f"{people}/internal/rows/{path}", headers=head, trust_env=False)
                assert answer.status_code == 404, path

            def put(body: dict[str, Any], who: str = "1") -> httpx.Response:
                return httpx.post(f"{boxes}/v1/boxes", json=body, headers=as_(who), trust_env=False)

            kept = put(box | {"owner": number}, str(number))
            assert kept.status_code == 201, kept.text
            lost = put(box | {"owner": 999}, "999")
            assert lost.status_code == 422
            assert lost.json()["errors"] == [{"at": "body.owner", "message": "There is no such row."}]
            lists = {
                who: httpx.get(f"{boxes}/v1/boxes", headers=as_(who), trust_env=False).json()["items"]
                for who in (str(number), str(number + 1))
            }
            assert [len(found) for found in lists.values()] == [1, 0], "it is theirs, and nobody else's"
            assert httpx.get(f"{boxes}/v1/boxes", trust_env=False).status_code == 401
        away = httpx.post(f"{boxes}/v1/boxes", json=box, headers=as_("1"), trust_env=False)
        assert (away.status_code, "people does not answer" in away.json()["detail"]) == (503, True)


@pytest.mark.long
def test_each_service_is_clean(folder: Path) -> None:
    for name in ("people", "boxes"):
        for words in (["ruff", "check", "--no-cache", "."], ["mypy"], ["bandit", "-q", "-r", "service"]):
            done = subprocess.run(
                [sys.executable, "-m", *words], cwd=folder / name, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout


@pytest.mark.long
@pytest.mark.parametrize("name", ["people", "boxes"])
def test_its_own_tests_pass(folder: Path, name: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(command, cwd=folder / name, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_folder_of_services_is_brought_up_to_date_like_any_other(tmp_path: Path) -> None:
    write_scaffold(split(), tmp_path)
    assert compare_scaffold(split(), tmp_path).same
    own = next(tmp_path.glob("boxes/service/logic/[a-z]*.py"), None)
    assert own
    own.write_text("# mine\n")
    assert compare_scaffold(split(), tmp_path).same
    write_scaffold(split(), tmp_path)
    assert own.read_text() == "# mine\n"


def test_what_nobody_owns_or_two_own_is_told_and_stands_somewhere() -> None:
    more = [{"id": "third", "kind": "container", "owns": ["thing"]}]
    design = split(elements=more)
    made = rest.services(rest.surface(design))
    assert "is owned by boxes and by third: it stands in boxes" in " ".join(made["boxes"].gaps)
    entities = [
        *design.values()["database"]["entities"],
        {"id": "lost", "attributes": [{"id": "id", "key": True}]},
    ]
    lone = Design.load(design.values() | {"database": {"entities": entities}})
    assert "'lost' is owned by no container: it stands in people" in " ".join(
        rest.services(rest.surface(lone))["people"].gaps
    )
    files = [path for path in generate(lone) if path.endswith("models.py")]
    assert files == ["boxes/service/models.py", "people/service/models.py", "third/service/models.py"]


def test_the_prototype_is_all_services_in_one_process() -> None:
    with start(split(), rows=2) as api:
        assert api.get("/boxes", user="member").status_code == 200


@pytest.mark.parametrize(("style", "word"), [("serverless", "gateway"), ("event-driven", "broker")])
def test_what_a_style_needs_and_nobody_generates_is_said(style: str, word: str) -> None:
    design = Design.load({"name": "Small", "architecture": {"style": style}})
    (gap,) = [gap for gap in rest.surface(design).gaps if word in gap]
    assert gap.partition(":")[0].lower() == style
    assert word in generate(design)["README.md"]


def test_one_owner_is_one_service() -> None:
    assert rest.services(rest.surface(Design.load(GUARDED))) == {}
