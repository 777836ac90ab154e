"""`hvn doctor`: what it says with stand-ins for the tools, and that it never says "fine" of what it did not see."""

import json
import os
import pathlib
import shutil
import socket
from collections.abc import Mapping
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from hvn.doctor.checks import checks, findings
from hvn.doctor.said import State
from hvn.doctor.situation import Situation
from hvn.doctor.symptoms import translate
from hvn.options import require
from tests.conftest import SAMPLE
from tests.keys.issuer import Issuer
from tests.topology.test_jwks import rsa_key

FINE, WRONG, NOT_CHECKED = State.FINE, State.WRONG, State.NOT_CHECKED
CONTEXT = "aks-platform-payments"


class Machine:
    """A machine with the tools that a test puts there, and an environment of its own."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.environment: dict[str, str] = {"PATH": str(self.bin), "HOME": str(folder)}
        self.topology = folder / "topology.yaml"
        shutil.copy(SAMPLE, self.topology)

    def tool(self, name: str, script: str) -> None:
        file = self.bin / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def cluster(self, answers: Mapping[str, Any]) -> None:
        """A kubectl that knows payments' context, and answers by the kind that is asked for."""
        for kind, answer in answers.items():
            (self.folder / kind).write_text(json.dumps(answer))
        self.tool(
            "kubectl",
            f'echo "$*" >> {self.folder}/asked\n'
            f'case "$*" in\n"config get-contexts {CONTEXT} -o name") exit 0;;\n"config get-contexts"*) exit 1;;\nesac\n'
            f'for word; do if [ -f "{self.folder}/$word" ]; then read -r line < "{self.folder}/$word"; '
            'printf "%s" "$line"; exit 0; fi; done; exit 1',
        )

    def says(self, check: str, spoke: str = "payments") -> list[tuple[State, str, str]]:
        # Without the keys: their issuer is a server of this machine here, which a check refuses.
        situation = Situation(
            require(self.topology, keys=self.folder / "none"), self.topology, (spoke,), self.environment
        )
        said = findings(check, situation)
        assert all(each.next for each in said if each.state is not FINE), "every finding has a next step"
        return [(each.state, each.message, each.next) for each in said]

    def state(self, check: str) -> State:
        ((state, _, _),) = self.says(check)
        return state


@pytest.fixture
def machine(tmp_path: pathlib.Path) -> Machine:
    return Machine(tmp_path)


def test_nothing_is_fine_on_an_empty_machine(machine: Machine) -> None:
    names = [name for name, _ in checks()]
    assert len(names) >= 8
    for name in names:
        said = machine.says(name)
        assert said
        assert FINE not in {state for state, _, _ in said}, name


@pytest.mark.parametrize(("version", "state"), [("1.5.9", WRONG), ("1.6.0", FINE), ("1.15.1-dev", FINE), ("2.0", FINE)])
def test_the_version_of_terraform(machine: Machine, version: str, state: State) -> None:
    machine.tool("terraform", f"""echo '{{"terraform_version": "{version}"}}'""")
    assert machine.says("tools")[0][0] is state


def test_a_terraform_that_says_nothing_is_not_checked(machine: Machine) -> None:
    machine.tool("terraform", "exit 1")
    assert machine.says("tools")[0][0] is NOT_CHECKED


SECRET = "hunter2-hunter2"  # noqa: S105
CREDENTIALS: list[tuple[int, dict[str, str], State]] = [
    (0, {"ARM_CLIENT_ID": "x", "ARM_CLIENT_SECRET": SECRET}, FINE),
    (0, {"ARM_CLIENT_ID": "x", "ARM_USE_OIDC": "true"}, FINE),
    (0, {"ARM_CLIENT_ID": "x"}, WRONG),
    (0, {}, WRONG),
    (1, {"HCP_CLIENT_ID": "x", "HCP_CLIENT_SECRET": SECRET}, FINE),
    (1, {"HCP_CLIENT_ID": "x"}, WRONG),
    (1, {"HCP_CRED_FILE": "/nowhere"}, WRONG),
    (2, {"VAULT_ADDR": "https://vault:8200", "VAULT_TOKEN": SECRET}, FINE),
    (2, {"VAULT_ADDR": "http://vault:8200", "VAULT_TOKEN": SECRET}, WRONG),
    (2, {"VAULT_TOKEN": SECRET}, WRONG),
]


@pytest.mark.parametrize(("index", "given", "state"), CREDENTIALS)
def test_credentials(machine: Machine, index: int, given: dict[str, str], state: State) -> None:
    machine.environment |= given
    said = machine.says("credentials")
    assert said[index][0] is state
    assert SECRET not in str(said)


@pytest.mark.parametrize(("script", "state"), [("exit 0", FINE), ("exit 1", WRONG)])
def test_the_login_of_the_azure_cli(machine: Machine, script: str, state: State) -> None:
    machine.tool("az", script)
    assert machine.says("credentials")[0][0] is state


