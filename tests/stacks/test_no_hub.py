"""In a network without a hub, workspaces have no peering with a hub, and AKS creates the private DNS zone."""

import pathlib
from typing import Any

import pytest
import yaml

from hvn.check.load import require
from hvn.reach.answer import Verdict, reach
from hvn.reach.build import build
from hvn.topology.manual_steps import manual_steps
from tests.check.cases import merged
from tests.conftest import Synth, Synthesized
from tests.reach.test_drift import assert_same_answers
from tests.stacks.resources import BASES
from tests.strategies import dump

NO_HUB = BASES / "no-hub.yaml"
CLUSTER = (
    "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-shop/providers/"
    "Microsoft.ContainerService/managedClusters/aks-shop"
)


@pytest.fixture(scope="module")
def built(synth: Synth) -> Synthesized:
    return synth(NO_HUB)


def test_the_hub_has_no_workspaces(built: Synthesized) -> None:
    assert not {"hub", "peering-hub"} & built.keys()
    assert {"hcp", "vault", "network-orders", "peering-orders", "aks-orders"} <= built.keys()


@pytest.mark.parametrize("spoke", ["orders", "search", "old"])
def test_a_spoke_has_no_peering_with_a_hub_and_no_zone_link(built: Synthesized, spoke: str) -> None:
    stack: Any = built[f"network-{spoke}"]
    types = stack["resource"].keys()
    of_hub = {"azurerm_virtual_network_peering", "azurerm_private_dns_zone_virtual_network_link", "azurerm_route"}
    assert not types & of_hub
    assert {provider.get("alias") for provider in stack["provider"]["azurerm"]} == {None}


def test_a_private_cluster_uses_a_zone_that_aks_creates(built: Synthesized) -> None:
    resources = built["aks-orders"]["resource"]
    cluster = resources["azurerm_kubernetes_cluster"]["cluster"]
    assert (cluster["private_cluster_enabled"], cluster["private_dns_zone_id"]) == (True, "System")
    assert cluster["dns_prefix"] == "small-orders"
    assert "dns_prefix_private_cluster" not in cluster
    assert "may_write_zone" not in resources["azurerm_role_assignment"]


def test_a_spoke_creates_its_private_dns_zones_in_its_resource_group(synth: Synth, tmp_path: pathlib.Path) -> None:
    zones = [
        "corp.example.com",
        f"{CLUSTER.partition('/providers')[0]}/providers/Microsoft.Network/privateDnsZones/b.example",
    ]
    data = yaml.safe_load(NO_HUB.read_text(encoding="utf-8"))
    file = tmp_path / "topology.yaml"
    file.write_text(
        dump(merged(data, {"spokes": {"search": {"private_dns_zones": zones, "registration_zone": zones[0]}}})),
        encoding="utf-8",
    )
    resources = synth(file)["network-search"]["resource"]
    (zone,) = resources["azurerm_private_dns_zone"].values()
    assert (zone["name"], zone["resource_group_name"]) == ("corp.example.com", "rg-small-search")
    links = resources["azurerm_private_dns_zone_virtual_network_link"].values()
    keys = ("private_dns_zone_name", "resource_group_name", "registration_enabled")
    found = {tuple(link[key] for key in keys) for link in links}
    assert found == {("corp.example.com", "rg-small-search", True), ("b.example", "rg-shop", False)}


def test_reach_knows_direct_spokes_only(synth: Synth) -> None:
    topology = require(NO_HUB).topology
    network = build(topology)
    assert not {"hub", "runners"} & network.places.keys()
    verdicts = {name: {one.verdict for one in reach(network, name, "vault", 8200)} for name in ("orders", "search")}
    assert verdicts == {"orders": {Verdict.REACHES}, "search": {Verdict.BLOCKED}}
    assert_same_answers(NO_HUB, synth)


def test_the_step_about_an_existing_cluster_names_no_hub(tmp_path: pathlib.Path) -> None:
    cluster = {"existing": {"cluster_id": CLUSTER, "node_cidrs": ["10.66.1.0/24"]}}
    file = tmp_path / "topology.yaml"
    base = yaml.safe_load(NO_HUB.read_text(encoding="utf-8"))
    file.write_text(dump(merged(base, {"spokes": {"old": {"cluster": cluster}}})), encoding="utf-8")
    steps = [one.text for one in manual_steps(require(file).topology) if "aks-shop" in one.text]
    assert any("runners' VNet" in step for step in steps)
    assert not any("hub" in step for step in steps)
