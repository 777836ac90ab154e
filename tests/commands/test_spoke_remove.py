"""`hvn spoke remove` prints the order of destruction, and the commit from which the user can destroy a deleted
spoke."""

import json
import pathlib
import shutil
import subprocess

import pytest
from click.testing import CliRunner, Result

from hvn import cdktf
from hvn.cli import cli
from tests.conftest import SAMPLE
from tests.kinds.test_shared_vnet import APPS, EXISTING, shared

DESTROY = "HVN_TOPOLOGY="
"""The beginning of a command for a topology that is not the default file."""


def remove(name: str, file: pathlib.Path) -> Result:
    return CliRunner().invoke(cli, ["spoke", "remove", name, "--topology", str(file)])


def destroyed(output: str) -> list[str]:
    """Return the workspaces to destroy, in the printed order. Fails if the printed command does not name all of
    them."""
    (command,) = [line.split()[3:] for line in output.splitlines() if line.strip().startswith(DESTROY)]
    listed = output.partition("with these resources:\n\n")[2].splitlines()
    order = [line.split()[0] for line in listed if line.startswith("  ")]
    assert sorted(word for word in command if not word.startswith("--")) == sorted(order)
    return order


def without(name: str) -> str:
    """Return the text of the sample without one spoke."""
    before, _, rest = SAMPLE.read_text(encoding="utf-8").partition(f"  {name}:")
    after = rest.partition("\n\n")[2]
    return f"{before.rstrip()}\n{after}"


def git(folder: pathlib.Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)  # noqa: S607


