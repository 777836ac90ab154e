"""`hvn doctor` explains the messages of the operator and the cluster, and reports if messages are missing."""

from typing import Any

import pytest

from hvn.diagnostics.finding import Level
from hvn.diagnostics.message import plain_text
from hvn.doctor.symptoms import NETWORK, OTHER, SYMPTOMS, translate
from hvn.login import messages
from tests.doctor.machine import ERROR, NOT_CHECKED, PASS, Machine, event, secret

REFUSED = (
    "Failed to get Vault auth login: Error making API request.\n\nURL: PUT https://vault:8200/v1/auth/jwt-payments/login"
    "\nCode: 400. Errors:\n\n* error validating token: invalid audience (aud) claim: audience claim does not match any "
    "expected audience"
)


LOGIN = "Failed to get Vault auth login"


def test_an_error_of_the_network_leads_to_the_network(machine: Machine) -> None:
    events = [
        event("VaultClientConfigError", f"{LOGIN}: dial tcp 172.25.16.4:8200: i/o timeout", "2026-11-26T02:00:00Z")
    ]
    machine.cluster({"vaultstaticsecrets": secret(status="False"), "events": {"items": events}})
    assert machine.results("vso-secrets")[0][2] == "bin/hvn reach payments --to vault"


def test_a_secret_that_is_synced(machine: Machine) -> None:
    machine.cluster({"vaultstaticsecrets": secret(status="True"), "events": {"items": []}})
    assert machine.level("vso-secrets") is PASS


@pytest.mark.parametrize(
    ("healthy", "since", "level"),
    [
        (
            "True",
            "2026-11-26T03:00:00Z",
            PASS,
        ),  # the operator has recovered, but SecretSynced stays False until the secret changes
        ("True", "2026-11-26T01:00:00Z", ERROR),  # no condition shows that the operator could not write the Secret
        ("False", "2026-11-26T03:00:00Z", ERROR),
    ],
)
def test_the_condition_that_is_up_to_date_counts(machine: Machine, healthy: str, since: str, level: Level) -> None:
    conditions = [
        {"type": "SecretSynced", "status": "False", "lastTransitionTime": "2026-11-26T00:30:00Z"},
        {"type": "Healthy", "status": healthy, "lastTransitionTime": since},
    ]
    ours = {"metadata": {"name": "webapp-config"}, "status": {"conditions": conditions}}
    events = {"items": [event("SecretSyncError", "x", "2026-11-26T02:00:00Z")]}
    machine.cluster({"vaultstaticsecrets": {"items": [ours]}, "events": events})
    assert machine.level("vso-secrets") is level


def test_the_newest_warning_is_translated(machine: Machine) -> None:
    events = [
        event("VaultClientError", "Failed to read Vault secret: 403", "2026-11-26T01:00:00Z"),
        event("VaultClientConfigError", REFUSED, "2026-11-26T02:00:00Z"),
        event("SecretSyncError", "of another", "2026-11-26T03:00:00Z", name="other"),
    ]
    machine.cluster({"vaultstaticsecrets": secret(status="False"), "events": {"items": events}})
    (finding,) = machine.findings("vso-secrets")
    assert finding.severity is ERROR
    assert plain_text(cause_of("invalid audience")) in str(finding.message)
    assert str(finding.fix).endswith("bin/hvn login explain payments webapp")
    assert "{" not in str(finding.fix)


def test_the_text_of_the_operator_is_on_one_line(machine: Machine) -> None:
    events = [event("VaultClientConfigError", f"{REFUSED}\r\n\tagain", "2026-11-26T02:00:00Z")]
    machine.cluster({"vaultstaticsecrets": secret(status="False"), "events": {"items": events}})
    message = str(machine.findings("vso-secrets")[0].message)
    assert " Code: 400. Errors: * error validating token: invalid audience" in message
    assert " again: " in message
    assert "\\u{" not in message


def cause_of(text: str) -> str:
    """Return the cause that `hvn doctor` reports for this error text of Vault."""
    (cause,) = {error.cause for error in messages.ALL if text in error.text}
    return cause