@pytest.mark.parametrize(("mode", "state"), [(0o600, FINE), (0o644, WRONG), (0o620, WRONG)])
def test_a_kubeconfig_that_others_read(machine: Machine, mode: int, state: State) -> None:
    file = machine.folder / ".kube" / "config"
    file.parent.mkdir()
    file.touch()
    file.chmod(mode)
    assert machine.state("kubeconfig_mode") is state
    machine.environment["KUBECONFIG"] = f"{file}{os.pathsep}/nowhere"
    assert [each[0] for each in machine.says("kubeconfig_mode")] == [state, NOT_CHECKED]


def test_a_port_that_answers_and_one_that_does_not(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        machine.environment["VAULT_ADDR"] = f"https://localhost:{server.getsockname()[1]}"
        assert machine.says("reachable")[0][0] is FINE
    state, message, _ = machine.says("reachable")[0]
    assert (state, "does not answer on port" in message) == (WRONG, True)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://no-such-host.invalid:8200", "does not resolve here"),
        ("https://8.8.8.8:8200", "is public here"),
        ("https://[", "is no URL"),
        ("", "VAULT_ADDR is not set"),
    ],
)
def test_an_address_of_vault_that_is_none(machine: Machine, address: str, says: str) -> None:
    machine.environment["VAULT_ADDR"] = address
    assert says in machine.says("reachable")[0][1]


@pytest.mark.parametrize("address", ["100.64.0.1", "10.0.0.4"])
def test_shared_address_space_is_not_public(machine: Machine, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError

    monkeypatch.setattr(socket, "create_connection", refuse)
    machine.environment["VAULT_ADDR"] = f"https://{address}:8200"
    assert "does not answer on port 8200" in machine.says("reachable")[0][1]


def test_the_server_of_the_clusters_own_context_is_tried(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://127.0.0.1:{server.getsockname()[1]}"
        machine.cluster({"view": {"clusters": [{"cluster": {"server": url}}]}})
        assert machine.says("reachable")[1][0] is FINE
    # The context of another cluster is not taken for it.
    state, message, then = machine.says("reachable", "orders")[1]
    assert state is NOT_CHECKED
    assert "aks-platform-orders" in message
    assert then.startswith("az aks get-credentials")


@pytest.mark.parametrize(("names", "state"), [(["default"], FINE), (["web"], WRONG), ([], WRONG)])
def test_the_service_account(machine: Machine, names: list[str], state: State) -> None:
    machine.cluster({"serviceaccounts": {"items": [{"metadata": {"name": name}} for name in names]}})
    assert machine.state("service_accounts") is state
    assert f"--context {CONTEXT} " in (machine.folder / "asked").read_text()


@pytest.mark.parametrize(
    ("script", "state"),
    [
        ("""echo '[{"name": "x", "url": "https://helm.releases.hashicorp.com/"}]'""", FINE),
        ("""echo '[{"name": "hashicorp", "url": "https://charts.example.com"}]'""", WRONG),
        ("exit 1", WRONG),
        ("echo no list", NOT_CHECKED),
    ],
)
def test_the_helm_repository(machine: Machine, script: str, state: State) -> None:
    machine.tool("helm", script)
    assert machine.state("helm_repository") is state


def test_the_keys(machine: Machine, public: Issuer) -> None:
    key, other = rsa_key()[0], {**rsa_key()[0], "kid": "two"}
    file = machine.folder / "jwks" / "payments.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"issuer": public.url, "keys": [key]}))
    public.says(key)
    assert machine.state("cluster_keys") is FINE
    public.says(key, other)
    assert machine.state("cluster_keys") is WRONG
    public.answers.clear()
    assert machine.state("cluster_keys") is NOT_CHECKED


# --- what the operator says


def secret(**condition: str) -> dict[str, Any]:
    status = {"conditions": [{"type": "SecretSynced", **condition}]} if condition else {}
    return {"items": [{"metadata": {"name": "webapp-config"}, "status": status}]}


def event(reason: str, message: str, when: str, name: str = "webapp-config") -> dict[str, Any]:
    about = {"kind": "VaultStaticSecret", "name": name}
    return {"type": "Warning", "reason": reason, "message": message, "lastTimestamp": when, "involvedObject": about}


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


# --- the command


def run(machine: Machine, *arguments: str) -> Any:
    everything = {**dict.fromkeys(os.environ), **machine.environment}
    command = ["doctor", *arguments, "--topology", str(machine.topology)]
    return CliRunner(env=everything).invoke(cli, command)


def test_the_command_exits_1_and_says_next(machine: Machine) -> None:
    result = run(machine, "payments")
    assert result.exit_code == 1, result.output
    assert "next: " in result.output
    assert " 0 fine" in f" {result.output.splitlines()[-1]}"
    found = json.loads(run(machine, "payments", "--format", "json").stdout)
    assert {each["check"] for each in found} == {name for name, _ in checks()}
    assert {each["state"] for each in found} == {"wrong", "not checked"}


def test_a_spoke_that_is_not_there(machine: Machine) -> None:
    result = run(machine, "paymnts")
    assert result.exit_code == 2
    assert "did you mean `payments`?" in result.output


def test_hostile_text_of_a_cluster_does_not_reach_the_terminal(machine: Machine) -> None:
    events = [event("X", "\x1b[31mred", "2026-11-26T01:00:00Z")]
    machine.cluster({"vaultstaticsecrets": secret(status="False"), "events": {"items": events}})
    assert "\x1b[31mred" not in run(machine, "payments").output
