"""`hvn reach` treats the route tables of an existing VNet as unknown, as far as a route can lead to a destination."""

import pathlib
from typing import Any

import pytest

from tests.reach.test_addresses import asked

VNET = (
    "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-a/providers/Microsoft.Network/"
    "virtualNetworks/vnet-a"
)
APPLIANCE = "10.0.0.200"
NEW = {
    "cidr": "10.67.0.0/20",
    "vault_route": "none",
    "subnets": {"vms": "10.67.0.0/24"},
    "routes": {"default": {"destination": "0.0.0.0/0", "next_hop": APPLIANCE}},
}
OPEN = {
    "in": {"priority": 200, "source": ["*"]},
    "out": {"priority": 200, "direction": "outbound", "destination": ["*"]},
}
EXISTING = {"existing": {"vnet_id": VNET, "cidrs": ["10.66.0.0/20"]}, "vault_route": "none"}


def patch(existing: Any, hub: Any = None) -> Any:
    """Return a patch with a hub without firewall, a new spoke with routes to an appliance, and an existing VNet."""
    hub = hub or {"firewall": "none", "vault_peering": {"transit_pools": []}}
    spokes = {"analytics": None, "fresh": NEW, "old": {**EXISTING, **existing}}
    return {"address_pools": {"transit": None}, "hub": hub, "spokes": spokes}


@pytest.mark.parametrize(
    ("source", "to"), [("fresh", "old"), ("old", "fresh"), ("10.66.0.9", "fresh"), ("old", "payments")]
)
@pytest.mark.parametrize(
    ("existing", "verdict"),
    [
        ({}, "unknown"),
        ({"routes": {"site": {"destination": "192.168.0.0/16", "next_hop": APPLIANCE}}}, "unknown"),
        ({"subnets": {"vms": {"cidr": "10.66.0.0/24", "route": "rg-a/rt-a"}}}, "unknown"),
        ({"subnets": {"vms": {"cidr": "10.66.0.0/24", "route": "none"}}}, "blocked"),
        ({"subnets": {"vms": {"cidr": "10.66.0.0/24", "route": "none", "rules": OPEN}}}, "blocked"),
    ],
)
def test_a_missing_route_is_unknown_if_the_file_does_not_list_the_route_table(
    existing: Any, verdict: str, source: str, to: str, tmp_path: pathlib.Path
) -> None:
    answer = asked(tmp_path, patch(existing), source, "--to", to, "--port", "443")
    if to == "payments":
        # The reply needs a route too, and the route tables of payments are in the file.
        verdict = "blocked"
    assert answer["verdict"] == verdict
    assert answer["missing_rule"] is None or verdict == "blocked"
    assert not answer["asymmetric"]


def test_without_a_peering_no_route_table_helps(tmp_path: pathlib.Path) -> None:
    new = {**NEW, "routes": None}
    changed = patch({}, hub="none")
    changed["spokes"]["fresh"] = new
    answer = asked(tmp_path, changed, "old", "--to", "fresh", "--port", "443")
    assert answer["verdict"] == "blocked"
    assert "old:" in answer["missing_rule"]
    changed["spokes"]["old"] = {**EXISTING, "peerings": {"fresh": {"spoke": "fresh"}}}
    assert asked(tmp_path, changed, "old", "--to", "fresh", "--port", "443")["verdict"] == "unknown"
    assert asked(tmp_path, changed, "old", "--to", "vault", "--port", "8200")["verdict"] == "blocked"
