"""`hvn login explain` from outside: what it prints, how it exits, and what it never prints."""

import json
import pathlib
import shutil
import time
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import rsa

from hvn.cli import cli
from hvn.login.explain import explain as judge
from hvn.login.login import Login
from hvn.login.mount import Mount
from tests.conftest import SAMPLE
from tests.login import tokens

KEY = rsa.generate_private_key(65537, 2048)
ISSUER = "https://japaneast.oic.prod-aks.azure.com/11111111-1111-4111-8111-111111111111/cluster/"


@pytest.fixture
def topology(tmp_path: pathlib.Path) -> pathlib.Path:
    """The sample, with the public key of KEY as that of payments."""
    shutil.copy(SAMPLE, tmp_path)
    numbers = KEY.public_key().public_numbers()
    key = {
        "kty": "RSA",
        "kid": "one",
        "n": tokens.b64(numbers.n.to_bytes(256, "big")),
        "e": tokens.b64(numbers.e.to_bytes(3, "big")),
    }
    (tmp_path / "jwks").mkdir()
    (tmp_path / "jwks" / "payments.json").write_text(json.dumps({"issuer": ISSUER, "keys": [key]}))
    return tmp_path / "topology.yaml"


def claims(**more: Any) -> dict[str, Any]:
    now = int(time.time())
    made = {"iss": ISSUER, "sub": "system:serviceaccount:app:default", "aud": ["vault"], "exp": now + 600, "iat": now}
    return {**made, "nbf": now, **more}


def run(topology: pathlib.Path, *arguments: str, given: str | None = None) -> Result:
    command = ["login", "explain", *arguments, "--topology", str(topology)]
    return CliRunner().invoke(cli, command, input=given)


def told(topology: pathlib.Path, *arguments: str, given: str | None = None) -> dict[str, Any]:
    result = run(topology, *arguments, "--format", "json", given=given)
    found: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == (0 if found["allow"] else 1)
    return found


def test_a_right_token_is_let_in(topology: pathlib.Path) -> None:
    found = told(topology, "payments", "webapp", "--token", "-", given=tokens.token(claims(), KEY))
    assert (found["allow"], found["status"], found["message"]) == (True, 200, "")
    assert {each["result"] for each in found["checks"]} == {"pass"}


def test_the_first_failure_is_the_answer_and_later_ones_are_told(topology: pathlib.Path) -> None:
    token = tokens.token(claims(aud="https://x.hcp.japaneast.azmk8s.io", exp=5), KEY)
    found = told(topology, "payments", "webapp", "--token", "-", given=token)
    failed = [each["id"] for each in found["checks"] if each["result"] == "fail"]
    assert failed == ["audience", "expiration"]
    assert found["status"] == 400
    assert found["message"].startswith("error validating token: invalid audience (aud) claim: audience claim does")
    # The app says no audience in the file: the place is the app.
    line = topology.read_text().splitlines().index("        webapp:") + 1
    assert found["where"] == f"{topology}:{line}:9 spokes.payments.cluster.apps.webapp.audience"


def test_without_a_token_the_manifests_are_judged(topology: pathlib.Path) -> None:
    found = told(topology, "payments", "webapp")
    by_id = {each["id"]: each for each in found["checks"]}
    assert found["allow"]
    assert found["not_checked"] == ["token", "form", "signature", "algorithm"]
    assert by_id["signature"]["result"] == "not checked"
    assert by_id["subject"]["found"] == "system:serviceaccount:app:default"
    assert by_id["audience"]["found"] == "vault"


