"""Build a login to send: its parts, which the faults change, and the token that consists of these parts."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.login import tokens
from tests.login.configs import ISSUER, SUBJECT, Config

Signed = tuple[bytes, bytes, bytes]
"""Header, payload and signature."""


def compact(signed: Signed) -> str:
    """Return the token in compact serialization, which has three parts."""
    return ".".join(map(tokens.b64, signed))


@dataclass
class Attempt:
    """A login to send: role, and the parts of the token."""

    role: str
    header: dict[str, Any]
    claims: dict[str, Any]
    key: str
    header_text: bytes | None = None
    payload_text: bytes | None = None
    more_header: bytes = b""
    """Raw JSON members that follow the other members of the header."""
    more_claims: bytes = b""
    """Raw JSON members that follow the other claims of the payload."""
    serialize: Callable[[Signed], str] = compact
    text: Callable[[str], str] = field(default=lambda text: text)
    sign_as: str = ""
    unprotected: bool = False
    """True if the signature does not cover the header."""
    leading_zero: bool = False
    """True to repeat the signing until the signature begins with a zero byte."""

    def token(self, private: Mapping[str, Any]) -> str:
        """Return the token, with a signature by the private key that `key` names."""
        alg = self.sign_as or str(self.header.get("alg", "RS256"))
        while True:
            header = self.header_text if self.header_text is not None else _written(self.header, self.more_header)
            payload = self.payload_text if self.payload_text is not None else _written(self.claims, self.more_claims)
            head = "" if self.unprotected else tokens.b64(header)
            signed = f"{head}.{tokens.b64(payload)}".encode()
            signature = tokens.signature(signed, private[self.key], alg)
            if not self.leading_zero or signature[0] == 0 or self.payload_text is not None:
                return self.text(self.serialize((header, payload, signature)))
            self.claims["again"] = str(int(self.claims.get("again", "0")) + 1)


def _written(members: Mapping[str, Any], more: bytes) -> bytes:
    text = json.dumps(members).encode()
    return text[:-1] + b"," * bool(members and more) + more + b"}"


def attempt(rng: random.Random, made: Config, role: str, private: Mapping[str, Any], now: float) -> Attempt:
    """Return a login with up to four faults."""
    from tests.login.faults import FAULTS

    key = rng.choice(made.keys)
    claims: dict[str, Any] = {
        "iss": made.mount.get("bound_issuer", ISSUER),
        "sub": SUBJECT,
        "aud": rng.choice((made.role.get("bound_audiences", ["vault"]), ["vault"], "vault")),
        "iat": int(now) - 5,
        "nbf": int(now) - 5,
        "exp": int(now) + 600,
        "email": "a@example.com",
        "number": 7,
        "fraction": 2.75,
        "large": rng.choice((1000000, 12345678)),
        "yes": True,
        "null": None,
        "empty": "",
        "groups": ["readers", "writers"],
        "mixed": ["app", 5, True],
        "nested": ["z", ["x"], {"a": 1}] if rng.random() < 0.5 else [["x"], {"a": 1}],
        "numbers": [1e6, 1.5, 1e21],
        "object": {"n": [999999, 1e6, 12345678, 1e-5, -0.0, 1e21], "t": [True, None, "s"], "o": {}},
        "long": rng.choice(("v" * 512, "v" * 513, "\u00e9" * 257)),
        "a/b": "c",
        "t~n": rng.choice(("c", ["c"], ["y"])),
        "": "c",
        "kubernetes.io": {"namespace": "app", "serviceaccount": {"name": "default", "uid": "u-1"}},
    }
    if len(made.role.get("claim_mappings", ())) == 64:
        claims.update({f"c{number}": "x" for number in range(rng.choice((63, 64)))})
    if made.role.get("claim_mappings"):
        # Vault checks metadata only at a user's first login.
        claims["sub"] = rng.choice((SUBJECT, f"user-{rng.getrandbits(60)}"))
    if "bound_audiences" not in made.role and rng.random() < 0.7:
        del claims["aud"]
    one = Attempt(role, {"alg": tokens.algorithm(private[key]), "kid": key}, claims, key)
    for fault in rng.sample(FAULTS, rng.choice((0, 0, 1, 1, 1, 2, 2, 3, 4))):
        fault(one, rng, now)
    return one
