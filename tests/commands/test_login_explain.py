"""Test the report and the exit codes of `hvn login explain`, and check that its output contains no secrets."""

import json
import pathlib
import re
from typing import Any

import pytest

from tests.conftest import SAMPLE
from tests.login import tokens
from tests.login.command import ISSUER, KEY, STRANGER, claims, explained, of_claims, of_token, role_file, run, sample


@pytest.fixture
def topology(tmp_path: pathlib.Path) -> pathlib.Path:
    return sample(tmp_path)


def test_valid_token_is_allowed(topology: pathlib.Path) -> None:
    answer = of_token(topology, tokens.token(claims(), KEY))
    assert (answer["allow"], answer["certain"], answer["status"], answer["message"]) == (True, True, 200, "")
    assert {check["result"] for check in answer["checks"]} == {"pass"}


def test_all_failures_are_listed_in_order(topology: pathlib.Path) -> None:
    token = tokens.token(claims(aud="https://x.hcp.japaneast.azmk8s.io", exp=5), KEY)
    answer = of_token(topology, token)
    assert [failure["id"] for failure in answer["failures"]] == ["audience", "expiration"]
    assert [check["id"] for check in answer["checks"] if check["result"] == "fail"] == ["audience", "expiration"]
    assert answer["message"].startswith("error validating token: invalid audience (aud) claim")
    for key in ("cause", "fix", "where"):
        assert answer[key] == answer["failures"][0][key]
    # The file does not set an audience for the app, so the finding has the app's path.
    line = topology.read_text().splitlines().index("        webapp:") + 1
    assert answer["where"] == f"{topology}:{line}:9 spokes.payments.cluster.apps.webapp.audience"

    last = run(topology, "payments", "webapp", "--token", "-", stdin=token).output.split("\n\n")[-1]
    assert re.findall(r"^(\d)\. ([\w-]+)$", last, re.MULTILINE) == [("1", "audience"), ("2", "expiration")]
    for failure in answer["failures"]:
        assert f"cause: {failure['cause']}" in last
        assert f"fix: {failure['fix']}" in last


def test_manifests_are_judged_without_a_token(topology: pathlib.Path) -> None:
    answer = explained(topology, "payments", "webapp")
    checks = {check["id"]: check for check in answer["checks"]}
    assert (answer["allow"], answer["certain"]) == (True, False)
    assert answer["not_checked"] == answer["depends_on"] == ["token", "form", "signature", "algorithm"]
    assert checks["subject"]["actual"] == "system:serviceaccount:app:default"
    assert checks["audience"]["actual"] == "vault"


def test_the_content_of_an_existing_policy_is_unknown(topology: pathlib.Path) -> None:
    line = "            - {path: webapp/config, destination: webapp-config, refresh_after: 30s}\n"
    more = "          more_policies: [shop-transit]\n"
    topology.write_text(topology.read_text().replace(line, line + more))
    (policies,) = [check for check in explained(topology, "payments", "webapp")["checks"] if check["id"] == "policies"]
    assert (policies["result"], policies["actual"]) == ("pass", "platform_payments_webapp_read, shop-transit")
    assert "content unknown: shop-transit" in policies["note"]
    assert policies["note"] in run(topology, "payments", "webapp").output


def test_refusal_depends_on_earlier_checks_that_were_not_made(topology: pathlib.Path) -> None:
    answer = of_claims(topology, claims(aud=["x"]))
    assert (answer["status"], answer["certain"]) == (400, False)
    assert answer["depends_on"] == ["token", "form", "signature", "algorithm"]
    output = run(topology, "payments", "webapp", "--claims", "-", stdin=json.dumps(claims(aud=["x"]))).output
    verdict = next(line for line in output.splitlines() if line.startswith("Vault refuses"))
    assert "token, form, signature, algorithm" in verdict
    certain = of_token(topology, tokens.token(claims(aud=["x"]), KEY))
    assert (certain["certain"], certain["depends_on"]) == (True, [])


@pytest.mark.parametrize(
    ("ranges", "address", "allow", "depends_on"),
    [
        (["10.0.0.0/8"], None, True, ["address"]),
        (["10.0.0.0/8"], "10.64.0.4", True, []),
        (["10.0.0.0/8"], "::ffff:10.64.0.4", True, []),
        (["10.64.0.4:8443"], "10.64.0.4", True, []),
        (["10.0.0.0/33", "10.0.0.0/8"], "10.64.0.4", True, []),
        (["10.0.0.0/8"], "192.0.2.1", False, []),
        (["10.0.0.0/33"], "10.0.0.1", False, []),
        (["10.0.0.0/33"], None, False, []),
    ],
)
def test_address(
    topology: pathlib.Path,
    tmp_path: pathlib.Path,
    ranges: list[str],
    address: str | None,
    allow: bool,
    depends_on: list[str],
) -> None:
    more = ["--role", role_file(tmp_path, token_bound_cidrs=ranges), *(["--address", address] if address else [])]
    answer = of_token(topology, tokens.token(claims(), KEY), *more)
    assert (answer["allow"], answer["depends_on"]) == (allow, depends_on)
    assert answer["status"] == (200 if allow else 403)


