"""Test the command `hvn rehearse`: its report, exit codes and options."""

import hashlib
import json
import os
import pathlib
import subprocess

import pytest
from click.testing import CliRunner, Result

from hvn.cli import cli
from hvn.rehearsal import terraform
from hvn.topology.made_up_keys import keys as made_up_keys
from tests.conftest import PROJECT, SAMPLE, copy_project
from tests.rehearsal.conftest import NO_TERRAFORM

pytestmark = [pytest.mark.whole, pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)]

EXISTING = PROJECT / "tests" / "topologies" / "existing.yaml"
CLOUD = "{backend: cloud, organization: example, project: platform}"
AZURE = "{backend: azurerm, resource_group: rg-state, storage_account: ststate, container: tfstate}"


def rehearse(*arguments: object) -> Result:
    """Run the command with the sample, unless the arguments name another topology. Return the result."""
    return CliRunner(env={"HVN_TOPOLOGY": str(SAMPLE)}).invoke(cli, ["rehearse", *map(str, arguments)])


def variant(folder: pathlib.Path, *changes: tuple[str, str]) -> pathlib.Path:
    """Write the sample with replaced texts and its key files into a folder, and return the topology file."""
    text = SAMPLE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / "topology.yaml"
    file.write_text(text, encoding="utf-8")
    (folder / "jwks").mkdir()
    for path in (SAMPLE.parent / "jwks").iterdir():
        (folder / "jwks" / path.name).write_bytes(path.read_bytes())
    return file


def test_sample_is_rehearsed_and_reported() -> None:
    result = rehearse()
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["workspace", "resources", "seconds", "second", "plan", "destroyed"] in rows
    (hub,) = (row for row in rows if row[:1] == ["hub"])
    assert (hub[1], hub[3], hub[4]) == ("10", "empty", "yes")
    assert "17 workspaces: built, no changes on second plan, destroyed" in result.stdout
    assert "destroyed  hub" in result.stderr
    assert result.stderr.startswith("synthesized 17 workspaces in ")
    assert len(result.stderr.splitlines()) == 1 + 2 * 17


def test_selection_includes_dependencies_in_the_json_report(tmp_path: pathlib.Path) -> None:
    plans = tmp_path / "plans"
    result = rehearse("aks-pay*", "--fault", "permission-denied", "--format", "json", "--save", plans)
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["ok"], report["left_over"], report["made_up_keys"]) == (True, 0, {})
    assert [workspace["id"] for workspace in report["workspaces"]] == ["hub", "network-payments", "aks-payments"]
    cluster = report["workspaces"][-1]
    line = SAMPLE.read_text(encoding="utf-8").splitlines()[int(cluster["place"].split(":")[-2]) - 1]
    assert line.strip().startswith("cluster:")
    assert cluster["second_plan"] == []
    assert set(cluster["seconds"]) >= {"init", "validate", "plan", "apply", "second plan", "destroy"}
    assert report["workspaces"][0]["fault"]["name"] == "permission-denied"
    assert "AuthorizationFailed" in report["workspaces"][0]["fault"]["seen"][0]["summary"]
    assert sorted(path.name for path in plans.iterdir()) == ["aks-payments.json", "hub.json", "network-payments.json"]
    assert json.loads((plans / "hub.json").read_text())["format_version"].startswith("1.")


def test_existing_resources_are_in_the_cloud() -> None:
    result = rehearse("--topology", EXISTING, "peering-hub")
    assert result.exit_code == 0, result.output


def test_fault_is_reported_with_what_to_do() -> None:
    result = rehearse("hub", "--fault", "interrupted")
    assert "hub with interrupted: Ctrl-C or a cancelled job interrupts the apply" in result.stdout
    assert "to do: apply again." in result.stdout
    assert "The next apply created the remaining resources." in result.stdout


def test_missing_keys_are_made_up_and_reported(tmp_path: pathlib.Path) -> None:
    file = variant(tmp_path)
    (tmp_path / "jwks" / "payments.json").unlink()
    before = sorted((tmp_path / "jwks").iterdir())
    result = rehearse("--topology", file, "--save", tmp_path / "plans", "secrets-*")
    assert result.exit_code == 0, result.output
    _, _, made_up = result.stdout.partition("\nRehearsed with made-up keys; ")
    assert made_up.splitlines()[1].startswith("  vault-auth-payments: the cluster's public keys are missing")
    assert made_up.splitlines()[2] == "  secrets-payments: comes after vault-auth-payments"
    assert " workspaces, 2 of them with made-up keys: built, " in made_up
    assert sorted((tmp_path / "jwks").iterdir()) == before
    auth = (tmp_path / "plans" / "vault-auth-payments.json").read_text(encoding="utf-8")
    (key,) = made_up_keys("payments").pubkeys
    assert json.dumps(key) in auth
    assert json.dumps(key) not in (tmp_path / "plans" / "vault-auth-orders.json").read_text(encoding="utf-8")
    report = json.loads(rehearse("--topology", file, "vault-auth-payments", "--format", "json").stdout)
    assert [*report["made_up_keys"]] == ["vault-auth-payments"]


