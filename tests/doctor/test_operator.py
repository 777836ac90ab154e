"""What `hvn doctor` makes of what the operator and the cluster say, and of what they do not."""

from typing import Any

import pytest

from hvn.doctor.said import State
from hvn.doctor.symptoms import translate
from tests.doctor.machine import FINE, NOT_CHECKED, WRONG, Machine, event, secret

REFUSED = (
    "Failed to get Vault auth login: Error making API request.\n\nURL: PUT https://vault:8200/v1/auth/jwt-payments/login"
    "\nCode: 400. Errors:\n\n* error validating token: invalid audience (aud) claim: audience claim does not match any "
    "expected audience"
)


LOGIN = "Failed to get Vault auth login"


def test_what_the_network_says_leads_to_the_network(machine: Machine) -> None:
    events = [
        event("VaultClientConfigError", f"{LOGIN}: dial tcp 172.25.16.4:8200: i/o timeout", "2026-11-26T02:00:00Z")
    ]
    machine.cluster({"vaultstaticsecrets": secret(status="False"), "events": {"items": events}})
    assert machine.says("operator_says")[0][2] == "bin/hvn reach payments --to vault"


def test_a_secret_that_is_synced(machine: Machine) -> None:
    machine.cluster({"vaultstaticsecrets": secret(status="True"), "events": {"items": []}})
    assert machine.state("operator_says") is FINE


@pytest.mark.parametrize(
    ("healthy", "since", "state"),
    [
        ("True", "2026-11-26T03:00:00Z", FINE),  # it recovered, and SecretSynced stays False until the secret changes
        ("True", "2026-11-26T01:00:00Z", WRONG),  # the Secret could not be written: no condition says so
        ("False", "2026-11-26T03:00:00Z", WRONG),
    ],
)
def test_the_condition_that_is_up_to_date_counts(machine: Machine, healthy: str, since: str, state: State) -> None:
    conditions = [
        {"type": "SecretSynced", "status": "False", "lastTransitionTime": "2026-11-26T00:30:00Z"},
        {"type": "Healthy", "status": healthy, "lastTransitionTime": since},
    ]
    ours = {"metadata": {"name": "webapp-config"}, "status": {"conditions": conditions}}
    events = {"items": [event("SecretSyncError", "x", "2026-11-26T02:00:00Z")]}
    machine.cluster({"vaultstaticsecrets": {"items": [ours]}, "events": events})
    assert machine.state("operator_says") is state


def test_the_newest_warning_is_translated(machine: Machine) -> None:
    events = [
        event("VaultClientError", "Failed to read Vault secret: 403", "2026-11-26T01:00:00Z"),
        event("VaultClientConfigError", REFUSED, "2026-11-26T02:00:00Z"),
        event("SecretSyncError", "of another", "2026-11-26T03:00:00Z", name="other"),
    ]
    machine.cluster({"vaultstaticsecrets": secret(status="False"), "events": {"items": events}})
    ((state, message, then),) = machine.says("operator_says")
    assert state is WRONG
    assert "none of the token's audiences is one of the role's" in message
    assert "bin/hvn login explain payments webapp" in then
    assert "{" not in then


def test_no_secret_and_no_word(machine: Machine) -> None:
    machine.cluster({"vaultstaticsecrets": {"items": []}})
    assert "there is no VaultStaticSecret" in machine.says("operator_says")[0][1]
    machine.cluster({"vaultstaticsecrets": secret(), "events": {"items": []}})
    assert "is the operator running?" in machine.says("operator_says")[0][1]