def test_spoke_whose_keys_vault_fetches(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """The topology contains neither keys nor issuer of a spoke with `keys: issuer`."""
    token = tokens.token(claims(sub="system:serviceaccount:checkout:checkout", iss="https://forged/"), KEY)
    arguments = ["orders", "checkout", "--token", "-"]
    answer = explained(topology, *arguments, stdin=token)
    assert answer["not_checked"] == ["signature", "issuer"]

    config = tmp_path / "config.json"
    config.write_text(json.dumps({"data": {"oidc_discovery_url": ISSUER, "bound_issuer": ISSUER}}))
    answer = explained(topology, *arguments, "--config", str(config), stdin=token)
    assert answer["message"] == "error validating token: invalid issuer (iss) claim"


def test_time_sets_the_clock(topology: pathlib.Path) -> None:
    expiring = claims(iat=1795661940, nbf=1795661940, exp=1795662000)
    assert of_claims(topology, expiring, "--time", "2026-11-26T03:00:59Z")["allow"]
    assert of_claims(topology, expiring, "--time", "1795662060")["allow"]
    late = of_claims(topology, expiring, "--time", "2026-11-26T12:01:01+09:00")
    assert late["message"] == "error validating token: invalid expiration time (exp) claim: token is expired"


def test_mount_and_role_outside_the_topology(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    config = tmp_path / "config.json"
    mount = {"jwt_validation_pubkeys": [tokens.pem(KEY)], "bound_issuer": "", "jwks_pairs": None}
    config.write_text(json.dumps({"request_id": "x", "data": mount}))
    role = role_file(tmp_path, bound_audiences=None, bound_subject="", bound_claims={"level": 5}, clock_skew_leeway=0)
    arguments = ["--config", str(config), "--role", role, "--token", "-"]
    assert explained(topology, *arguments, stdin=tokens.token(claims(level=5, aud=[]), KEY))["allow"]
    answer = explained(topology, *arguments, stdin=tokens.token(claims(level="5", aud=[]), KEY))
    assert (
        answer["message"] == 'error validating claims: claim "level" does not match any associated bound claim values'
    )
    assert answer["where"] == ""


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        ({"token_policies": ["default", "Root"]}, 400, "auth methods cannot create root tokens"),
        ({"token_policies": ["response-wrapping"]}, 400, 'cannot assign policy "response-wrapping"'),
        ({"claim_mappings": {"iss": "two words"}}, 500, "invalid alias metadata: failed to load metadata pair"),
    ],
)
def test_roles_that_vault_accepts_and_no_login_passes(
    topology: pathlib.Path, tmp_path: pathlib.Path, fields: dict[str, Any], status: int, message: str
) -> None:
    answer = of_token(topology, tokens.token(claims(), KEY), "--role", role_file(tmp_path, **fields))
    assert answer["status"] == status
    assert answer["message"].startswith(message)


