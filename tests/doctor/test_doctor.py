"""Run `hvn doctor` with scripts that replace the tools. A check does not pass if it cannot read its data."""

import json
import os
import socket
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from hvn.diagnostics.finding import Finding, Level
from hvn.diagnostics.to_json import as_object
from hvn.doctor.checks import modules
from tests.doctor.machine import CONTEXT, ERROR, NOT_CHECKED, PASS, Machine, event, secret
from tests.keys.issuer import Issuer
from tests.topology.test_jwks import rsa_key


def test_nothing_passes_on_an_empty_machine(machine: Machine) -> None:
    names = [module.RULE.name for module in modules()]
    assert len(names) >= 9
    for name in names:
        reported = machine.findings(name)
        assert reported
        assert PASS not in {finding.severity for finding in reported}, name


@pytest.mark.parametrize(("version", "level"), [("1.5.9", ERROR), ("1.6.0", PASS), ("1.15.1-dev", PASS), ("2.0", PASS)])
def test_the_version_of_terraform(machine: Machine, version: str, level: Level) -> None:
    machine.tool("terraform", f"""echo '{{"terraform_version": "{version}"}}'""")
    assert machine.results("tools")[0][0] is level


def test_a_terraform_without_a_version_is_not_checked(machine: Machine) -> None:
    machine.tool("terraform", "exit 1")
    assert machine.results("tools")[0][0] is NOT_CHECKED


SECRET = "hunter2-hunter2"  # noqa: S105
CREDENTIALS: list[tuple[int, dict[str, str], Level]] = [
    (0, {"ARM_CLIENT_ID": "x", "ARM_CLIENT_SECRET": SECRET}, PASS),
    (0, {"ARM_CLIENT_ID": "x", "ARM_USE_OIDC": "true"}, PASS),
    (0, {"ARM_CLIENT_ID": "x"}, ERROR),
    (0, {}, ERROR),
    (1, {"HCP_CLIENT_ID": "x", "HCP_CLIENT_SECRET": SECRET}, PASS),
    (1, {"HCP_CLIENT_ID": "x"}, ERROR),
    (1, {"HCP_CRED_FILE": "/nowhere"}, ERROR),
    (2, {"VAULT_ADDR": "https://vault:8200", "VAULT_TOKEN": SECRET}, PASS),
    (2, {"VAULT_ADDR": "http://vault:8200", "VAULT_TOKEN": SECRET}, ERROR),
    (2, {"VAULT_TOKEN": SECRET}, ERROR),
]


@pytest.mark.parametrize(("index", "variables", "level"), CREDENTIALS)
def test_credentials(machine: Machine, index: int, variables: dict[str, str], level: Level) -> None:
    machine.environment |= variables
    reported = machine.findings("credentials")
    assert reported[index].severity is level
    assert SECRET not in str(reported)


def test_the_keys_of_vaults_streams(machine: Machine) -> None:
    assert len(machine.findings("credentials")) == 3, "the sample has no streams"
    text = machine.topology.read_text(encoding="utf-8")
    streams = "  kv_mount: kvv2\n  metrics: {type: datadog, region: us1}\n"
    machine.topology.write_text(text.replace("  kv_mount: kvv2\n", streams), encoding="utf-8")
    missing = machine.findings("credentials")[3]
    assert missing.severity is ERROR
    assert "TF_VAR_vault_metrics_key" in str(missing.fix)
    machine.environment["TF_VAR_vault_metrics_key"] = SECRET
    present = machine.findings("credentials")[3]
    assert present.severity is PASS
    assert SECRET not in str(present)


@pytest.mark.parametrize(("script", "level"), [("exit 0", PASS), ("exit 1", ERROR)])
def test_the_login_of_the_azure_cli(machine: Machine, script: str, level: Level) -> None:
    machine.tool("az", script)
    assert machine.results("credentials")[0][0] is level


@pytest.mark.parametrize(("mode", "level"), [(0o600, PASS), (0o644, ERROR), (0o620, ERROR)])
def test_a_kubeconfig_that_others_read(machine: Machine, mode: int, level: Level) -> None:
    file = machine.folder / ".kube" / "config"
    file.parent.mkdir()
    file.touch()
    file.chmod(mode)
    assert machine.level("kubeconfig-mode") is level
    machine.environment["KUBECONFIG"] = f"{file}{os.pathsep}/nowhere"
    assert [each[0] for each in machine.results("kubeconfig-mode")] == [level, NOT_CHECKED]


def test_a_port_that_answers_and_one_that_does_not(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        machine.environment["VAULT_ADDR"] = f"https://localhost:{server.getsockname()[1]}"
        assert machine.results("private-endpoints")[0][0] is PASS
    level, message, _ = machine.results("private-endpoints")[0]
    assert (level, "does not answer on port" in message) == (ERROR, True)


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("https://no-such-host.invalid:8200", "does not resolve"),
        ("https://8.8.8.8:8200", "public address: 8.8.8.8"),
        ("https://[", "not a URL"),
        ("", "VAULT_ADDR is not set"),
    ],
)
def test_an_invalid_address_of_vault(machine: Machine, address: str, part: str) -> None:
    machine.environment["VAULT_ADDR"] = address
    assert part in machine.results("private-endpoints")[0][1]