@pytest.mark.parametrize("answer", [{}, {"items": [{}]}, [], "text", None])
def test_an_answer_of_another_form_is_not_checked(machine: Machine, answer: Any) -> None:
    machine.cluster(dict.fromkeys(("vaultstaticsecrets", "serviceaccounts", "vaultconnections", "vaultauths"), answer))
    assert {each[0] for each in machine.says("login_objects")} == {NOT_CHECKED}
    assert machine.state("operator_says") is NOT_CHECKED
    assert machine.state("service_accounts") is NOT_CHECKED


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Failed to get cacheKey from obj, err=x", "before the login"),
        ("Failed to read Vault secret: empty response from Vault, path=x", "there is no secret at this path"),
        ("Failed to read Vault secret: Code: 403. Errors: * permission denied", "the policy, mount or namespace"),
        ("* error verifying token signature: no known key successfully validated the token signature", "keys rotated"),
        ('* role "webapp" could not be found', "no role of this name"),
        ("something else", "not a known one"),
        (f"{LOGIN}: Code: 403. Errors:\n\n* permission denied", "no such namespace or mount"),
        (
            f"{LOGIN}: Code: 400. Errors: * error verifying token signature: fetching keys oidc: get: i/o timeout",
            "could not fetch the issuer's keys",
        ),
        (
            f"{LOGIN}: Code: 400. Errors: * error configuring token validator: unsupported config type",
            "of another kind than its role",
        ),
        (f"{LOGIN}: dial tcp: lookup vault.example.com: no such host", "Vault was not asked"),
        (f"{LOGIN}: dial tcp 172.25.16.4:8200: i/o timeout", "route, peering or firewall"),
        (f"{LOGIN}: dial tcp 172.25.16.4:8200: connect: connection refused", "not on this port"),
        (f"{LOGIN}: tls: failed to verify certificate: x509: signed by unknown authority", "does not trust"),
    ],
)
def test_symptoms(text: str, cause: str) -> None:
    full = text.replace("* error verifying", "* error validating token: error verifying")
    assert cause in translate(full).cause


def test_a_login_that_is_denied_leads_to_the_mount(machine: Machine) -> None:
    events = [
        event("VaultClientConfigError", f"{LOGIN}: Code: 403. Errors: * permission denied", "2026-11-26T02:00:00Z")
    ]
    machine.cluster({"vaultstaticsecrets": secret(status="False"), "events": {"items": events}})
    assert machine.says("operator_says")[0][2].startswith("bin/cdktf deploy vault-auth-payments")


@pytest.mark.parametrize(
    ("stderr", "says", "then"),
    [
        (
            'error: the server doesn\'t have a resource type "vaultstaticsecrets"',
            "the operator is not there",
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
            "no answer: Unable to connect",
            "from inside",
        ),
        ("", "gave no answer", "from inside the network"),
    ],
)
def test_what_kubectl_complains_of_is_told(machine: Machine, stderr: str, says: str, then: str) -> None:
    (machine.folder / "stderr").write_text(stderr)
    machine.tool(
        "kubectl", f'case "$*" in "config get-contexts"*) exit 0;; esac\n/bin/cat {machine.folder}/stderr >&2; exit 1'
    )
    ((state, message, following),) = machine.says("operator_says")
    assert state is NOT_CHECKED
    assert says in message
    assert then in following


def accepted(**status: Any) -> dict[str, Any]:
    return {"items": [{"metadata": {"name": name}, "status": status} for name in ("default", "webapp")]}


@pytest.mark.parametrize(
    ("status", "state", "says"),
    [
        ({"valid": True}, FINE, "valid"),
        ({}, NOT_CHECKED, "has not looked at it yet"),
        ({"valid": False}, WRONG, "nothing says why"),
        ({"valid": False, "error": "no such VaultConnection"}, WRONG, "no such VaultConnection"),
        (
            {"valid": False, "conditions": [{"status": "False", "message": "dial tcp: lookup x: no such host"}]},
            WRONG,
            "Vault was not asked",
        ),
    ],
)
def test_what_a_login_needs_in_the_cluster(machine: Machine, status: dict[str, Any], state: State, says: str) -> None:
    machine.cluster({"vaultconnections": accepted(**status), "vaultauths": accepted(**status)})
    said = machine.says("login_objects")
    assert [each[0] for each in said] == [state, state]
    assert all(says in each[1] and "{" not in each[2] for each in said)


def test_what_a_login_needs_and_is_not_there(machine: Machine) -> None:
    machine.cluster({"vaultconnections": {"items": []}, "vaultauths": {"items": []}})
    assert [(state, then) for state, _, then in machine.says("login_objects")] == [
        (WRONG, "bin/cdktf deploy vso-payments"),
        (WRONG, "bin/cdktf deploy secrets-payments"),
    ]
