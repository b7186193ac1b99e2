"""The prototype keeps to its own description: schemathesis sends what is allowed and what is not.

https://schemathesis.readthedocs.io/
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from backendkit.model import Design
from backendkit.prototype import Running, start
from backendkit.readers import read_system
from backendkit.store import open_design

ROOT = Path(__file__).parents[2]
REAL = [file for file in (ROOT.parent / "shared" / "real").glob("*") if file.suffix in (".sqlite", ".json")]

# A change for another state of a row (412) is refused although its form is right. NUL fits into no PostgreSQL text.
CONFIG: dict[str, Any] = {
    "generation": {"max-examples": 8, "allow-x00": False},
    "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", "404", "409", "412"]}},
    "phases": {"stateful": {"enabled": False}},
}

EXPLAINED = {501: b"is not written yet", 400: b"invalid_grant", 429: b"wait"}


@schemathesis.hook
def before_call(context: Any, case: Any, arguments: Any) -> None:
    """A key of its own for each call, as callers make it: the same one again with another body is refused."""
    with suppress(KeyError, ValueError):
        UUID(case.headers["Idempotency-Key"])
        case.headers["Idempotency-Key"] = str(uuid4())


def test_every_answer_is_one_that_the_description_names(api: Running) -> None:
    broken, count = tried(api)
    assert not broken, "\n\n".join(broken)
    assert count > 1000


@pytest.mark.long
@pytest.mark.parametrize("role", ["", "member", "moderator", "provider"])
def test_so_it_is_for_everybody_in_the_bookshop(role: str) -> None:
    """Unwritten calls answer 501; who may not is refused; one row of a sample may be somebody else's."""
    values = open_design(ROOT / "data" / "bookshop").design.values()
    del values["security"]["limits"]  # it would stop us, rightly
    with start(Design.load(values), rows=10) as api:
        broken, count = tried(api, api.headers_of(role) if role else {}, refusals=("401", "403"))
    assert not broken, "\n\n".join(broken)
    assert count > 10_000


@pytest.mark.long
def test_so_it_is_in_a_bookshop_without_security() -> None:
    values = open_design(ROOT / "data" / "bookshop").design.values()
    del values["security"]
    with start(Design.load(values), rows=10) as api:
        broken, count = tried(api)
    assert not broken, "\n\n".join(broken)
    assert count > 10_000


@pytest.mark.long
@pytest.mark.parametrize("file", REAL, ids=[file.name for file in REAL])
def test_so_it_is_for_designs_that_were_read_from_a_real_system(file: Path) -> None:
    with start(read_system(str(file)).design, rows=10) as api:
        broken, count = tried(api)
    # In the petstore /pet/findByStatus is also a /pet/{petId}: what one path does not offer, the other does.
    shared = ("/findBy", "/createWithList", "/log")
    broken = [
        each for each in broken if not (file.name.startswith("pet") and any(one in each for one in shared))
    ]
    assert not broken, "\n\n".join(broken)
    assert count > 1000


def tried(
    api: Running, headers: dict[str, str] | None = None, refusals: tuple[str, ...] = ()
) -> tuple[list[str], int]:
    """What an answer does not keep of the description, and how many checks there were.

    A call that nobody has written answers 501, as its page says, and made-up passwords are wrong until one has to wait.
    """
    config = CONFIG | ({"headers": headers} if headers else {})
    allowed = [*CONFIG["checks"]["positive_data_acceptance"]["expected-statuses"], *refusals]
    config |= {"checks": {"positive_data_acceptance": {"expected-statuses": allowed}}}
    schema = schemathesis.openapi.from_asgi(
        "/openapi.json", api.app, config=SchemathesisConfig.from_dict(config)
    )
    schema.config.seed = 1
    broken, count = [], 0
    for event in from_schema(schema).execute():
        assert not isinstance(event, events.NonFatalError | events.FatalError), event
        if isinstance(event, events.ScenarioFinished):
            for number, checks in event.recorder.checks.items():
                count += len(checks)
                answer = event.recorder.interactions[number].response
                status, said = (answer.status_code, answer.content or b"") if answer else (0, b"")
                if status in EXPLAINED and EXPLAINED[status] in said:
                    continue
                broken += [
                    f"{event.recorder.label}: {each.failure_info}" for each in checks if each.failure_info
                ]
    return broken, count