def test_commands_in_fixes_name_the_spoke(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    token = tokens.token(claims(), STRANGER)
    assert "bin/hvn keys pull payments" in of_token(topology, token)["fix"]

    config = tmp_path / "config.json"
    config.write_text(json.dumps({"data": {"jwt_validation_pubkeys": [tokens.pem(KEY)], "bound_issuer": "https://x"}}))
    arguments = ["--config", str(config), "--role", role_file(tmp_path), "--token", "-"]
    expired = tokens.token(claims(exp=5), STRANGER)
    assert len(explained(topology, *arguments, stdin=expired)["failures"]) == 3
    for form in ("json", "text"):
        output = run(topology, *arguments, "--format", form, stdin=expired).output
        assert "<spoke>" not in output
        assert "vault-auth-" not in output


def test_json_has_no_markdown(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    role = role_file(tmp_path, bound_claims={"a": 1}, groups_claim="g", user_claim="u", token_policies=["root"])
    bad = tokens.token(claims(iss="x", sub="x", aud=["x"], exp=5), STRANGER)
    for more in ((), ("--role", role)):
        output = run(topology, "payments", "webapp", "--token", "-", *more, "--format", "json", stdin=bad).output
        assert len(json.loads(output)["failures"]) > 3
        assert "`" not in output
        assert "**" not in output


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("prefix", ["", "Bearer ", '"', "x", "{"])
def test_neither_token_nor_signature_is_printed(topology: pathlib.Path, form: str, prefix: str) -> None:
    token = tokens.token(claims(), KEY)
    result = run(topology, "payments", "webapp", "--token", "-", "--format", form, stdin=prefix + token)
    header, payload, signature = token.split(".")
    assert result.output
    assert not any(part[start : start + 20] in result.output for part in (payload, signature) for start in (0, 40))
    assert header not in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["--token", "{token}"],
        ["--token", "Bearer {token}"],
        ["--token", "bearer  {token}"],
        ["--token=Bearer {token}"],
        ["--token", "Bearer", "{token}"],
        ["--claims", "{token}"],
        ["--token", "hvs.CAESIJ8XkZ2n"],
        ["{token}"],
    ],
)
def test_token_as_an_argument_is_refused_and_not_repeated(topology: pathlib.Path, arguments: list[str]) -> None:
    token = tokens.token(claims(), KEY)
    result = run(topology, "payments", "webapp", *(argument.format(token=token) for argument in arguments))
    assert result.exit_code == 2
    assert "--token -" in result.output
    assert result.output.count("\n") == 1
    assert "eyJ" not in result.output
    assert "CAESI" not in result.output


WRONG = [
    (["payments"], ["webapp"]),
    (["analytics"], ["analytics", "none"]),
    (["paymnts"], ["payments"]),
    ([], ["--config", "--role"]),
    (["paymnts", "webapp"], ["payments"]),
    (["payments", "webap"], ['role "webap" could not be found']),
    (["analytics", "webapp"], ["none yet"]),
    (["payments", "webapp", "--token", "/nowhere"], ["/nowhere"]),
    (["payments", "webapp", "--token", "/nowhere/keyjson_data.json"], ["/nowhere"]),
    (["payments", "webapp", "--token", "bearer-token.txt"], ["bearer-token.txt cannot be read"]),
    (["payments", "webapp", "--token", "-", "--claims", "-"], ["--token", "--claims"]),
    (["payments", "webapp", "--address", "10.0.0.0/8"], ["--address 10.0.0.0/8"]),
    (["payments", "webapp", "--address", "vault"], ["--address vault"]),
    (["payments", "webapp", "--time", "noon"], ["--time noon"]),
    (["payments", "webapp", "--time", "2026-11-26T03:00:00"], ["Z for UTC"]),
    (["payments", "webapp", "--time", "9" * 30], ["--time 9999"]),
    (["payments", "webapp", "--time", "0001-01-01T00:00:00+05:00"], ["--time 0001"]),
    (["payments", "webapp", "--time", "9999-12-31T23:59:59-05:00"], ["--time 9999"]),
    (["payments", "webapp", "--claims", "-"], ["--claims", "JSON"]),
    (["payments", "webapp", "--config", "/nowhere"], ["--config /nowhere"]),
    (["payments", "webapp", "--role", str(SAMPLE)], ["--role", "JSON"]),
]


@pytest.mark.parametrize(("arguments", "parts"), WRONG, ids=[" ".join(row[0])[:50] or "nothing" for row in WRONG])
def test_errors_are_one_line(topology: pathlib.Path, arguments: list[str], parts: list[str]) -> None:
    result = run(topology, *arguments, stdin="nonsense")
    assert result.exit_code == 2
    for part in parts:
        assert part in result.output
    assert result.output.count("\n") == 1
    assert "`" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_topology_with_errors_is_not_a_refusal(topology: pathlib.Path) -> None:
    topology.write_text(topology.read_text().replace("10.65.0.0/16", "10.64.128.0/17"))
    result = run(topology, "payments", "webapp", "--format", "json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "HVN111" in result.stderr
    assert "--config FILE and --role FILE" in result.stderr


def test_spoke_without_keys_has_no_mount(topology: pathlib.Path) -> None:
    (topology.parent / "jwks" / "payments.json").unlink()
    result = run(topology, "payments", "webapp")
    assert result.exit_code == 2
    assert "vault-auth-payments is blocked" in result.output


def test_every_option_has_a_help_text() -> None:
    output = run(pathlib.Path("x"), "--help").output
    summary = output.split("\n\n")[1].strip().splitlines()
    assert len(summary) == 1
    assert len(summary[0]) < 60
    options = re.split(r"\n  (?=--)", output.partition("Options:")[2])
    assert len(options) > 8
    for option in options[1:]:
        assert len(option.split()) > 3, option
