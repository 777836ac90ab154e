"""Test logins that OpenBao answers differently from Vault (sources: hvn/login/openbao.py)."""

from typing import Any

import pytest

from tests.login import tokens
from tests.login.samples import HEADER, RSA, body, claims, judged, raw
from tests.login.server import Server

DIFFERENCES: list[tuple[str, str, dict[str, Any], int, int]] = [
    ("a claim in another case", tokens.token(claims(SUB="x"), RSA), {}, 200, 400),
    (
        "an empty audience",
        tokens.token(claims(aud=""), RSA),
        {"role": {"bound_audiences": []}},
        200,
        400,
    ),
    (
        "aud as a string in claim_mappings",
        tokens.token(claims(aud="vault"), RSA),
        {"role": {"claim_mappings": {"aud": "audience"}}},
        200,
        400,
    ),
]
NAMES = [("a..b", "relative paths not supported"), (".", 'role "." could not be found')]


@pytest.mark.parametrize(("name", "token", "how", "vault", "bao"), DIFFERENCES, ids=[row[0] for row in DIFFERENCES])
def test_difference_between_vault_and_openbao(
    server: Server, mount: str, name: str, token: str, how: dict[str, Any], vault: int, bao: int
) -> None:
    verdict = judged(server, mount, token, **how)
    assert verdict.agreed, verdict
    assert (verdict.vault.status, verdict.status) == (vault, bao)


@pytest.mark.parametrize(("name", "error"), NAMES)
def test_role_names_in_vault(server: Server, mount: str, name: str, error: str) -> None:
    verdict = judged(server, mount, tokens.token(claims(), RSA), name=name)
    assert verdict.agreed
    assert verdict.vault.message == error != verdict.error


def test_nesting_in_vault(server: Server, mount: str) -> None:
    verdict = judged(server, mount, raw(HEADER, body(b',"n":' + b"[" * 10_000 + b"]" * 10_000)))
    assert verdict.error == "error validating token: exceeded max depth"
    assert verdict.vault.message == "error validating token: invalid character '[' exceeded max depth"