def test_a_rehearsed_command_does_not_make_up_keys(tmp_path: pathlib.Path) -> None:
    file = variant(tmp_path)
    (tmp_path / "jwks" / "payments.json").unlink()
    listed = json.loads(CliRunner().invoke(cli, ["workspaces", str(file), "--format", "json"]).stdout)["workspaces"]
    assert [one["id"] for one in listed if one["blocked"]] == ["vault-auth-payments", "secrets-payments"]
    done = subprocess.run(
        [PROJECT / "bin" / "hvn", "rehearse", "--topology", file, "--", "bin/cdktf", "list"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "vault-auth-orders" in done.stdout
    assert "vault-auth-payments" not in done.stdout


@pytest.mark.parametrize("backend", [CLOUD, AZURE], ids=["cloud", "azurerm"])
def test_remote_backend_is_never_contacted(backend: str, tmp_path: pathlib.Path) -> None:
    file = variant(tmp_path, ("state:\n  backend: local", f"state: {backend}"))
    result = rehearse("--topology", file, "hub")
    assert result.exit_code == 0, result.output


def test_failure_is_reported_with_line_and_message(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hvn.rehearsal.behaviours import Refusal, peering_permissions

    def never(change: object) -> None:
        del change
        raise Refusal("a summary\x1b[2J of the cloud's", "its detail")

    monkeypatch.setattr(peering_permissions, "LOOK_UP", {"hcp_azure_peering_connection": never})
    from hvn.rehearsal import behaviours

    behaviours._behaviours.cache_clear()
    try:
        result = rehearse("peering-payments", "vso-payments")
    finally:
        monkeypatch.undo()
        behaviours._behaviours.cache_clear()
    assert result.exit_code == 1
    where = next(
        number for number, line in enumerate(SAMPLE.read_text().splitlines(), 1) if line.startswith("  payments:")
    )
    assert f"topology.yaml:{where}:3: peering-payments failed at apply" in result.stdout
    assert (
        "data.hcp_azure_peering_connection.active: a summary\\u{1b}[2J of the cloud's\n    its detail" in result.stdout
    )
    assert "Not reached:\n  vso-payments: " in result.stdout or "vso-payments: aks-payments, peering" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["nothing"], 2, "rehearse: there is no workspace `nothing`: the valid names are: aks-orders"),
        (["--fault", "rain"], 2, "'rain' is not one of"),
        (["hub", "--fault", "peering-not-accepted"], 2, "the rehearsal creates none of them"),
        (["--topology", "/nowhere.yaml"], 2, "/nowhere.yaml"),
        (["--"], 2, "write one command after `--`"),
        (["hub", "--", "true"], 2, "write one command after `--`"),
        (["--", "/nowhere/cdktf"], 2, "/nowhere/cdktf does not start: No such file or directory"),
    ],
)
def test_wrong_use(arguments: list[str], code: int, error: str) -> None:
    result = rehearse(*arguments)
    assert result.exit_code == code
    assert error in result.stderr
    assert result.stdout == ""


def test_folder_that_cannot_be_created_is_a_one_line_error() -> None:
    result = rehearse("hcp", "--save", "/proc/plans")
    assert result.exit_code == 2
    assert "/proc/plans cannot be created" in result.stderr


def test_plan_that_cannot_be_saved_is_a_one_line_error(tmp_path: pathlib.Path) -> None:
    (tmp_path / "hcp.json").mkdir()
    result = rehearse("hcp", "--save", tmp_path)
    assert result.exit_code == 2
    assert "hcp.json cannot be written: Is a directory" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["hcp.json"]


