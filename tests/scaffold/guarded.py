"""A small shop with everything that guards one: people of two roles, a service, rows of their own, encrypted values."""

from __future__ import annotations

import copy
from typing import Any

from backendkit.model import Design

GUARDED: dict[str, Any] = {
    "name": "Guarded",
    "database": {
        "entities": [
            {
                "id": "person",
                "attributes": [
                    {"id": "number", "type": "integer", "key": True, "generated": True},
                    {"id": "mail", "type": "string(254)", "unique": True},
                    {"id": "hash", "type": "text"},
                    {"id": "role", "type": "enum(member, keeper)", "default": "member"},
                    {"id": "born", "type": "date", "optional": True},
                    {"id": "income", "type": "decimal(10,2)", "optional": True},
                ],
            },
            {
                "id": "box",
                "attributes": [
                    {"id": "id", "type": "integer", "key": True, "generated": True},
                    {"id": "owner", "type": "reference", "to": "person"},
                    {"id": "label", "type": "string(40)"},
                    {"id": "width", "type": "integer", "default": "1"},
                    {"id": "height", "type": "decimal(6,2)", "default": "1"},
                    {"id": "area", "type": "decimal(8,2)"},
                    {"id": "state", "type": "enum(open, shut)", "default": "open"},
                ],
                "checks": [{"id": "wide", "holds": "width > 0"}],
            },
            {
                "id": "thing",
                "attributes": [
                    {"id": "id", "type": "integer", "key": True, "generated": True},
                    {"id": "box", "type": "reference", "to": "box", "on-delete": "cascade"},
                    {"id": "name", "type": "string(40)"},
                ],
            },
            {
                "id": "letter",
                "attributes": [
                    {"id": "id", "type": "integer", "key": True, "generated": True},
                    {"id": "from", "type": "reference", "to": "person"},
                    {"id": "to", "type": "reference", "to": "person"},
                    {"id": "text", "type": "text"},
                ],
            },
        ]
    },
    "api": {
        "base": "/v1",
        "resources": [
            {"id": "people", "entity": "person", "operations": ["list", "get", "create", "patch"],
             "filter": ["mail", "born"], "sort": ["born", "number"], "hide": ["hash"], "readonly": ["role"]},
            {"id": "boxes", "entity": "box", "expand": ["owner"], "filter": ["owner"],
             "operations": ["list", "get", "create", "replace", "patch", "delete", "bulk", "watch"]},
            {"id": "things", "entity": "thing", "expand": ["box"],
             "operations": ["list", "get", "create", "patch", "delete"]},
            {"id": "letters", "entity": "letter", "operations": ["list", "get", "create", "delete"]},
        ],
        "endpoints": [
            {"id": "shut", "method": "POST", "path": "/boxes/{id}/shut", "returns": "boxes"},
            {"id": "count", "method": "GET", "path": "/boxes/{id}/count"},
            {"id": "report", "method": "GET", "path": "/report"},
            {"id": "forgotten", "method": "GET", "path": "/forgotten"},
        ],
    },
    "development": {
        "states": [
            {"id": "box-life", "attribute": "box.state", "start": "open",
             "moves": [{"id": "shutting", "from": "open", "to": "shut", "by": "shut"}]}
        ],
        "derived": [
            {"id": "area-of-a-box", "attribute": "box.area", "is": "width * height"},
            {"id": "proper-name", "attribute": "thing.name", "is": "in capital letters"},
        ],
        "rules": [
            {"id": "low", "entity": "box", "holds": "height < 100 and width < 1000"},
            {"id": "three-things", "entity": "thing", "holds": "A box has three things at the most."},
        ],
    },
    "security": {
        "authentication": {"login": "person.mail", "password": "person.hash", "role": "person.role", "access": "10 min"},
        "roles": [
            {"id": "guest", "who": "anyone"}, {"id": "member"}, {"id": "keeper"}, {"id": "robot", "who": "service"},
        ],
        "grants": [
            {"id": "g1", "role": "guest", "may": ["get"], "resource": "boxes", "of": "any"},
            {"id": "g2", "role": "member", "resource": "boxes", "of": "own",
             "may": ["list", "create", "replace", "patch", "delete", "bulk", "watch"]},
            {"id": "g3", "role": "member", "may": ["list", "get", "create", "patch", "delete"], "resource": "things", "of": "own"},
            {"id": "g4", "role": "member", "may": ["list", "get", "create", "delete"], "resource": "letters", "of": "own"},
            {"id": "g5", "role": "member", "may": ["get", "patch"], "resource": "people", "of": "own"},
            {"id": "g6", "role": "keeper", "may": ["list", "get", "create", "patch"], "resource": "people", "of": "any"},
            {"id": "g7", "role": "keeper", "may": ["list", "watch"], "resource": "boxes", "of": "any"},
            {"id": "g8", "role": "member", "endpoints": ["shut", "count"], "of": "own"},
            {"id": "g9", "role": "robot", "endpoints": ["report"], "of": "any"},
        ],
        "owned": [{"id": "o1", "by": "letter.from"}, {"id": "o2", "by": "letter.to", "may": ["list", "get"]}],
        "classified": [
            {"id": "c1", "attribute": "person.mail", "as": "personal"},
            {"id": "c2", "attribute": "person.hash", "as": "secret"},
            {"id": "c3", "attribute": "person.born", "as": "personal"},
            {"id": "c4", "attribute": "person.income", "as": "sensitive"},
            {"id": "c5", "attribute": "letter.text", "as": "personal"},
            {"id": "c6", "attribute": "box.label", "as": "public"},
        ],
        "limits": {"attempts": "3 per 10 min", "body": "20 kB"},
        "origins": ["https://shop.example"],
    },
}  # fmt: skip


def graphed(**said: Any) -> Design:
    """The same, with a graph."""
    return Design.load(GUARDED | {"api": GUARDED["api"] | {"graphql": said}})


def provided(url: str) -> Design:
    """The shop with a login provider beside its own logins."""
    said = copy.deepcopy(GUARDED)
    said["security"]["authentication"]["provider"] = url
    return Design.load(said)