@pytest.mark.parametrize("address", ["100.64.0.1", "10.0.0.4"])
def test_shared_address_space_is_not_public(machine: Machine, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError

    monkeypatch.setattr(socket, "create_connection", refuse)
    machine.environment["VAULT_ADDR"] = f"https://{address}:8200"
    assert "does not answer on port 8200" in machine.results("private-endpoints")[0][1]


def test_the_server_of_the_clusters_own_context_is_tried(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://127.0.0.1:{server.getsockname()[1]}"
        machine.cluster({"view": {"clusters": [{"cluster": {"server": url}}]}})
        assert machine.results("private-endpoints")[1][0] is PASS
    # The check does not use the context of another cluster.
    level, message, command = machine.results("private-endpoints", "orders")[1]
    assert level is NOT_CHECKED
    assert "aks-platform-orders" in message
    assert command.startswith("az aks get-credentials")


@pytest.mark.parametrize(("names", "level"), [(["default"], PASS), (["web"], ERROR), ([], ERROR)])
def test_the_service_account(machine: Machine, names: list[str], level: Level) -> None:
    machine.cluster({"serviceaccounts": {"items": [{"metadata": {"name": name}} for name in names]}})
    assert machine.level("service-accounts") is level
    assert f"--context {CONTEXT} " in (machine.folder / "calls").read_text()


@pytest.mark.parametrize(
    ("script", "level"),
    [
        ("""echo '[{"name": "x", "url": "https://helm.releases.hashicorp.com/"}]'""", PASS),
        ("""echo '[{"name": "hashicorp", "url": "https://charts.example.com"}]'""", ERROR),
        ("exit 1", ERROR),
        ("echo no list", NOT_CHECKED),
    ],
)
def test_the_helm_repository(machine: Machine, script: str, level: Level) -> None:
    machine.tool("helm", script)
    assert machine.level("helm-repository") is level


def test_the_keys(machine: Machine, public: Issuer) -> None:
    key, other = rsa_key()[0], {**rsa_key()[0], "kid": "two"}
    file = machine.folder / "jwks" / "payments.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"issuer": public.url, "keys": [key]}))
    public.says(key)
    assert machine.level("cluster-keys") is PASS
    public.says(key, other)
    assert machine.level("cluster-keys") is ERROR
    public.answers.clear()
    assert machine.level("cluster-keys") is NOT_CHECKED


# --- the command


def run(machine: Machine, *arguments: str) -> Any:
    everything = {**dict.fromkeys(os.environ), **machine.environment}
    command = ["doctor", *arguments, "--topology", str(machine.topology)]
    return CliRunner(env=everything).invoke(cli, command)


def test_the_command_exits_with_1_and_groups_by_check(machine: Machine) -> None:
    result = run(machine, "payments")
    assert result.exit_code == 1, result.output
    lines = result.output.splitlines()
    headings = [line for line in lines if line.startswith("HVN")]
    assert headings == [f"{module.RULE.id} {module.RULE.name}" for module in modules()]
    reported = json.loads(run(machine, "payments", "--format", "json").stdout)
    assert sum(line.startswith("  ") and line.strip().startswith("next: ") for line in lines) == len(reported)
    assert lines[-2].startswith("0 passed, ")


def test_a_fresh_clone_gets_one_line_for_each_check_and_one_next_step(machine: Machine) -> None:
    lines = run(machine).stdout.splitlines()
    assert len(lines) <= 15
    assert [line.split()[1] for line in lines if line.startswith("HVN")] == [module.RULE.name for module in modules()]
    assert lines[-1] == "next: install Terraform 1.6 or newer"
    assert sum(line.startswith("next: ") for line in lines) == 1


def test_the_next_step_follows_the_order_of_a_deployment(machine: Machine) -> None:
    def step() -> str:
        return str(run(machine).stdout.splitlines()[-1])

    machine.tool("terraform", """echo '{"terraform_version": "1.15.0"}'""")
    assert "az login" in step()
    machine.environment |= {"ARM_CLIENT_ID": "x", "ARM_USE_OIDC": "true"}
    assert "HCP_CLIENT_ID" in step()
    machine.environment |= {"HCP_CLIENT_ID": "x", "HCP_CLIENT_SECRET": SECRET}
    assert "bin/cdktf deploy hcp" in step()
    machine.environment |= {"VAULT_ADDR": "https://no-such-host.invalid:8200", "VAULT_TOKEN": SECRET}
    assert "section 4" in step()


def test_the_json_has_the_keys_of_every_finding(machine: Machine) -> None:
    machine.environment["VAULT_ADDR"] = "http://vault:8200"
    machine.tool("terraform", """echo '{"terraform_version": "1.15.0"}'""")
    result = run(machine, "payments", "--format", "json")
    reported = json.loads(result.stdout)
    assert {finding["id"] for finding in reported} == {module.RULE.id for module in modules()}
    assert {finding["level"] for finding in reported} == {"pass", "error", "not checked"}
    for finding in reported:
        assert list(finding) == list(as_object(Finding(rule=modules()[0].RULE, message="")))
        assert bool(finding["fix"]) is (finding["level"] != "pass")
        assert finding["why"]
    terraform = reported[0]
    assert (terraform["id"], terraform["facts"]) == ("HVN701", {"version": "1.15.0"})
    account = next(finding for finding in reported if finding["id"] == "HVN707")
    assert account["path"] == "spokes.payments.cluster.apps.webapp"


def test_an_unknown_spoke(machine: Machine) -> None:
    result = run(machine, "paymnts")
    assert result.exit_code == 2
    assert "did you mean 'payments'?" in result.output


def test_hostile_text_of_a_cluster_does_not_reach_the_terminal(machine: Machine) -> None:
    events = [event("X", "\x1b[31mred", "2026-11-26T01:00:00Z")]
    machine.cluster({"vaultstaticsecrets": secret(status="False"), "events": {"items": events}})
    assert "\x1b[31mred" not in run(machine, "payments").output
