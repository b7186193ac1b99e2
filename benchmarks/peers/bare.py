"""Bare ASGI: it reads nothing and says hello. Nothing in Python that speaks HTTP is quicker."""

from typing import Any


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Always the same answer."""
    if scope["type"] != "http":
        return
    head = [(b"content-type", b"application/json"), (b"content-length", b"15")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": b'{"hello":"you"}'})