def test_a_missing_secret_and_one_without_a_reason(machine: Machine) -> None:
    machine.cluster({"vaultstaticsecrets": {"items": []}})
    level, _, command = machine.results("vso-secrets")[0]
    assert (level, command) == (ERROR, "bin/cdktf deploy secrets-payments")
    machine.cluster({"vaultstaticsecrets": secret(), "events": {"items": []}})
    level, _, command = machine.results("vso-secrets")[0]
    assert (level, command.endswith("-n vault-secrets-operator-system get pods")) == (ERROR, True)


@pytest.mark.parametrize("answer", [{}, {"items": [{}]}, [], "text", None])
def test_an_answer_of_another_form_is_not_checked(machine: Machine, answer: Any) -> None:
    machine.cluster(dict.fromkeys(("vaultstaticsecrets", "serviceaccounts", "vaultconnections", "vaultauths"), answer))
    assert {finding.severity for finding in machine.findings("vso-login")} == {NOT_CHECKED}
    assert machine.level("vso-secrets") is NOT_CHECKED
    assert machine.level("service-accounts") is NOT_CHECKED


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        ("Failed to get cacheKey from obj, err=x", "Failed to get cacheKey from obj"),
        ("Failed to read Vault secret: empty response from Vault, path=x", "empty response from Vault"),
        ("Failed to read Vault secret: Code: 403. Errors: * permission denied", "Failed to read Vault secret"),
        ("something else", ""),
        (f"{LOGIN}: dial tcp: lookup vault.example.com: no such host", "no such host"),
        (f"{LOGIN}: dial tcp 172.25.16.4:8200: i/o timeout", "i/o timeout"),
        (f"{LOGIN}: dial tcp 172.25.16.4:8200: connect: connection refused", "connection refused"),
        (f"{LOGIN}: tls: failed to verify certificate: x509: signed by unknown authority", "x509:"),
    ],
)
def test_texts_of_the_operator_and_the_network(text: str, symptom: str) -> None:
    (expected,) = (each for each in (*NETWORK, *SYMPTOMS, OTHER) if each.text == symptom)
    assert translate(text) is expected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("* error verifying token signature: no known key successfully validated the token signature", "no known key"),
        ('* role "webapp" could not be found', "could not be found"),
        (
            f"{LOGIN}: Code: 400. Errors: * error verifying token signature: fetching keys oidc: get: i/o timeout",
            "fetching keys",
        ),
        (
            f"{LOGIN}: Code: 400. Errors: * error configuring token validator: unsupported config type",
            "error configuring token validator",
        ),
    ],
)
def test_texts_of_vault(text: str, error: str) -> None:
    full = text.replace("* error verifying", "* error validating token: error verifying")
    assert translate(full).cause == cause_of(error)


def test_every_command_has_its_values(machine: Machine) -> None:
    """The message of an object can quote the error of another object. The check does not know the values of the other
    object.
    """
    for symptom in (*NETWORK, *SYMPTOMS, OTHER):
        fix = str(symptom.fix({"context": "c", "namespace": "n", "spoke": "s", "resource": "r"}))
        assert "{" not in fix


def test_a_denied_login_leads_to_the_mount(machine: Machine) -> None:
    events = [
        event("VaultClientConfigError", f"{LOGIN}: Code: 403. Errors:\n\n* permission denied", "2026-11-26T02:00:00Z")
    ]
    machine.cluster({"vaultstaticsecrets": secret(status="False"), "events": {"items": events}})
    assert machine.results("vso-secrets")[0][2].endswith("bin/cdktf deploy vault-auth-payments")


