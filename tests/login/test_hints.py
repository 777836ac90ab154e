"""`hvn login explain` prints hints about frequent mistakes."""

import json
import pathlib
import time
from typing import Any

import pytest

from hvn.login.explain import explain
from hvn.login.login import Login
from hvn.login.mount import Mount
from tests.login import tokens
from tests.login.command import ISSUER, KEY, STRANGER, claims, of_claims, of_token, role_file, run, sample


@pytest.fixture
def topology(tmp_path: pathlib.Path) -> pathlib.Path:
    return sample(tmp_path)


def notes(answer: dict[str, Any]) -> dict[str, str]:
    return {check["id"]: check["note"] for check in answer["checks"]}


@pytest.mark.parametrize(
    ("sent", "part"),
    [
        ("\ufeff{}", "byte order mark"),
        ('{{"status": {{"token": "{}"}}}}', "jq -r .status.token"),
        ("-----BEGIN PUBLIC KEY-----", "key or a certificate"),
        ("Bearer {}", "Bearer"),
        ('"{}"', "quotes"),
        ("hvs.CAESI", "Vault token"),
        ("a.b", "cut off"),
    ],
)
def test_something_else_instead_of_a_token(topology: pathlib.Path, sent: str, part: str) -> None:
    answer = of_token(topology, sent.format(tokens.token(claims(), KEY)))
    assert answer["failures"][0]["id"] == "form"
    assert part in notes(answer)["form"]


def test_token_in_utf_16(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(tokens.token(claims(), KEY).encode("utf-16"))
    result = run(topology, "payments", "webapp", "--token", str(file))
    assert (result.exit_code, "PowerShell writes UTF-16" in result.output) == (2, True)


@pytest.mark.parametrize(
    ("kept", "added", "parts"),
    [(171, "", ["128 bytes", "256", "cut off"]), (342, "AAAA", ["259 bytes", "256", "added"])],
)
def test_signature_of_another_length_is_not_a_rotation(
    topology: pathlib.Path, kept: int, added: str, parts: list[str]
) -> None:
    head, payload, signature = tokens.token(claims(), KEY, kid="two").split(".")
    answer = of_token(topology, f"{head}.{payload}.{signature[:kept]}{added}")
    for part in parts:
        assert part in answer["hint"]
        assert part in notes(answer)["signature"]


@pytest.mark.parametrize(
    ("kid", "iss", "part"),
    [
        ("two", ISSUER, "rotated"),
        ("two", "https://other/", "another cluster"),
        ("one", ISSUER, "changed in transit"),
        ("", ISSUER, "does not name a key"),
    ],
)
def test_why_no_key_matches(topology: pathlib.Path, kid: str, iss: str, part: str) -> None:
    answer = of_token(topology, tokens.token(claims(iss=iss), STRANGER, kid=kid))
    assert answer["message"].endswith("no known key successfully validated the token signature")
    assert part in answer["hint"]
    assert answer["where"] == f"{topology.parent}/jwks/payments.json"


def test_ignored_kid(topology: pathlib.Path) -> None:
    answer = of_token(topology, tokens.token(claims(), STRANGER, kid="one"))
    assert "ignores kid one" in notes(answer)["signature"]


CLAIMS = [
    ({"iss": ISSUER.rstrip("/")}, "issuer", "trailing slash"),
    ({"iss": "https://x.hcp.japaneast.azmk8s.io"}, "issuer", "OIDC issuer"),
    ({"sub": "system:serviceaccount:dev:default"}, "subject", "namespace dev, not in app"),
    ({"sub": "system:serviceaccount:app:web"}, "subject", "web, not default"),
    ({"aud": '"https://x.azmk8s.io"'}, "audience", "quotes"),
    ({"aud": ["https://x.hcp.japaneast.azmk8s.io"]}, "audience", "without audiences"),
    ({"aud": []}, "audience", "no audience"),
]


@pytest.mark.parametrize(("changed", "check", "part"), CLAIMS, ids=[row[2] for row in CLAIMS])
def test_claims(topology: pathlib.Path, changed: dict[str, Any], check: str, part: str) -> None:
    answer = of_claims(topology, claims(**changed))
    assert answer["failures"][0]["id"] == check
    assert part in notes(answer)[check]


def test_leeway_without_effect(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    role = role_file(tmp_path, expiration_leeway=3600)
    answer = of_claims(topology, claims(exp=int(time.time()) - 120), "--role", role)
    assert "expiration_leeway has no effect" in notes(answer)["expiration"]


def test_role_in_upper_case_is_looked_up_in_lower_case() -> None:
    mount = Mount(pubkeys=(tokens.pem(KEY),))
    login = Login(mount=mount, role_name="WebApp", role=None, token=tokens.token(claims(), KEY), now=time.time())
    answer = explain(login)
    assert answer.message == 'role "webapp" could not be found'
    assert "lower case" in answer.failures[0][1].note


def test_role_in_vault_that_the_topology_would_change(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    role = role_file(tmp_path, bound_audiences=["old"])
    answer = of_claims(topology, claims(), "--role", role)
    assert "bin/cdktf deploy vault-auth-payments" in answer["hint"]
    assert answer["where"] == ""
    # If the topology's mount and role would also refuse the login, the answer does not contain the hint to deploy.
    answer = of_claims(topology, claims(aud=["another"]), "--role", role)
    assert "deploy" not in answer["hint"]
    assert answer["where"]


def test_json_of_claims_alone(topology: pathlib.Path) -> None:
    file = topology.parent / "claims.json"
    file.write_text(json.dumps(claims()))
    assert run(topology, "payments", "webapp", "--claims", str(file)).exit_code == 0
