"""The workspaces of a network without a hub: no peering with a hub, and a private DNS zone that AKS creates."""

from typing import Any

import pytest

from hvn.check.load import require
from hvn.reach.answer import Verdict, reach
from hvn.reach.build import build
from tests.conftest import Synth, Synthesized
from tests.reach.test_drift import assert_same_answers
from tests.stacks.resources import BASES

NO_HUB = BASES / "no-hub.yaml"


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


def test_reach_knows_direct_spokes_only(synth: Synth) -> None:
    topology = require(NO_HUB).topology
    network = build(topology)
    assert not {"hub", "runners"} & network.places.keys()
    verdicts = {name: {one.verdict for one in reach(network, name, "vault", 8200)} for name in ("orders", "search")}
    assert verdicts == {"orders": {Verdict.REACHES}, "search": {Verdict.BLOCKED}}
    assert_same_answers(NO_HUB, synth)
