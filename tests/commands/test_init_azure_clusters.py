"""`hvn init --azure` proposes the AKS clusters of a VNet with the ranges of their nodes and pods."""

import json
import pathlib
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hvn.check.load import load
from hvn.cli import cli
from tests.commands.dialog import UUID, dialog
from tests.commands.test_init import written
from tests.commands.test_init_azure import BANK, PROD, bank, init, paths

NAME = "aks-gwc-pay-p01"
VNET = "--spoke-vnet-id vnet-gwc-pay-p01"
FACTS = {"node_cidrs": ["10.101.0.0/24"], "pod_cidr": "10.244.0.0/16"}
SUBNETS = next(row["id"] for row in bank() if row["name"] == "vnet-gwc-pay-p01") + "/subnets/"


def changed(tmp_path: pathlib.Path, options: str, **properties: Any) -> Result:
    """Run `hvn init` with the bank's resources and these properties of its cluster."""
    (tmp_path / "azure.json").write_text(json.dumps(bank(aks_gwc_pay_p01=properties)))
    return init(tmp_path / "n.yaml", [tmp_path / "azure.json"], f"{PROD} {options}")


def cluster(tmp_path: pathlib.Path, spoke: str = "shop") -> Any:
    existing = written(tmp_path / "n.yaml")["spokes"][spoke]["cluster"]["existing"]
    assert existing.pop("cluster_id").endswith(f"/managedClusters/{NAME}")
    return existing


@pytest.mark.parametrize("name", [NAME, NAME.upper(), f"{PROD.split()[1]}/rg-gwc-pay-p01/{NAME}"])
def test_the_ranges_of_a_cluster_are_in_the_files(name: str, tmp_path: pathlib.Path) -> None:
    done = changed(tmp_path, f"{VNET} --cluster-id {name} --app shop/web --hvn-region francecentral")
    assert done.exit_code == 0, done.output
    assert cluster(tmp_path) == FACTS
    assert written(tmp_path / "n.yaml")["spokes"]["shop"]["existing"]["subnets_in_use"] == ["10.101.1.0/24"]
    assert not [line for line in done.stdout.splitlines() if line.startswith("to do:") and "shop" in line]
    assert {finding.rule.id for finding in load(tmp_path / "n.yaml").findings} == {"HVN611"}


def test_one_more_spoke_can_use_names_of_the_files(tmp_path: pathlib.Path) -> None:
    spoke = f"pay {VNET} --cluster-id {NAME} --app pay/web"
    words = [word for path in paths(BANK) for word in ("--azure", str(path))]
    words += ["--name", "acme", "--project-id", UUID, "--spoke", "shop", *PROD.split(), "--state", "local"]
    done, _ = dialog(tmp_path / "n.yaml", {}, [*words, "--add-spoke", spoke])
    assert done.exit_code == 0, done.output
    assert cluster(tmp_path, "pay") == FACTS
    facts = written(tmp_path / "n.yaml")["spokes"]["pay"]["existing"]
    assert (facts["cidrs"], facts["zone_link"], "hub_peering" in facts) == (["10.101.0.0/16"], False, False)
    assert "10.101.0.0/16" not in written(tmp_path / "n.yaml")["in_use"]


