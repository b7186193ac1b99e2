"""The prototype keeps to its own description: schemathesis sends what is allowed and what is not.

https://schemathesis.readthedocs.io/
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from backendkit.prototype import Running

# A change for another state of a row (412) is refused although its form is right. NUL fits into no PostgreSQL text.
CONFIG = {
    "generation": {"max-examples": 8, "allow-x00": False},
    "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", "404", "409", "412"]}},
    "phases": {"stateful": {"enabled": False}},
}


@schemathesis.hook
def before_call(context: Any, case: Any, arguments: Any) -> None:
    """A key of its own for each call, as callers make it: the same one again with another body is refused."""
    with suppress(KeyError, ValueError):
        UUID(case.headers["Idempotency-Key"])
        case.headers["Idempotency-Key"] = str(uuid4())


def test_every_answer_is_one_that_the_description_names(api: Running) -> None:
    schema = schemathesis.openapi.from_asgi(
        "/openapi.json", api.app, config=SchemathesisConfig.from_dict(CONFIG)
    )
    schema.config.seed = 1
    broken, count = [], 0
    for event in from_schema(schema).execute():
        assert not isinstance(event, events.NonFatalError | events.FatalError), event
        if isinstance(event, events.ScenarioFinished):
            for checks in event.recorder.checks.values():
                count += len(checks)
                broken += [
                    f"{event.recorder.label}: {each.failure_info}" for each in checks if each.failure_info
                ]
    assert not broken, "\n\n".join(broken)
    assert count > 1000
