"""`login explain` predicts the answers of mounts with `keys: issuer`. Vault fetches the keys from the issuer over
TLS.
"""

import json
import pathlib
import time
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from hvn.login import messages
from hvn.login.explain import Answer
from hvn.login.login import Result
from tests.keys.issuer import Issuer, issuer
from tests.login import tokens
from tests.login.judge import put
from tests.login.server import Server
from tests.private_keys import rsa_key

KEY, STRANGER = rsa_key(0), rsa_key(1)


@pytest.fixture(scope="module")
def known(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    """Start an issuer with one key, create a mount that trusts this issuer, and yield the issuer."""
    folder: pathlib.Path = tmp_path_factory.mktemp("issuer")
    with issuer(folder) as running:
        public: dict[str, Any] = {**RSAKey.import_key(KEY.public_key()).as_dict(private=False), "kid": "one"}
        running.says(public)
        server.write("sys/auth/by-issuer", {"type": "jwt"})
        ca = (folder / "ca.pem").read_text()
        config = {"oidc_discovery_url": running.url, "bound_issuer": running.url, "oidc_discovery_ca_pem": ca}
        server.write("auth/by-issuer/config", config)
        role = {"role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"]}
        server.write("auth/by-issuer/role/webapp", role)
        yield running


def claims(known: Issuer, **more: Any) -> dict[str, Any]:
    now = int(time.time())
    made = {
        "iss": known.url,
        "sub": "system:serviceaccount:app:default",
        "aud": ["vault"],
        "iat": now,
        "exp": now + 600,
    }
    return {**made, **more}


def signature(answer: Answer) -> Result:
    (result,) = (outcome.result for check, outcome in answer.checks if check.id == "signature")
    return result


@pytest.mark.parametrize("kid", ["one", ""])
def test_valid_token(server: Server, known: Issuer, kid: str) -> None:
    verdict = put(server, "by-issuer", "webapp", tokens.token(claims(known), KEY, kid=kid))
    assert (verdict.status, verdict.vault.allow, signature(verdict.vault)) == (200, True, Result.NOT_CHECKED)


@pytest.mark.parametrize(("private", "kid"), [(STRANGER, "one"), (KEY, "another key")])
def test_signature_by_an_unknown_key(server: Server, known: Issuer, private: Any, kid: str) -> None:
    """Only the server can fetch the keys, so `login explain` reports the signature as not checked."""
    verdict = put(server, "by-issuer", "webapp", tokens.token(claims(known), private, kid=kid))
    assert verdict.error == messages.NOT_VERIFIED.text
    assert signature(verdict.vault) is Result.NOT_CHECKED


@pytest.mark.parametrize(
    "change",
    [
        lambda token: f"Bearer {token}",
        lambda token: f'"{token}"',
        lambda token: token.rsplit(".", 1)[0],
        lambda token: f"{token}=",
        lambda token: token.replace(".", "=.", 1),
        lambda token: f" {token}\n",
        lambda token: f"{token[:-9]}+{token[-8:]}",
        lambda token: "abc",
        lambda token: "bm9wZQ." + token.split(".", 1)[1],
    ],
)
def test_malformed_token(server: Server, known: Issuer, change: Any) -> None:
    assert put(server, "by-issuer", "webapp", change(tokens.token(claims(known), KEY, kid="one"))).agreed


@pytest.mark.parametrize(
    "header", [{"alg": "none"}, {"alg": "HS256"}, {"alg": ""}, {"kid": 7}, {"alg": "RS512"}, {"crit": ["b64"]}]
)
def test_unusual_header(server: Server, known: Issuer, header: dict[str, Any]) -> None:
    full = json.dumps({"alg": "RS256", "kid": "one", **header}).encode()
    token = tokens.signed(full, json.dumps(claims(known)).encode(), KEY, str(header.get("alg", "RS256")))
    assert put(server, "by-issuer", "webapp", token).agreed


HEADERS = (
    b'{"alg":"RS256","kid":"one","jwk":{}}',
    b'{"alg":"RS256","kid":"one","jwk":[]}',
    b'{"alg":"RS256","kid":"one","jwk":{"kty":"rsa"}}',
    b'{"alg":"RS256","kid":"one","jwk":{"kty":"OKP","crv":"X25519","x":"AA"}}',
    b'{"alg":"RS256","kid":"one","jwk":{"kty":"OKP","crv":"Ed25519","x":"AA"}}',
    b'{"alg":"RS256","kid":"one","jwk":{"kty":"EC","crv":"P-512"}}',
    b'{"alg":"RS256","kid":"one","jwk":{"kty":"oct","k":"AA"}}',
    b'{"alg":"RS256","kid":"one","x5c":["AAAA"]}',
    b'{"alg":"RS256","kid":"one","x5c":"x"}',
    b'{"alg":"RS256","kid":["\xff\xe2\x82"]}',
    b'{"alg":"RS256","alg":"RS256"}',
    b'{"alg":"RS256","kid":"one","x":{"a":1,"a":2}}',
    b'{"alg":"RS256","kid":"one","nonce":5,"x":1e999}',
    b'{"alg":"RS256","kid":"one","x":' + b"[" * 12_000 + b"]" * 12_000 + b"}",
)


@pytest.mark.parametrize("header", HEADERS)
def test_header_that_the_other_library_reads(server: Server, known: Issuer, header: bytes) -> None:
    token = tokens.signed(header, json.dumps(claims(known)).encode(), KEY, "RS256")
    assert put(server, "by-issuer", "webapp", token).agreed


@pytest.mark.parametrize(
    "change", [{}, {"header": []}, {"payload": None}, {"header": {"nonce": "n"}}, {"signatures": {}}]
)
def test_json_serialization(server: Server, known: Issuer, change: dict[str, Any]) -> None:
    header, payload, signature = tokens.token(claims(known), KEY, kid="one").split(".")
    whole = {"payload": payload, "protected": header, "signature": signature, **change}
    assert put(server, "by-issuer", "webapp", json.dumps(whole)).agreed


@pytest.mark.parametrize("more", [{"iss": "https://other/"}, {"aud": "x"}, {"exp": 5}, {"sub": 5}])
def test_claims_are_checked_as_with_public_keys(server: Server, known: Issuer, more: dict[str, Any]) -> None:
    verdict = put(server, "by-issuer", "webapp", tokens.token(claims(known, **more), KEY, kid="one"))
    assert verdict.status == 400
    assert verdict.agreed
