"""Additional ranges of a new VNet are in its HVN routes, its address space and the gateway's routes."""

import pathlib

from hvn.check.load import require
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.inputs import Inputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.peering.inputs import PeeringInputs
from tests.conftest import SAMPLE

CIDR = "    cidr: 10.64.0.0/16\n"
HUB = "  cidr: 10.0.0.0/22\n"


def inputs(folder: pathlib.Path, *changes: tuple[str, str]) -> dict[str, Inputs]:
    """Return the inputs of all workspaces, from the sample with replaced texts."""
    text = SAMPLE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / "topology.yaml"
    file.write_text(text, encoding="utf-8")
    return {workspace.id: workspace.inputs for workspace in require(file).workspaces() if workspace.inputs}


def test_a_further_range_has_its_own_route_and_the_first_route_stays(tmp_path: pathlib.Path) -> None:
    """No other workspace changes. The order of the ranges has no effect."""
    before = inputs(tmp_path)
    after = inputs(tmp_path, (CIDR, CIDR + "    more_cidrs: [10.67.0.0/24, 10.66.0.0/24]\n"))
    assert after == inputs(tmp_path, (CIDR, CIDR + "    more_cidrs: [10.66.0.0/24, 10.67.0.0/24]\n"))
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"network-payments", "peering-payments"}
    old, new = (one["peering-payments"] for one in (before, after))
    assert isinstance(old, PeeringInputs)
    assert isinstance(new, PeeringInputs)
    assert new.routes[0] == old.routes[0]
    assert {(route.name, route.route_id, route.destination) for route in new.routes[1:]} == {
        ("spoke-10-66-0-0-24", "platform-payments-10-66-0-0-24", "10.66.0.0/24"),
        ("spoke-10-67-0-0-24", "platform-payments-10-67-0-0-24", "10.67.0.0/24"),
    }
    network = after["network-payments"]
    assert isinstance(network, NetworkInputs)
    assert network.cidrs == ("10.64.0.0/16", "10.66.0.0/24", "10.67.0.0/24")


def test_the_hub_can_have_further_ranges(tmp_path: pathlib.Path) -> None:
    after = inputs(tmp_path, (HUB, HUB + "  more_cidrs: [10.0.8.0/24]\n  subnets: {far: 10.0.8.0/26}\n"))
    hub, spoke = after["hub"], after["network-payments"]
    assert isinstance(hub, HubInputs)
    assert isinstance(spoke, NetworkInputs)
    assert spoke.hub
    assert hub.cidrs == spoke.hub.cidrs == ("10.0.0.0/22", "10.0.8.0/24")
