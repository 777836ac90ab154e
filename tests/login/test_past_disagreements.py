"""Test logins for which an earlier version of `login explain` predicted a wrong answer."""

import itertools
import json
from typing import Any

import pytest

from tests.login import tokens
from tests.login.judge import put_to, read
from tests.login.samples import HEADER, ROLE, RSA, SUBJECT, body, claims, judged, raw
from tests.login.server import Server


def serialized(**more: Any) -> str:
    """Return the JSON serialization of a valid token. Omit members with the value None."""
    header, payload, signature = tokens.token(claims(), RSA).split(".")
    members = {"payload": payload, "protected": header, "signature": signature, **more}
    return json.dumps({name: value for name, value in members.items() if value is not None})


CRITICAL: tuple[Any, ...] = (None, [], ["b64"], {}, False, 0, "", [None])
JWKS: tuple[Any, ...] = ({}, [], None, {"kty": "oct", "k": "AA"})
LETTERS = ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
PAST: list[tuple[str, str, dict[str, Any]]] = [
    (
        "a pointer to an aud that is a string",
        tokens.token(claims(aud="vault", number=7), RSA),
        {"role": {"user_claim": "/aud", "user_claim_json_pointer": True, "claim_mappings": {"number": "n"}}},
    ),
    ("a duplicate key inside the header", raw(b'{"alg":"RS256","x":{"a":1,"a":2}}', body()), {}),
    *(("crit", tokens.token(claims(), RSA, crit=crit), {}) for crit in CRITICAL),
    *(("nesting", raw(HEADER, body(b',"n":' + b"[" * n + b"]" * n)), {}) for n in (300, 9_999, 10_000, 12_000)),
    ("nesting in the header", raw(b'{"alg":"RS256","n":' + b"[" * 12_000 + b"]" * 12_000 + b"}", body()), {}),
    *(
        ("list index", tokens.token(claims(k=LETTERS), RSA), {"role": {"bound_claims": {f"/k/{index}": letter}}})
        for index, letter in (
            ("010", "i"),
            ("0x1", "b"),
            ("0b1", "b"),
            ("", "a"),
            ("08", "i"),
            ("-1", "a"),
            ("1_0", "a"),
        )
    ),
    *(
        ("number", tokens.token(claims(k={"n": number}), RSA), {"role": {"bound_claims": {"k": "x"}}})
        for number in (999_999, 1e6, 12345678, 1e20, 1e21, 0.0001, 0.00001, -0.0)
    ),
    ("group", tokens.token(claims(groups=[1e6]), RSA), {"role": {"groups_claim": "groups"}}),
    *(
        ("ranges", tokens.token(claims(), RSA), {"role": {"token_bound_cidrs": ranges}})
        for ranges in (
            ["10.0.0.0/33", "127.0.0.0/8"],
            ["10.0.0.0/8", "127.0.0.0/8"],
            ["127.0.0.1:9"],
            ["::ffff:127.0.0.0/104"],
            ["127.0.0.0/255.0.0.0"],
        )
    ),
    *(
        ("role name", tokens.token(claims(), RSA), {"name": name})
        for name in (".", "a/..", "./a", "a..b", "\u0130", "a/b")
    ),
    *(("jwk", tokens.token(claims(), RSA, jwk=jwk), {}) for jwk in JWKS),
    *(("x5c", tokens.token(claims(), RSA, x5c=x5c), {}) for x5c in ([], ["AAAA"], ["x"], "x", [5], None)),
    ("header members of the wrong type", tokens.token(claims(), RSA, kid=7, nonce=5), {}),
    ("invalid UTF-8 in the header", raw(b'{"alg":"RS256","kid":["\xff\xe2\x82"]}', body()), {}),
    (
        "invalid UTF-8 in the payload",
        raw(HEADER, body(b',"k":"\xe2\x82"')),
        {"role": {"bound_claims": {"k": "\ufffd\ufffd"}}},
    ),
    ("JSON", serialized(), {}),
    ("JSON with a header of the wrong type", serialized(header=[]), {}),
    ("JSON without a payload", serialized(payload=None), {}),
    ("JSON with a nonce", serialized(header={"nonce": "n"}), {}),
    ("JSON with an embedded key", serialized(header={"jwk": {}}), {}),
    ("JSON with newlines in base64", serialized(signature="AA\nAA"), {}),
    ("JSON with signatures of the wrong type", serialized(signatures={}), {}),
]


@pytest.mark.parametrize(("name", "token", "how"), PAST, ids=[row[0] for row in PAST])
def test_past_disagreement(server: Server, mount: str, name: str, token: str, how: dict[str, Any]) -> None:
    verdict = judged(server, mount, token, **how)
    assert verdict.agreed, verdict


@pytest.mark.parametrize("change", [lambda signature: signature[1:], lambda signature: b"\0" + signature, bytes])
def test_leading_zero_of_a_pss_signature(server: Server, mount: str, change: Any) -> None:
    head = tokens.b64(b'{"alg":"PS256"}')
    for number in itertools.count():
        signed = f"{head}.{tokens.b64(body(n=number))}"
        signature = tokens.signature(signed.encode(), RSA, "PS256")
        if signature[0] == 0:
            break
    assert judged(server, mount, f"{signed}.{tokens.b64(change(signature))}").agreed


def test_metadata_of_a_user_that_vault_knows(server: Server, mount: str) -> None:
    """Vault checks metadata only when it creates the user's alias."""
    token = tokens.token(claims(uid="x"), RSA)
    assert judged(server, mount, token).status == 200
    server.write(f"auth/{mount}/role/webapp", {**ROLE, "claim_mappings": {"uid": "a b"}})
    path = f"auth/{mount}/role/webapp"
    verdict = put_to(
        server, mount, "webapp", token, read(server, f"auth/{mount}/config"), read(server, path), users={SUBJECT}
    )
    assert (verdict.status, verdict.vault.status) == (200, 200)