@pytest.mark.parametrize(
    ("stderr", "part", "command"),
    [
        (
            'error: the server doesn\'t have a resource type "vaultstaticsecrets"',
            "is not installed",
            "bin/cdktf deploy vso-payments",
        ),
        (
            'Error from server (Forbidden): vaultstaticsecrets is forbidden: User "me" cannot list',
            'User "me" cannot list',
            "auth can-i --list",
        ),
        ("error: You must be logged in to the server (Unauthorized)", "Unauthorized", "az aks get-credentials"),
        (
            "first\nUnable to connect to the server: dial tcp: i/o timeout",
            "did not answer: Unable to connect",
            "from inside the network",
        ),
        ("", "did not answer", "from inside the network"),
    ],
)
def test_the_error_of_kubectl_is_shown(machine: Machine, stderr: str, part: str, command: str) -> None:
    (machine.folder / "stderr").write_text(stderr)
    machine.tool(
        "kubectl", f'case "$*" in "config get-contexts"*) exit 0;; esac\n/bin/cat {machine.folder}/stderr >&2; exit 1'
    )
    ((level, message, fix),) = machine.results("vso-secrets")
    assert level is NOT_CHECKED
    assert part in message
    assert command in fix


def objects(**status: Any) -> dict[str, Any]:
    return {"items": [{"metadata": {"name": name}, "status": status} for name in ("default", "webapp")]}


@pytest.mark.parametrize(
    ("status", "level", "part"),
    [
        ({"valid": True}, PASS, "valid"),
        ({}, NOT_CHECKED, "not read the object yet"),
        ({"valid": False}, ERROR, "has no reason"),
        ({"valid": False, "error": "no such\nVaultConnection"}, ERROR, "no such VaultConnection"),
        (
            {"valid": False, "conditions": [{"status": "False", "message": "dial tcp: lookup x: no such host"}]},
            ERROR,
            NETWORK[0].cause,
        ),
    ],
)
def test_the_login_objects(machine: Machine, status: dict[str, Any], level: Level, part: str) -> None:
    machine.cluster({"vaultconnections": objects(**status), "vaultauths": objects(**status)})
    results = machine.results("vso-login")
    assert [result for result, _, _ in results] == [level, level]
    assert all(part in message and "{" not in fix for _, message, fix in results)


def test_missing_login_objects_are_deployed(machine: Machine) -> None:
    machine.cluster({"vaultconnections": {"items": []}, "vaultauths": {"items": []}})
    assert [(finding.severity, finding.workspace, str(finding.fix)) for finding in machine.findings("vso-login")] == [
        (ERROR, "vso-payments", "bin/cdktf deploy vso-payments"),
        (ERROR, "secrets-payments", "bin/cdktf deploy secrets-payments"),
    ]


DYNAMIC = """          dynamic_secrets: [{mount: team/database, role: web, destination: database, restart: [{kind: Deployment, name: web}]}]
          certificates: [{mount: pki, role: web, common_name: web.example.com, ttl: 24h, expiry_offset: 1h, destination: tls, restart: [{kind: Deployment, name: web}]}]
"""  # noqa: E501
SYNCED = "            - {path: webapp/config, destination: webapp-config, refresh_after: 30s}\n"
ANSWER = "horizon=5s, err=Error making API request.\n\nURL: GET https://vault:8200/v1/x\nCode: {}. Errors:\n\n* {}"
VDS, PKI = ("VaultDynamicSecret", "database"), ("VaultPKISecret", "tls")


@pytest.fixture
def dynamic(machine: Machine) -> Machine:
    """Return a machine with a secret of each kind in the topology."""
    machine.topology.write_text(machine.topology.read_text().replace(SYNCED, SYNCED + DYNAMIC))
    return machine


def answers(of: tuple[str, str], warnings: list[dict[str, Any]], status: str = "False") -> dict[str, Any]:
    """Return the answers of a cluster in which only the secret of this kind has a problem."""
    named = {"vaultstaticsecrets": "webapp-config", "vaultdynamicsecrets": "database", "vaultpkisecrets": "tls"}
    objects = {
        plural: {
            "items": [
                {
                    "metadata": {"name": name},
                    "status": {"conditions": [{"type": "Healthy", "status": status if name == of[1] else "True"}]},
                }
            ]
        }
        for plural, name in named.items()
    }
    return {**objects, "events": {"items": warnings}}