@pytest.mark.parametrize("answer", ["", NAME, "new"])
def test_the_only_cluster_of_a_vnet_is_the_default(
    answer: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hvn.commands.init.questions.asks", lambda: True)
    words = [word for path in paths(BANK) for word in ("--azure", str(path))]
    answers = {"VNet of": "vnet-gwc-pay-p01", "AKS cluster": answer, "Another spoke": ["dwh", "none"]}
    answers |= {"VNet of dwh": "vnet-gwc-dwh-d01", "Name of the first spoke": "pay"}
    done, asked = dialog(tmp_path / "n.yaml", answers, words)
    assert done.exit_code == 0, done.output
    assert not [question for question in asked if question.startswith(("Range", "Overlay", "All ranges"))]
    if answer != "new":
        assert cluster(tmp_path, "pay") == FACTS
    dwh = written(tmp_path / "n.yaml")["spokes"]["dwh"]["cluster"]
    assert "node_cidr" in dwh, "the VNet has no cluster"


@pytest.mark.parametrize(
    ("network", "pods"),
    [
        ({"networkPlugin": "azure", "networkPluginMode": "overlay", "podCidr": "10.9.0.0/16"}, "10.9.0.0/16"),
        ({"networkPlugin": "kubenet", "podCidr": "10.9.0.0/16"}, "10.9.0.0/16"),
        ({"networkPlugin": "azure", "podCidr": None}, None),
        ({"networkPlugin": "none"}, "unknown"),
        (None, "unknown"),
    ],
)
def test_the_range_of_the_pods(network: dict[str, str] | None, pods: str | None, tmp_path: pathlib.Path) -> None:
    done = changed(tmp_path, f"{VNET} --cluster-id {NAME}", networkProfile=network)
    assert done.exit_code == 0, done.output
    assert cluster(tmp_path).get("pod_cidr") == (None if pods == "unknown" else pods)
    assert ("networkProfile.podCidr" in done.stdout) is (pods == "unknown")


def test_pods_without_an_overlay_have_the_ranges_of_their_subnets(tmp_path: pathlib.Path) -> None:
    pools = [{"vnetSubnetID": f"{SUBNETS}snet-app-p01", "podSubnetID": f"{SUBNETS}SNET-DB-P01"}]
    network = {"networkPlugin": "azure"}
    done = changed(tmp_path, f"{VNET} --cluster-id {NAME}", agentPoolProfiles=pools, networkProfile=network)
    assert done.exit_code == 0, done.output
    assert cluster(tmp_path) == {"node_cidrs": ["10.101.0.0/24", "10.101.1.0/24"]}


@pytest.mark.parametrize(
    ("properties", "task"),
    [({"oidcIssuerProfile": {"enabled": False}}, "--enable-oidc-issuer"), ({"aadProfile": None}, "existing.entra")],
)
def test_missing_features_of_a_cluster_are_tasks(properties: dict[str, Any], task: str, tmp_path: pathlib.Path) -> None:
    done = changed(tmp_path, f"{VNET} --cluster-id {NAME}", **properties)
    assert done.exit_code == 0, done.output
    tasks = [line for line in done.stdout.splitlines() if line.startswith("to do:")]
    assert len([line for line in tasks if task in line]) == 1
    assert not [line for line in tasks if "check that the cluster's OIDC issuer" in line]


SYSTEM: dict[str, Any] = {"privateFQDN": "pay-ab12.privatelink.germanywestcentral.azmk8s.io"}
SYSTEM |= {"apiServerAccessProfile": {"enablePrivateCluster": True, "privateDNSZone": "system"}}


@pytest.mark.parametrize(
    ("properties", "label", "is_owned"),
    [
        ({"nodeResourceGroup": "pay-nodes"}, "", True),
        ({"nodeResourceGroup": "rg-gwc-pay-p01"}, "", False),
        (SYSTEM, "", True),
        (SYSTEM, "cd34.", False),
    ],
)
def test_the_zone_that_aks_created_for_a_cluster_is_not_proposed(
    properties: dict[str, Any], label: str, is_owned: bool, tmp_path: pathlib.Path
) -> None:
    zone = f"/subscriptions/{PROD.split()[1]}/resourceGroups/pay-nodes/providers/Microsoft.Network/privateDnsZones/"
    zone += f"{label}privatelink.germanywestcentral.azmk8s.io"
    rows = [row for row in bank(aks_gwc_pay_p01=properties) if "privatednszones" not in row["type"].lower()]
    rows.append({"id": zone, "name": label, "type": "microsoft.network/privatednszones"})
    (tmp_path / "azure.json").write_text(json.dumps(rows))
    done = init(tmp_path / "n.yaml", [tmp_path / "azure.json"], f"{PROD} --cluster --hvn-region francecentral")
    assert done.exit_code == 0, done.output
    rules = {finding.rule.id for finding in load(tmp_path / "n.yaml").findings}
    assert ("HVN307" in rules, f"belongs to the cluster {NAME}" in done.stdout) == (is_owned, is_owned)
    assert (written(tmp_path / "n.yaml")["hub"]["existing"]["private_dns_zone_id"] == zone) is not is_owned
    options = f"{PROD} --hub-dns-zone-id {zone} --cluster --hvn-region francecentral"
    done = init(tmp_path / "m.yaml", [tmp_path / "azure.json"], options)
    assert done.exit_code == (2 if is_owned else 0)


@pytest.mark.parametrize("option", [f"{VNET} --cluster-id", "--add-spoke"])
def test_an_unknown_cluster_is_refused(option: str, tmp_path: pathlib.Path) -> None:
    words = option.split()
    words += [f"pay {VNET} --cluster-id aks-gwc-pay-po1" if option == "--add-spoke" else "aks-gwc-pay-po1"]
    base = ["--azure", str(paths(BANK)[0]), "--name", "acme", "--project-id", UUID, "--spoke", "shop", *PROD.split()]
    done, _ = dialog(tmp_path / "n.yaml", {}, [*base, *words])
    assert (done.exit_code, [*tmp_path.iterdir()]) == (2, [])
    assert f"did you mean {NAME}?" in done.stderr


def test_files_without_clusters_need_the_ranges(tmp_path: pathlib.Path) -> None:
    (tmp_path / "azure.json").write_text(json.dumps([row for row in bank() if row["name"] != NAME]))
    done = init(tmp_path / "n.yaml", [tmp_path / "azure.json"], f"{PROD} {VNET} --cluster-id {UUID}/rg/aks")
    assert done.exit_code == 2
    assert "--node-cidr" in done.stderr
    nodes = "--node-cidr 10.101.0.0/24"
    done = init(tmp_path / "n.yaml", [tmp_path / "azure.json"], f"{PROD} {VNET} --cluster-id {UUID}/rg/aks {nodes}")
    assert done.exit_code == 0, done.output
    assert "check that the cluster's OIDC issuer" in done.stdout


def test_the_files_have_the_issuer_and_the_entra_integration(tmp_path: pathlib.Path) -> None:
    issuer = "https://westeurope.oic.prod-aks.azure.com/a/b/"
    facts = {"oidcIssuerProfile": {"enabled": True, "issuerURL": issuer}, "aadProfile": None}
    done = changed(tmp_path, f"{VNET} --cluster-id {NAME} --app shop/web", **facts, disableLocalAccounts=True)
    assert done.exit_code == 0, done.output
    assert f"keys pull shop --issuer {issuer} " in done.stdout
    assert "existing.entra" not in done.stdout


def test_the_existing_vnet_has_the_subscription_of_new_spokes(tmp_path: pathlib.Path) -> None:
    words = [word for path in paths(BANK) for word in ("--azure", str(path))]
    words += ["--name", "acme", "--project-id", UUID, "--spoke", "shop", *VNET.split()]
    done = CliRunner().invoke(cli, ["init", str(tmp_path / "n.yaml"), *words])
    assert done.exit_code == 0, done.output
    assert written(tmp_path / "n.yaml")["azure"]["subscription_id"] == PROD.split()[1]
