"""For rare tokens and roles, `login explain` predicts the answer of a real server."""

import time
from typing import Any

import pytest

from tests.login import tokens
from tests.login.samples import HEADER, ISSUER, RSA, SUBJECT, body, claims, judged, raw
from tests.login.server import Server

NOW = int(time.time())
CLAIMS: list[dict[str, Any]] = [
    *({"exp": exp} for exp in (str(NOW + 600), NOW + 600.75, 1e30, -1, 0, 2**63 - 1, 2**64, None)),
    *({"sub": sub} for sub in ([SUBJECT], SUBJECT.upper(), f"{SUBJECT}\0", f"{SUBJECT}\n")),
    *({"aud": aud} for aud in ([["vault"]], {"vault": 1}, ["vault", None], [1, "vault"], True)),
    *({"iss": iss} for iss in ([ISSUER], f"{ISSUER}\u200b")),
    {"jti": {"a": 1}},
]
PAYLOADS = (b"[]", b"null", b"", body() + body(), b"\xef\xbb\xbf" + body(), body(b',"n":NaN'), body(b',"n":1e999'),
            body(b',"n":01'), body(b',"n":-0'), body(b',"exp":1'), body(b',"EXP":1'), body(b"/**/"))  # fmt: skip
HEADERS = (b"{}", b'{"alg":["RS256"]}', b'{"alg":"none","alg":"RS256"}', b'{"alg":"rs256"}', b'{"ALG":"RS256"}')
ROLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"bound_claims_type": "glob", "bound_claims": {"a": "x*z"}}, {"a": "xyz"}),
    ({"bound_claims": {"a": "true"}}, {"a": True}),
    ({"bound_claims": {"/a~1b": "x"}}, {"a/b": "x"}),
    ({"bound_claims": {"/a~2b": "x"}}, {"a~2b": "x"}),
    ({"bound_claims": {"a": "x"}}, {"a": []}),
    ({"claim_mappings": {"m": "x"}}, {"m": "a" * 600}),
    ({"claim_mappings": {"m": "x"}}, {"m": False}),
    ({"groups_claim": "g"}, {"g": ["a", 1]}),
    ({"expiration_leeway": -1}, {"exp": NOW - 100}),
]
TOKENS = [
    *((tokens.token(claims(**more), RSA), {}) for more in CLAIMS),
    *((raw(HEADER, payload), {}) for payload in PAYLOADS),
    *((raw(header, body()), {}) for header in HEADERS),
    *((tokens.token(claims(**more), RSA), role) for role, more in ROLES),
]


@pytest.mark.parametrize(("token", "role"), TOKENS, ids=map(str, range(len(TOKENS))))
def test_rare_token(server: Server, mount: str, token: str, role: dict[str, Any]) -> None:
    verdict = judged(server, mount, token, role=role)
    assert verdict.agreed, verdict