def test_a_spoke_whose_keys_vault_fetches(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """Neither its keys nor its issuer are in the topology, so nothing is claimed of them."""
    given = tokens.token(claims(sub="system:serviceaccount:checkout:checkout", iss="https://forged/"), KEY)
    found = told(topology, "orders", "checkout", "--token", "-", given=given)
    assert {each["id"] for each in found["checks"] if each["result"] == "not checked"} == {"signature", "issuer"}

    config = tmp_path / "config.json"
    config.write_text(json.dumps({"data": {"oidc_discovery_url": ISSUER, "bound_issuer": ISSUER}}))
    found = told(topology, "orders", "checkout", "--token", "-", "--config", str(config), given=given)
    assert found["message"] == "error validating token: invalid issuer (iss) claim"


def test_at_sets_the_clock(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "claims.json"
    file.write_text(json.dumps(claims(iat=1795661940, nbf=1795661940, exp=1795662000)))
    arguments = ["payments", "webapp", "--claims", str(file)]
    assert told(topology, *arguments, "--at", "2026-11-26T03:00:59Z")["allow"]
    assert told(topology, *arguments, "--at", "1795662060")["allow"]
    late = told(topology, *arguments, "--at", "2026-11-26T12:01:01+09:00")
    assert late["message"] == "error validating token: invalid expiration time (exp) claim: token is expired"


def test_a_mount_and_a_role_that_are_not_in_the_topology(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    config, role = tmp_path / "config.json", tmp_path / "ops.json"
    mount = {"jwt_validation_pubkeys": [tokens.pem(KEY)], "bound_issuer": "", "jwks_pairs": None}
    definition = {
        "role_type": "jwt",
        "user_claim": "sub",
        "bound_audiences": None,
        "bound_subject": "",
        "bound_claims": {"level": 5},
        "clock_skew_leeway": 0,
    }
    config.write_text(json.dumps({"request_id": "x", "data": mount}))
    role.write_text(json.dumps({"data": definition}))
    arguments = ["--config", str(config), "--role", str(role), "--token", "-"]
    assert told(topology, *arguments, given=tokens.token(claims(level=5, aud=[]), KEY))["allow"]
    found = told(topology, *arguments, given=tokens.token(claims(level="5", aud=[]), KEY))
    assert found["message"] == 'error validating claims: claim "level" does not match any associated bound claim values'
    assert found["where"] == ""


def test_what_vault_has_and_the_topology_would_not_refuse_is_to_be_deployed(
    topology: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    role = tmp_path / "webapp.json"
    role.write_text(json.dumps({"data": {"role_type": "jwt", "user_claim": "sub", "bound_audiences": ["old"]}}))
    arguments = ["payments", "webapp", "--role", str(role), "--claims", "-"]
    found = told(topology, *arguments, given=json.dumps(claims()))
    assert "bin/cdktf deploy vault-auth-payments" in found["hint"]
    assert found["where"] == ""
    # Where the topology would refuse it as well, a deploy does not help, and the place in it is told.
    found = told(topology, *arguments, given=json.dumps(claims(aud=["another"])))
    assert "deploy" not in found["hint"]
    assert found["where"]


def test_a_fix_names_the_spoke_that_was_asked_for(topology: pathlib.Path) -> None:
    stranger = rsa.generate_private_key(65537, 2048)
    arguments = ["payments", "webapp", "--token", "-"]
    token = tokens.token(claims(), stranger)
    for fix in (told(topology, *arguments, given=token)["fix"], run(topology, *arguments, given=token).output):
        assert "bin/hvn keys pull payments" in fix
        assert "<spoke>" not in fix


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("\ufeff{}", "byte order mark"),
        ('{{"status": {{"token": "{}"}}}}', "it is JSON"),
        ("-----BEGIN PUBLIC KEY-----", "a key or a certificate"),
    ],
)
def test_what_was_sent_instead_of_a_token(topology: pathlib.Path, given: str, says: str) -> None:
    token = tokens.token(claims(), KEY)
    assert says in run(topology, "payments", "webapp", "--token", "-", given=given.format(token)).output


def test_a_token_in_utf_16_is_told_to_be_none(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(tokens.token(claims(), KEY).encode("utf-16"))
    result = run(topology, "payments", "webapp", "--token", str(file))
    assert (result.exit_code, "PowerShell writes UTF-16" in result.output) == (2, True)


@pytest.mark.parametrize(
    ("left", "added", "says"),
    [
        (171, "", "its signature has 128 bytes where RS256 with these keys has 256: cut off"),
        (342, "AAAA", "its signature has 259 bytes where RS256 with these keys has 256: something was added"),
    ],
)
def test_a_signature_of_another_length_is_no_rotation(topology: pathlib.Path, left: int, added: str, says: str) -> None:
    head, payload, signature = tokens.token(claims(), KEY, kid="two").split(".")
    given = f"{head}.{payload}.{signature[:left]}{added}"
    found = told(topology, "payments", "webapp", "--token", "-", given=given)
    notes = {each["id"]: each["note"] for each in found["checks"]}
    assert says in found["hint"]
    assert says in notes["signature"]


def test_a_topology_with_errors_is_no_refusal(topology: pathlib.Path) -> None:
    topology.write_text(topology.read_text().replace("10.65.0.0/16", "10.64.128.0/17"))
    result = run(topology, "payments", "webapp", "--format", "json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "HVN111" in result.stderr
    assert "--config FILE and --role FILE" in result.stderr


TRAPS = [
    (claims(iss=ISSUER.rstrip("/")), "only the slash at the end differs"),
    (claims(sub="system:serviceaccount:dev:default"), "the service account is in namespace dev, not in app"),
    (claims(sub="system:serviceaccount:app:web"), "the service account is web, not default"),
    (claims(aud='"https://x.azmk8s.io"'), "has quotes in it"),
    (claims(aud=["https://x.hcp.japaneast.azmk8s.io"]), "was requested without audiences"),
    (claims(aud=[]), "the token has no audience"),
    (claims(iss="https://x.hcp.japaneast.azmk8s.io"), "turning that on changes iss"),
]


@pytest.mark.parametrize(("given", "says"), TRAPS, ids=[each[1] for each in TRAPS])
def test_a_trap_has_its_sentence(topology: pathlib.Path, given: dict[str, Any], says: str) -> None:
    result = run(topology, "payments", "webapp", "--claims", "-", given=json.dumps(given))
    assert result.exit_code == 1
    assert says in result.output


def test_a_leeway_that_does_not_do_what_its_name_says(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    role = tmp_path / "webapp.json"
    definition = {"role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"], "expiration_leeway": 3600}
    role.write_text(json.dumps({"data": definition}))
    given = json.dumps(claims(exp=int(time.time()) - 120))
    result = run(topology, "payments", "webapp", "--role", str(role), "--claims", "-", given=given)
    assert result.exit_code == 1
    assert "the role's expiration_leeway does not count: the token has an exp" in result.output


def test_a_role_in_upper_case_is_looked_up_in_lower_case() -> None:
    mount = Mount(pubkeys=(tokens.pem(KEY),))
    login = Login(mount=mount, role_name="WebApp", role=None, token=tokens.token(claims(), KEY), now=time.time())
    answer = judge(login)
    assert answer.message == 'role "webapp" could not be found'
    assert answer.first_failure
    assert "it turns names into lower case" in answer.first_failure[1].note


def test_the_kid_trap_is_told_where_no_key_fits(topology: pathlib.Path) -> None:
    stranger = rsa.generate_private_key(65537, 2048)
    result = run(topology, "payments", "webapp", "--token", "-", given=tokens.token(claims(), stranger, kid="one"))
    assert "kid one is not looked at" in result.output
    assert f"where: {topology.parent}/jwks/payments.json" in result.output
    assert "no known key successfully validated the token signature" in result.output


@pytest.mark.parametrize(
    ("kid", "iss", "says"),
    [
        ("two", ISSUER, "the cluster's keys have rotated"),
        ("two", "https://other/", "a token of another cluster"),
        ("one", ISSUER, "the token was changed on its way"),
        ("", ISSUER, "the token names no key"),
    ],
)
def test_why_no_key_fits(topology: pathlib.Path, kid: str, iss: str, says: str) -> None:
    stranger = rsa.generate_private_key(65537, 2048)
    given = tokens.token(claims(iss=iss), stranger, kid=kid)
    found = told(topology, "payments", "webapp", "--token", "-", given=given)
    assert found["message"].endswith("no known key successfully validated the token signature")
    assert says in found["hint"]


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("crooked", ["", "Bearer ", '"', "x", "{"])
def test_neither_token_nor_signature_is_printed(topology: pathlib.Path, form: str, crooked: str) -> None:
    token = tokens.token(claims(), KEY)
    result = run(topology, "payments", "webapp", "--token", "-", "--format", form, given=crooked + token)
    header, payload, signature = token.split(".")
    assert result.output
    assert not any(part[start : start + 20] in result.output for part in (payload, signature) for start in (0, 40))
    assert header not in result.output


def test_a_token_as_an_argument_is_refused_and_not_repeated(topology: pathlib.Path) -> None:
    token = tokens.token(claims(), KEY)
    result = run(topology, "payments", "webapp", "--token", token)
    assert result.exit_code == 2
    assert "wants a file" in result.output
    assert token[:30] not in result.output


WRONG = [
    (["payments"], "name an app of spoke payments: webapp"),
    (["analytics"], "it has none yet"),
    (["paymnts"], "did you mean `payments`?"),
    ([], "name a spoke and an app"),
    (["paymnts", "webapp"], "did you mean `payments`?"),
    (["payments", "webap"], 'Vault answers 400 `role "webap" could not be found`'),
    (["analytics", "webapp"], "none yet"),
    (["payments", "webapp", "--token", "/nowhere"], "/nowhere cannot be read"),
    (["payments", "webapp", "--token", "-", "--claims", "-"], "not both"),
    (["payments", "webapp", "--at", "noon"], "is no time"),
    (["payments", "webapp", "--at", "2026-11-26T03:00:00"], "has no time zone"),
    (["payments", "webapp", "--at", "9" * 30], "is no time"),
    (["payments", "webapp", "--at", "0001-01-01T00:00:00+05:00"], "is no time"),
    (["payments", "webapp", "--at", "9999-12-31T23:59:59-05:00"], "is no time"),
    (["payments", "webapp", "--claims", "-"], "is not JSON"),
    (["payments", "webapp", "--config", "/nowhere"], "cannot be read"),
    (["payments", "webapp", "--role", str(SAMPLE)], "is not JSON"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[" ".join(each[0])[:50] or "nothing" for each in WRONG])
def test_what_cannot_run_says_so_in_one_line(topology: pathlib.Path, arguments: list[str], says: str) -> None:
    result = run(topology, *arguments, given="nonsense")
    assert result.exit_code == 2
    assert says in result.output
    assert result.output.count("\n") == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("value", ["Infinity", "-Infinity", "NaN"])
def test_a_role_with_a_number_that_is_none(topology: pathlib.Path, tmp_path: pathlib.Path, value: str) -> None:
    role = tmp_path / "webapp.json"
    role.write_text(f'{{"data": {{"role_type": "jwt", "user_claim": "sub", "clock_skew_leeway": {value}}}}}')
    result = run(topology, "payments", "webapp", "--role", str(role), "--claims", "-", given=json.dumps(claims()))
    assert isinstance(result.exception, SystemExit)
    assert (result.exit_code, result.output.count("\n")) == (2, 1)


def test_a_pointer_with_a_digit_that_is_none(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    role = tmp_path / "webapp.json"
    bound = {"role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"], "bound_claims": {"/aud/²": "vault"}}
    role.write_text(json.dumps({"data": bound}))
    found = told(topology, "payments", "webapp", "--role", str(role), "--claims", "-", given=json.dumps(claims()))
    assert found["message"] == 'error validating claims: claim "/aud/²" is missing'


def test_a_spoke_without_keys_has_no_mount(topology: pathlib.Path) -> None:
    (topology.parent / "jwks" / "payments.json").unlink()
    result = run(topology, "payments", "webapp")
    assert result.exit_code == 2
    assert "is held back" in result.output


def test_hostile_claims_do_not_reach_the_terminal(topology: pathlib.Path) -> None:
    hostile = claims(sub="\x1b[31mred\u202e", iss="x\ny")
    result = run(topology, "payments", "webapp", "--claims", "-", given=json.dumps(hostile))
    assert result.exit_code == 1
    assert "\x1b[31m" not in result.output
    assert "\u202e" not in result.output
