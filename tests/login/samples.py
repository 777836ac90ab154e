"""Define a mount, a role and tokens that Vault accepts; each test changes one part."""

import json
import time
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from tests.login import tokens
from tests.login.judge import Verdict, put
from tests.login.server import Server
from tests.private_keys import rsa_key

RSA = rsa_key(0)
EC = ec.generate_private_key(ec.SECP256R1())
STRANGER = rsa_key(1)
ISSUER = "https://issuer.example.com/tenant/"
SUBJECT = "system:serviceaccount:app:default"
ROLE = {
    "role_type": "jwt",
    "user_claim": "sub",
    "bound_audiences": ["vault"],
    "bound_subject": SUBJECT,
    "token_policies": ["default"],
}
MOUNT = {"jwt_validation_pubkeys": [tokens.pem(RSA), tokens.pem(EC)], "bound_issuer": ISSUER}


def claims(**more: Any) -> dict[str, Any]:
    """Return the claims of a cluster's token. A claim with the value None is omitted."""
    now = int(time.time())
    made = {"iss": ISSUER, "sub": SUBJECT, "aud": ["vault"], "iat": now, "nbf": now, "exp": now + 600, **more}
    return {name: value for name, value in made.items() if value is not None}


def judged(
    server: Server,
    mount: str,
    token: str,
    *,
    config: Mapping[str, Any] | None = None,
    role: Mapping[str, Any] | None = None,
    name: str = "webapp",
) -> Verdict:
    """Write the mount and the role with the changes, log in, and return the result."""
    server.write(f"auth/{mount}/config", {**MOUNT, **(config or {})})
    server.write(f"auth/{mount}/role/webapp", {**ROLE, **(role or {})})
    return put(server, mount, name, token)


HEADER = b'{"alg":"RS256"}'


def raw(header: bytes, payload: bytes) -> str:
    """Return a correctly signed token with this header and payload."""
    return tokens.signed(header, payload, RSA, "RS256")


def body(more: bytes = b"", **changed: Any) -> bytes:
    """Return a token's payload that ends with these additional claims in JSON."""
    return json.dumps(claims(**changed)).encode()[:-1] + more + b"}"
