"""How a list begins: one line for each, which works on a design in which nothing is written yet."""

from __future__ import annotations

import json
from typing import Any

from backendkit.model import CHAPTERS

EXAMPLES: dict[str, dict[str, Any]] = {
    "requirements.stakeholders": {"id": "reader", "name": "Reader", "concern": "finds a book in a minute"},
    "requirements.goals": {"id": "G1", "text": "Double the monthly sales within a year.", "for": ["reader"]},
    "requirements.functional": {
        "id": "R1",
        "text": "When a reader places an order, the shop shall reserve every copy in it.",
        "priority": "must",
    },
    "requirements.quality": {
        "id": "Q1",
        "measure": "p95 latency of GET /books <= 200 ms",
        "priority": "must",
    },
    "requirements.constraints": {"id": "C1", "text": "It runs in the European Union."},
    "requirements.assumptions": {
        "id": "A1",
        "text": "Nine of ten calls read.",
        "otherwise": "we need a cache",
    },
    "requirements.integrations": {"id": "payment", "data": "payments", "failure": "the order stays open"},
    "requirements.questions": {
        "id": "OQ1",
        "text": "Who answers complaints?",
        "asks": "reader",
        "by": "2027-01-31",
    },
    "architecture.elements": {"id": "service", "kind": "container", "technology": "Python"},
    "architecture.relations": {"id": "asks", "from": "reader", "to": "service", "does": "looks for books"},
    "architecture.decisions": {
        "id": "D1",
        "title": "One program or many?",
        "options": [{"id": "one", "name": "one program"}, {"id": "many", "name": "many programs"}],
        "chosen": "one",
        "because": "The team is small.",
    },
    "database.entities": {
        "id": "book",
        "about": "What all its copies share.",
        "attributes": [
            {"id": "number", "type": "integer", "key": True},
            {"id": "title", "type": "string(200)"},
        ],
    },
    "api.resources": {"id": "books", "entity": "book", "operations": ["list", "get", "create"]},
    "api.endpoints": {"id": "pay", "method": "POST", "path": "/orders/{number}/pay", "does": "pays an order"},
    "api.events": {"id": "order-paid", "when": "an order is paid", "carries": ["number"]},
    "environment.tools": {"id": "python", "name": "Python", "kind": "language", "version": "3.12"},
    "environment.services": {"id": "postgres", "image": "postgres:17", "port": 5432},
    "environment.variables": {
        "id": "MAIL_URL",
        "about": "Where mails go.",
        "example": "smtp://127.0.0.1:1025",
    },
    "development.states": {
        "id": "order-life",
        "attribute": "order.state",
        "start": "open",
        "moves": [{"id": "paying", "from": "open", "to": "paid", "trigger": "the payment is confirmed"}],
    },
    "development.rules": {"id": "numbered", "entity": "book", "holds": "number >= 1"},
    "development.derived": {
        "id": "short-title",
        "attribute": "book.title",
        "is": "As on the cover, without what follows a colon.",
    },
    "security.threats": {
        "id": "false-orders",
        "stride": "spoofing",
        "threat": "Somebody orders in the name of another.",
        "control": "Callers log in, and tokens are signed.",
        "tests": ["forged-token"],
    },
    "security.controls": {
        "id": "long-passwords",
        "asvs": "V6.2.1",
        "how": "Registration asks for 12 characters.",
    },
    "attributes": {"id": "title", "type": "string(200)", "about": "As it stands on the cover."},
}


def example(where: str) -> str:
    """The line that begins a list, as `requirements.goals` or `copy.attributes`.

    >>> print(example("copy.uniques"))
    from backendkit import Insert
    design.update(Insert("copy", "uniques", {"id": "first"}))
    """
    record = EXAMPLES.get(where) or EXAMPLES.get(where.rpartition(".")[2]) or {"id": "first"}
    at, field = ("", where) if where.partition(".")[0] in CHAPTERS else where.rsplit(".", 1)
    told = json.dumps(record, ensure_ascii=False).replace("true", "True")
    return f'from backendkit import Insert\ndesign.update(Insert("{at}", "{field}", {told}))'
