"""`hvn reach` treats the route tables of an existing VNet as unknown, as far as a route can lead to a destination."""

import json
import pathlib
from typing import Any

import pytest
import yaml

from hvn.check.load import require
from hvn.reach.answer import reach
from hvn.reach.build import build
from tests.conftest import PROJECT
from tests.reach.test_addresses import asked
from tests.strategies import dump

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
NVA = {"rules": {"in": {"priority": 200, "protocol": "any"}}, "route": "none"}
EXISTING = {"existing": {"vnet_id": VNET, "cidrs": ["10.66.0.0/20"]}, "vault_route": "none"}


def patch(existing: Any, hub: Any = None) -> Any:
    """Return a patch with a hub without firewall, a new spoke with routes to an appliance, and an existing VNet."""
    nva = {"nva": {"cidr": "10.0.0.192/27", **NVA}}
    hub = hub or {"firewall": "none", "vault_peering": {"transit_pools": []}, "subnets": nva}
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
    answer = asked(tmp_path, patch(existing), source, "--to", to, "--port", "8443")
    if to == "payments":
        # The NSG of payments denies the range of an unpeered network.
        verdict = "blocked"
    elif source == "fresh":
        # The appliance in the hub may translate the source, and all networks have a route to the hub.
        verdict = "unknown"
    assert answer["verdict"] == verdict
    assert answer["missing_rule"] is None or verdict == "blocked"
    assert not answer["asymmetric"]


def test_without_a_peering_no_route_table_helps(tmp_path: pathlib.Path) -> None:
    new = {**NEW, "routes": None}
    changed = patch({}, hub="none")
    changed["spokes"]["fresh"] = new
    answer = asked(tmp_path, changed, "old", "--to", "fresh", "--port", "8443")
    assert answer["verdict"] == "blocked"
    assert "old:" in answer["missing_rule"]
    changed["spokes"]["old"] = {**EXISTING, "peerings": {"fresh": {"spoke": "fresh"}}}
    assert asked(tmp_path, changed, "old", "--to", "fresh", "--port", "8443")["verdict"] == "unknown"
    assert asked(tmp_path, changed, "old", "--to", "vault", "--port", "8200")["verdict"] == "blocked"


@pytest.mark.parametrize("base", ["existing-hub", "small"])
@pytest.mark.parametrize(
    ("sources", "verdict"),
    [
        (["10.0.0.0/22"], "unknown"),
        (["10.0.3.0/26"], "unknown"),
        (["10.66.0.0/24"], "unknown"),
        (["10.64.0.0/16"], "blocked"),
        ([], "blocked"),
    ],
)
def test_an_nsg_may_see_an_address_of_the_hub_as_the_source(
    base: str, sources: list[str], verdict: str, tmp_path: pathlib.Path
) -> None:
    """An existing firewall and an appliance may translate the source, with unknown addresses of the hub."""
    data = yaml.safe_load((PROJECT / "tests" / "check" / "bases" / f"{base}.yaml").read_text(encoding="utf-8"))
    to_appliance = {"all": {"destination": "10.64.0.0/12", "next_hop": "10.0.3.9"}}
    rules = {
        "allow": {"priority": 200, "source": sources, "ports": ["443"]},
        "deny": {"priority": 300, "access": "deny", "protocol": "any"},
    }
    rules = rules if sources else {"deny": rules["deny"]}
    spoke = {"vault_route": "none", "routes": {} if base == "existing-hub" else to_appliance}
    if base == "small":
        data["hub"]["subnets"] = {"nva": {"cidr": "10.0.3.0/27", **NVA}}
    data["spokes"] = {
        "app": {**spoke, "cidr": "10.66.0.0/16", "subnets": {"a": "10.66.0.0/24"}},
        "web": {**spoke, "cidr": "10.67.0.0/16", "subnets": {"a": {"cidr": "10.67.0.0/24", "rules": rules}}},
    }
    file = tmp_path / "topology.yaml"
    file.write_text(dump(data), encoding="utf-8")
    (answer,) = reach(build(require(file).topology), "app", "web", 443)
    assert answer.verdict == verdict
    translated = "translates the source" in str(answer.unknown)
    assert translated == (verdict == "unknown" and sources != ["10.66.0.0/24"])


@pytest.mark.parametrize("hub_peering", [True, False])
def test_the_owner_of_an_existing_peering_decides_on_the_gateway(hub_peering: bool, tmp_path: pathlib.Path) -> None:
    hub = {"gateway": {"cidr": "10.0.0.96/27", "existing": True}}
    existing = {"vnet_id": VNET, "cidrs": ["10.66.0.0/20"], "hub_peering": hub_peering}
    old = {"existing": existing, "vault_route": "none"}
    data: Any = {"on_premises": {"tokyo": ["192.168.4.0/24"]}, "hub": hub, "spokes": {"old": old}}
    answer = asked(tmp_path, data, "on_premises.tokyo", "--to", "old", "--port", "8443")
    assert ("the existing peering of old" in json.dumps(answer)) is not hub_peering