def commit(folder: pathlib.Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


@pytest.fixture
def history(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return a repository with the spoke `orders` in the first commit. The second commit removes the spoke."""
    file = tmp_path / "config" / "topology.yaml"
    file.parent.mkdir()
    git(tmp_path, "init", "--quiet")
    for text, message in (
        (SAMPLE.read_text(encoding="utf-8"), "Add the network"),
        (without("orders"), "Take orders out"),
        (without("orders") + "# a comment\n", "Add a comment"),
    ):
        file.write_text(text, encoding="utf-8")
        commit(tmp_path, message)
    return file


def test_an_existing_spoke_is_destroyed_in_reverse_order() -> None:
    result = remove("payments", SAMPLE)
    assert result.exit_code == 0
    assert destroyed(result.output) == [
        "secrets-payments",
        "vso-payments",
        "vault-auth-payments",
        "aks-payments",
        "peering-payments",
        "network-payments",
    ]
    assert "git switch" not in result.output


def test_a_protected_cluster_is_unprotected_before_its_destruction(history: pathlib.Path) -> None:
    for file, before in ((SAMPLE, DESTROY), (history, "git switch --detach")):
        lines = [line.strip() for line in remove("orders", file).output.splitlines()]
        at = lines.index("set spokes.orders.cluster.prevent_destroy: false in the file")
        assert lines[at + 1].startswith(DESTROY)
        assert any(line.startswith(before) for line in lines[: at + 2])
    assert "git restore" in remove("orders", history).output
    assert "prevent_destroy" not in remove("analytics", SAMPLE).output


def test_only_the_spokes_own_workspaces_are_destroyed() -> None:
    assert destroyed(remove("analytics", SAMPLE).output) == ["network-analytics"]


def test_peerings_of_other_spokes_are_removed_first(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "config" / "topology.yaml"
    file.parent.mkdir()
    peering = "    peerings: {lab: {spoke: analytics}}\n    cidr: 10.65.0.0/16\n"
    file.write_text(SAMPLE.read_text(encoding="utf-8").replace("    cidr: 10.65.0.0/16\n", peering), encoding="utf-8")
    output = remove("analytics", file).output
    assert destroyed(output) == ["network-analytics"]
    before, destroy, _ = output.partition("bin/cdktf destroy")
    assert "spokes.orders.peerings.lab" in before
    assert "bin/cdktf deploy network-orders" in before
    assert destroy
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, "Add the network")
    file.write_text(without("analytics"), encoding="utf-8")
    commit(tmp_path, "Take analytics out")
    output = remove("analytics", file).output
    assert f"bin/cdktf destroy network-analytics --{cdktf.IGNORE_MISSING}\n" in output
    assert "bin/cdktf deploy network-orders` with the current file" in output


def test_a_deleted_spoke_is_destroyed_from_the_newest_commit_with_it(history: pathlib.Path) -> None:
    result = remove("orders", history)
    assert result.exit_code == 0
    assert "(Add the network)" in result.output
    lines = [line.strip() for line in result.output.splitlines()]
    first, last = lines.index("git switch -"), next(at for at, line in enumerate(lines) if "--detach" in line)
    assert last < lines.index(next(line for line in lines if line.startswith(DESTROY))) < first
    sha = lines[last].split()[-1]
    shown = subprocess.run(
        ["git", "show", "--no-patch", "--format=%s", sha],  # noqa: S607
        cwd=history.parent,
        check=True,
        capture_output=True,
        text=True,
    )
    assert shown.stdout.strip() == "Add the network"


def test_an_unknown_spoke_is_an_error_with_the_known_names(history: pathlib.Path) -> None:
    result = remove("orderz", history)
    assert result.exit_code == 2
    assert "'orderz'" in result.output
    assert "analytics, payments" in result.output
    assert result.output.count("\n") == 1


def test_the_history_follows_links_and_renames(history: pathlib.Path, tmp_path: pathlib.Path) -> None:
    link = tmp_path / "elsewhere" / "mine.yaml"
    link.parent.mkdir()
    link.symlink_to(history)
    assert "(Add the network)" in remove("orders", link).output
    renamed = history.with_name("réseau.yaml")
    history.rename(renamed)
    commit(tmp_path, "Give it another name")
    assert "(Add the network)" in remove("orders", renamed).output


def test_a_merge_can_be_the_last_commit_with_a_spoke(tmp_path: pathlib.Path) -> None:
    """A merge adds the spoke `orders`, and the next commit removes the spoke."""
    file = tmp_path / "topology.yaml"
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    text = without("orders")
    file.write_text(text, encoding="utf-8")
    commit(tmp_path, "Begin")
    git(tmp_path, "switch", "--quiet", "--create", "orders")
    file.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    commit(tmp_path, "Add orders")
    git(tmp_path, "switch", "--quiet", "main")
    file.write_text(f"# a head\n{text}", encoding="utf-8")
    commit(tmp_path, "Write a head")
    git(tmp_path, "merge", "--quiet", "--no-ff", "--message", "Merge orders", "orders")
    file.write_text(f"# a head\n{text}", encoding="utf-8")
    commit(tmp_path, "Take orders out")
    assert "(Merge orders)" in remove("orders", file).output


@pytest.mark.parametrize("end", ["\x0b", "\x85", "\u2028", "\r"])
def test_a_subject_may_contain_other_line_separators(tmp_path: pathlib.Path, end: str) -> None:
    file = tmp_path / "topology.yaml"
    git(tmp_path, "init", "--quiet")
    for text, message in ((SAMPLE.read_text(encoding="utf-8"), f"Add{end}it"), (without("orders"), "Take orders out")):
        file.write_text(text, encoding="utf-8")
        commit(tmp_path, message)
    assert destroyed(remove("orders", file).output)[-1] == "network-orders"


ALL_OF_PAYMENTS = [f"{kind}-payments" for kind in ("secrets", "vso", "vault-auth", "aks", "peering", "network")]


def test_deleted_keys_are_read_from_the_commit_with_the_spoke(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "config" / "topology.yaml"
    shutil.copytree(SAMPLE.parent / "jwks", file.with_name("jwks"))
    git(tmp_path, "init", "--quiet")
    file.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    commit(tmp_path, "Add the network")
    file.write_text(without("payments"), encoding="utf-8")
    shutil.rmtree(file.with_name("jwks"))
    commit(tmp_path, "Take payments out")
    result = remove("payments", file)
    assert destroyed(result.output) == ALL_OF_PAYMENTS
    assert "blocked" not in result.output


def test_blocked_workspaces_are_listed_and_not_in_the_command(tmp_path: pathlib.Path) -> None:
    """Without the cluster's keys, bin/cdktf refuses to destroy these workspaces by name."""
    file = tmp_path / "topology.yaml"
    file.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    result = remove("payments", file)
    assert destroyed(result.output) == ["vso-payments", "aks-payments", "peering-payments", "network-payments"]
    assert "vault-auth-payments, secrets-payments are blocked" in result.output
    assert "restore jwks/payments.json first" in result.output
    (line,) = (line.strip() for line in result.output.splitlines() if "bin/cdktf destroy" in line)
    # Without the option, bin/cdktf would refuse: a blocked workspace may have been deployed.
    environment = {"HVN_TOPOLOGY": str(file), "TERRAFORM_BINARY_NAME": "/bin/true"}
    runs, _ = cdktf.prepare(line.split()[2:], environment, tmp_path)
    assert len(runs) == 1
    arguments = ["spoke", "remove", "payments", "--topology", str(file), "--format", "json"]
    document = json.loads(CliRunner().invoke(cli, arguments).output)
    assert document["blocked"] == ["secrets-payments", "vault-auth-payments"]
    assert document["destroy"][0] == "vso-payments"


def test_outside_of_a_repository_there_is_no_history(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text(without("orders"), encoding="utf-8")
    result = remove("orders", file)
    assert result.exit_code == 2
    assert "'orders'" in result.output


def test_json_has_the_commit_and_the_order(history: pathlib.Path) -> None:
    arguments = ["spoke", "remove", "orders", "--topology", str(history), "--format", "json"]
    document = json.loads(CliRunner().invoke(cli, arguments).output)
    assert len(document["commit"]) == 40
    assert document["destroy"][0] == "secrets-orders"
    assert document["destroy"][-1] == "network-orders"


EXISTING_HUB = """\
  existing:
    vnet_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub
    cidrs: [10.0.0.0/22]
    firewall_private_ip: 10.0.0.4
    private_dns_zone_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-hub/providers/Microsoft.Network/privateDnsZones/privatelink.japaneast.azmk8s.io
    runners_cidr: 10.0.0.64/27
    gateway: true
  vault_peering: {transit_pools: [transit]}
"""  # noqa: E501 - ids of resources


def test_the_owners_of_an_existing_hub_delete_their_rules_and_routes(tmp_path: pathlib.Path) -> None:
    before, _, rest = SAMPLE.read_text(encoding="utf-8").partition("hub:\n")
    file = tmp_path / "topology.yaml"
    spokes = rest.partition("spokes:\n")[2]
    file.write_text(f"{before}hub:\n{EXISTING_HUB}spokes:\n{spokes}", encoding="utf-8")
    output = remove("payments", file).output
    steps = [line for line in output.splitlines() if line.startswith("  - ")]
    assert len(steps) == 2, output
    assert "spoke-payments/cluster.aks" in steps[0]
    assert "10.64.0.0/16" in steps[1]
    assert "GatewaySubnet" in steps[1]
    (network,) = [line for line in output.splitlines() if line.startswith("  network-payments ")]
    assert "firewall" not in network
    arguments = ["spoke", "remove", "analytics", "--topology", str(file), "--format", "json"]
    (step,) = json.loads(CliRunner().invoke(cli, arguments).output)["manual_steps"]
    assert "10.96.0.0/20" in step
    assert "  - " not in remove("payments", SAMPLE).output


def test_a_shared_vnet_is_removed_after_its_clusters(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text(shared(), encoding="utf-8")
    refused = remove("orders", file)
    assert refused.exit_code == 2
    assert "hvn spoke remove orders-blue" in refused.stderr
    assert "destroy" not in refused.output.replace(refused.stderr, "")
    other = remove("orders-blue", file)
    assert destroyed(other.output) == [
        "secrets-orders-blue",
        "vso-orders-blue",
        "vault-auth-orders-blue",
        "aks-orders-blue",
    ]
    assert "spokes.orders.subnets" in other.output
    assert "deploy network-orders" in other.output


def test_an_existing_cluster_without_apps_has_no_workspaces_to_destroy(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text(shared(EXISTING).replace(f", {APPS}", ""), encoding="utf-8")
    result = remove("orders-blue", file)
    assert (result.exit_code, "cdktf destroy" in result.output) == (0, False)
    assert "deploy network-orders" in result.output


def test_the_clusters_in_a_removed_vnet_are_destroyed_first(history: pathlib.Path) -> None:
    history.write_text(shared(), encoding="utf-8")
    commit(history.parents[1], "Add a second cluster")
    history.write_text(without("orders"), encoding="utf-8")
    commit(history.parents[1], "Take both out")
    result = CliRunner().invoke(cli, ["spoke", "remove", "orders", "--topology", str(history), "--format", "json"])
    assert json.loads(result.stdout)["shared_by"] == ["orders-blue"]
    assert "orders-blue" in remove("orders", history).output
