"""Who calls, for the peers that ask: a signed token with a role (RFC 7519)."""

from __future__ import annotations

import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey

KEY = OctKey.import_key("a key for measuring, long enough to be one")


def sign() -> str:
    """A token for an hour."""
    return jwt.encode({"alg": "HS256"}, {"sub": "1", "role": "member", "exp": int(time.time()) + 3600}, KEY)


def read(token: str) -> dict[str, Any]:
    """What it says. Raises JoseError when it is forged or too old."""
    found = jwt.decode(token, KEY, algorithms=["HS256"])
    jwt.JWTClaimsRegistry(exp={"essential": True}).validate(found.claims)
    return found.claims
