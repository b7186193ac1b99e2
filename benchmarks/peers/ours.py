"""Our prototype in a process of its own: it prints its address and a token, and serves until its input ends."""

import json
import sys

from backendkit.model import Design
from backendkit.prototype import start

DESIGN = Design.load({
    "name": "Books",
    "database": {"entities": [
        {"id": "book", "attributes": [
            {"id": "number", "type": "integer", "key": True, "generated": True},
            {"id": "title", "type": "string(80)"},
            {"id": "pages", "type": "integer"},
        ]},
        {"id": "reader", "attributes": [
            {"id": "number", "type": "integer", "key": True, "generated": True},
            {"id": "email", "type": "string(80)", "unique": True},
            {"id": "password_hash", "type": "text"},
        ]},
    ]},
    "api": {"base": "/", "resources": [
        {"id": "books", "path": "/books", "entity": "book", "operations": ["list", "get", "create"]},
    ]},
    "security": {
        "authentication": {"id": "log-in", "login": "reader.email", "password": "reader.password_hash"},
        "roles": [{"id": "member"}],
        "grants": [{"id": "all", "role": "member", "may": ["list", "get", "create"], "resource": "books", "of": "any"}],
    },
})  # fmt: skip

if __name__ == "__main__":
    with start(DESIGN, rows=60) as api:
        print(json.dumps({"url": api.url, "token": api.token_of("member", seconds=3600)}), flush=True)
        sys.stdin.read()
