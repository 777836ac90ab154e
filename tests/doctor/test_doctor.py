"""`hvn doctor`: what it says with stand-ins for the tools, and that it never says "fine" of what it did not see."""

import json
import os
import socket
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from hvn.doctor.checks import checks
from hvn.doctor.said import State
from tests.doctor.machine import CONTEXT, FINE, NOT_CHECKED, WRONG, Machine, event, secret
from tests.keys.issuer import Issuer
from tests.topology.test_jwks import rsa_key


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
