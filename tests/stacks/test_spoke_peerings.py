"""Test the peerings of spokes with other spokes and with VNets outside the file."""

from itertools import pairwise
from typing import Any

import pytest

from hvn.check.load import require
from hvn.kinds.workspace import by_id
from hvn.topology.manual_steps import manual_steps
from hvn.topology.model import PeeringWithSpoke
from hvn.topology.spoke_peerings import cycle, spokes_in_order
from tests.conftest import PROJECT, Synth

EVERYTHING = PROJECT / "tests" / "topologies" / "everything.yaml"
FLAGS = ("allow_forwarded_traffic", "allow_gateway_transit", "use_remote_gateways")


@pytest.fixture(scope="module")
def halves(synth: Synth) -> Any:
    return synth(EVERYTHING, only=["network-sandbox"])["network-sandbox"]["resource"]["azurerm_virtual_network_peering"]


def test_one_workspace_has_both_halves(halves: Any) -> None:
    own = {name: half for name, half in halves.items() if "peer" in name}
    assert {name: half["name"] for name, half in own.items()} == {
        "to_peer_lab": "to-lab",
        "from_peer_lab": "to-platform-sandbox",
        "to_peer_shop": "to-platform-shop",
        "from_peer_shop": "to-sandbox",
    }
    assert all([half[flag] for flag in FLAGS] == [True, False, False] for half in own.values())
    to_shop, from_shop = own["to_peer_shop"], own["from_peer_shop"]
    assert to_shop["remote_virtual_network_id"].endswith(
        "/RG_platform_payments/providers/Microsoft.Network/virtualNetworks/vnet-payments-prod"
    )
    assert (from_shop["resource_group_name"], from_shop["virtual_network_name"]) == (
        "RG_platform_payments",
        "vnet-payments-prod",
    )
    assert from_shop["remote_virtual_network_id"] == "${azurerm_virtual_network.vnet.id}"
    # An apply syncs each half after a change of the other VNet's ranges.
    assert to_shop["triggers"] == {"remote_address_space": "10.64.0.0/16,10.66.0.0/20,10.67.0.0/20"}
    assert from_shop["triggers"] == {"remote_address_space": "10.65.0.0/16"}
    assert (
        from_shop["provider"] == own["from_peer_lab"]["provider"] == "azurerm.peer_77777777_7777_4777_8777_777777777777"
    )


def test_the_halves_are_written_one_after_the_other(halves: Any) -> None:
    order = ("to_peer_lab", "from_peer_lab", "to_peer_shop", "from_peer_shop")
    for before, after in pairwise(order):
        assert halves[after]["depends_on"] == [f"azurerm_virtual_network_peering.{before}"]
    (first,) = halves["to_peer_lab"]["depends_on"]
    assert first.removeprefix("azurerm_virtual_network_peering.") in ("to_hub", "from_hub")


def test_a_spoke_is_built_after_the_spokes_that_its_peerings_name() -> None:
    checked = require(EVERYTHING)
    ids = list(by_id(checked.workspaces()))
    assert ids.index("network-payments") < ids.index("network-sandbox")
    sandbox = by_id(checked.workspaces())["network-sandbox"]
    assert "network-payments" in sandbox.after
    assert "spoke payments" in sandbox.writes


def test_a_mesh_of_many_spokes_has_an_order() -> None:
    topology = require(EVERYTHING).topology
    names = [f"spoke{number:02}" for number in range(40)]
    sandbox = topology.spokes["sandbox"]
    mesh = {
        name: sandbox.model_copy(
            update={"peerings": {other: PeeringWithSpoke(spoke=other) for other in names if other > name}}
        )
        for name in names
    }
    many = topology.model_copy(update={"spokes": mesh})
    assert spokes_in_order(many) == tuple(reversed(names))
    assert cycle(many) == ()


def test_only_the_owner_of_a_remote_vnet_without_reverse_has_a_step() -> None:
    topology = require(EVERYTHING).topology
    assert not [step for step in manual_steps(topology) if "vnet-lab" in step.text]
    sandbox = topology.spokes["sandbox"]
    lab = sandbox.peerings["lab"].model_copy(update={"reverse": False})
    changed = sandbox.model_copy(update={"peerings": {**sandbox.peerings, "lab": lab}})
    without = topology.model_copy(update={"spokes": {**topology.spokes, "sandbox": changed}})
    (step,) = [step for step in manual_steps(without) if "vnet-lab" in step.text]
    assert (step.owner, step.after) == ("remote", "network-sandbox")
    assert "allow forwarded traffic" in step.text