def warning(of: tuple[str, str], reason: str, message: str) -> dict[str, Any]:
    kind, name = of
    return {
        "type": "Warning",
        "reason": reason,
        "message": message,
        "lastTimestamp": "2026-11-26T02:00:00Z",
        "involvedObject": {"kind": kind, "name": name},
    }


def test_commands_for_a_team_name_the_teams_namespace(dynamic: Machine) -> None:
    text = dynamic.topology.read_text()
    text = text.replace("  kv_mount: kvv2\n", "  kv_mount: kvv2\n  namespaces: {shop: {kv_mount: kv}}\n")
    text = text.replace("        webapp:\n", "        webapp:\n          vault_namespace: shop\n", 1)
    dynamic.topology.write_text(text)
    failed = "Failed to sync the secret, " + ANSWER.format(403, "permission denied")
    dynamic.cluster(answers(VDS, [warning(VDS, "SecretSyncError", failed)]))
    fixes = [fix for level, _, fix in dynamic.results("vso-secrets") if level == ERROR]
    assert fixes == ["vault read -namespace=admin/shop team/database/creds/web"]


@pytest.mark.parametrize("status", [403, 404])
def test_an_existing_policy_may_deny_a_secret(dynamic: Machine, status: int) -> None:
    text = dynamic.topology.read_text()
    dynamic.topology.write_text(
        text.replace("        webapp:\n", "        webapp:\n          more_policies: [shop-hash]\n", 1)
    )
    error = {403: "permission denied", 404: 'no handler for route "x"'}[status]
    dynamic.cluster(
        answers(VDS, [warning(VDS, "SecretSyncError", "Failed to sync the secret, " + ANSWER.format(status, error))])
    )
    (message,) = [message for level, message, _ in dynamic.results("vso-secrets") if level == ERROR]
    assert ("shop-hash" in message) == (status == 403)


@pytest.mark.parametrize(
    ("of", "reason", "message", "command"),
    [
        (VDS, "SecretSyncError", "Failed to sync the secret, " + ANSWER.format(403, "permission denied"),
         "vault read team/database/creds/web"),
        (VDS, "SecretSyncError", "Failed to sync the secret, " + ANSWER.format(400, "unknown role: web"),
         "vault list team/database/roles"),
        (VDS, "SecretSyncError", "Failed to sync the secret, " + ANSWER.format(404, 'no handler for route "x"'),
         "vault secrets list"),
        (VDS, "SecretSyncError", 'Failed to sync the secret, err=template: app/database/URL:1: function "x"',
         "-n app describe vaultdynamicsecret database"),
        (VDS, "VaultClientConfigError", "Failed to get Vault client: " + ANSWER.format(400, "missing role"),
         "bin/hvn login explain payments webapp"),
        (PKI, "K8sClientError", "Failed to issue certificate from Vault: " + ANSWER.format(403, "permission denied"),
         "bin/cdktf diff vault-auth-payments"),
    ],
)  # fmt: skip
def test_warnings_about_dynamic_secrets_and_certificates(
    dynamic: Machine, of: tuple[str, str], reason: str, message: str, command: str
) -> None:
    dynamic.cluster(answers(of, [warning(of, reason, message)]))
    results = dynamic.results("vso-secrets")
    assert [level for level, _, _ in results].count(ERROR) == 1
    ((_, text, fix),) = [result for result in results if result[0] is ERROR]
    assert f"app/{of[1]}" in text
    assert fix.endswith(command)


def test_a_warning_counts_for_its_own_kind_only(dynamic: Machine) -> None:
    other = ("VaultStaticSecret", "tls")
    dynamic.cluster(answers(PKI, [warning(other, "SecretSyncError", "x")], status="True"))
    assert [level for level, _, _ in dynamic.results("vso-secrets")] == [PASS, PASS, PASS]


def test_a_certificate_without_a_reason_leads_to_the_login(dynamic: Machine) -> None:
    dynamic.cluster(answers(PKI, []))
    commands = [fix for level, _, fix in dynamic.results("vso-secrets") if level is ERROR]
    assert commands == ["bin/hvn login explain payments webapp"]