def test_missing_terraform_is_a_one_line_error(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr(terraform, "library", lambda: None)
    monkeypatch.setattr(terraform, "binary", lambda: None)
    for arguments in (["hcp"], ["--", "true"]):
        result = rehearse(*arguments)
        assert result.exit_code == 2
        assert "no Terraform to rehearse with" in result.stderr


def test_topology_with_errors_is_not_rehearsed(tmp_path: pathlib.Path) -> None:
    result = rehearse("--topology", variant(tmp_path, ("10.64.0.0/16", "10.64.0.0/33")))
    assert result.exit_code == 1
    assert "HVN023" in result.stderr


# --- bin/cdktf inside a rehearsal


def fingerprints(folder: pathlib.Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_cdktf_deploy_diff_output_and_destroy_inside(tmp_path: pathlib.Path) -> None:
    root, home = tmp_path / "project", tmp_path / "home"
    copy_project(root, "bin", "config", "hvn", "stacks", "main.py", "cdktf.json")
    for name in (".venv", "node_modules"):
        (root / name).symlink_to(PROJECT / name)
    home.mkdir()
    state = root / "state" / "platform" / "hub.tfstate"
    state.parent.mkdir(parents=True)
    state.write_text("a real one")
    before = fingerprints(root / "state")
    # cdktf-cli mixes the output of several stacks, so the script writes files that the test can read.
    script = "; ".join(
        (
            "set -e",
            "bin/cdktf deploy hub network-payments hcp --auto-approve --outputs-file deployed.json",
            "bin/cdktf diff network-payments | tee diff.txt",
            "bin/cdktf output hub --outputs-file output.json",
            "bin/cdktf destroy network-payments --auto-approve --ignore-missing-stack-dependencies",
            "touch destroyed",
            "bin/cdktf destroy hcp --auto-approve --ignore-missing-stack-dependencies",
            "touch destroyed-what-is-protected",
        )
    )
    done = subprocess.run(
        [root / "bin" / "hvn", "rehearse", "--", "sh", "-c", script],
        cwd=root,
        env=os.environ | {"HOME": str(home), "CI": "1", "TF_CLI_ARGS": "-nonsense"},
        capture_output=True,
        text=True,
        check=False,
    )
    output = done.stdout + done.stderr
    assert (root / "deployed.json").exists(), output[-3000:]
    deployed = json.loads((root / "deployed.json").read_text(encoding="utf-8"))
    assert deployed["network-payments"]["vnet_id"].startswith("/subscriptions/")
    assert "0 to destroy" not in (root / "diff.txt").read_text(encoding="utf-8"), "nothing is left to change"
    assert json.loads((root / "output.json").read_text(encoding="utf-8"))["hub"] == deployed["hub"]
    assert (root / "destroyed").exists(), output[-3000:]
    assert not (root / "destroyed-what-is-protected").exists()
    assert "prevent_destroy" in output, "prevent_destroy holds for a person's command"
    assert done.returncode == 1
    assert fingerprints(root / "state") == before
    assert not (home / ".terraform.d").exists()
    assert not list(root.glob("cdktf.out*/stacks/*/.terraform*"))
    assert not list(root.glob("cdktf.out*/stacks/*/*override*"))


def test_terraform_of_a_script_finds_no_real_state(tmp_path: pathlib.Path) -> None:
    stack = tmp_path / "cdktf.out" / "stacks" / "small"
    stack.mkdir(parents=True)
    backend = {"backend": {"local": {"path": str(tmp_path / "real.tfstate")}}}
    resource = {"azurerm_resource_group": {"one": {"name": "rg-one", "location": "japaneast"}}}
    provider = {"azurerm": [{"features": [{}], "subscription_id": "22222222-2222-4222-8222-222222222222"}]}
    output = {"id": {"value": "${azurerm_resource_group.one.id}"}}
    (stack / "cdk.tf.json").write_text(
        json.dumps({"terraform": backend, "resource": resource, "provider": provider, "output": output})
    )
    script = (
        f"cd {stack} && terraform init >&2 && tofu apply -auto-approve >&2 && cd / && terraform -chdir={stack} output"
    )
    done = subprocess.run(
        [PROJECT / "bin" / "hvn", "rehearse", "--", "sh", "-c", script],
        env=os.environ | {"HVN_TOPOLOGY": str(SAMPLE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "resourceGroups/rg-one" in done.stdout
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["cdk.tf.json", "cdktf.out", "small", "stacks"]


def test_exit_status_is_that_of_the_command() -> None:
    assert rehearse("--", "sh", "-c", "exit 7").exit_code == 7
    assert rehearse("--", "sh", "-c", "kill -TERM $$").exit_code == 128 + 15
