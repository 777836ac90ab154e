"""Connections between on-premises networks and the hub's subnets take the same way in both directions. A model that
reads only the Terraform decides."""

import pathlib
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
import yaml

from hvn.check.load import require
from hvn.reach.answer import Verdict, reach
from hvn.reach.build import build
from tests.conftest import SAMPLE, Synth
from tests.reach.terraform import GATEWAY_SUBNET, Cloud
from tests.reach.test_drift import assert_same_answers
from tests.stacks.resources import resources
from tests.strategies import dump

SITES = ("192.168.0.0/16", "10.200.0.0/24")
DEFAULT = {"destination": "0.0.0.0/0", "next_hop": "firewall"}
TO_SITES = {f"site-{number}": {"destination": cidr, "next_hop": "firewall"} for number, cidr in enumerate(SITES)}
TABLES: dict[str, Any] = {
    "filtered": {"routes": {"all": DEFAULT}},
    "by-site": {"routes": {**TO_SITES, "out": {"destination": "0.0.0.0/0", "next_hop": "internet"}}},
    "preferred": {"bgp_route_propagation": True, "routes": TO_SITES},
    "learned": {"bgp_route_propagation": True, "routes": {"all": DEFAULT}},
    "tokyo": {"bgp_route_propagation": True, "routes": {"tokyo": TO_SITES["site-0"]}},
}
SUBNETS: dict[str, Any] = {
    "jump": "10.0.1.0/27",
    "open": {"cidr": "10.0.1.32/27", "route": "none"},
    **{key: {"cidr": f"10.0.1.{64 + 32 * index}/27", "route": key} for index, key in enumerate(TABLES)},
}
FILTERED = ("jump", "filtered", "by-site", "preferred")
DIRECT = ("open", "learned")


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    data = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    names = [f"hub.subnets.{name}" for name in SUBNETS]
    rules = {
        "in": {"sources": list(SITES), "destinations": names},
        "out": {"sources": names, "destinations": list(SITES)},
    }
    data["on_premises"] = {"tokyo": [SITES[0]], "osaka": [SITES[1]]}
    data["hub"] |= {
        "cidr": "10.0.0.0/23",
        "gateway": {"cidr": "10.0.0.96/27", "existing": True},
        "route_tables": TABLES,
        "subnets": SUBNETS,
        "firewall_rules": {key: {**rule, "ports": ["tcp/443"], "reason": "why"} for key, rule in rules.items()},
    }
    path = tmp_path / "topology.yaml"
    path.write_text(dump(data), encoding="utf-8")
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    return path


def address(name: str) -> IPv4Address:
    subnet = SUBNETS[name]
    return IPv4Network(subnet if isinstance(subnet, str) else subnet["cidr"])[9]


def test_the_gateway_has_routes_to_subnets_that_send_on_premises_traffic_to_the_firewall(
    file: pathlib.Path, synth: Synth
) -> None:
    hub = synth(file)["hub"]
    routes = {
        route.arguments["address_prefix"]: route.arguments["next_hop_in_ip_address"]
        for route in resources({"": hub}, "azurerm_route")
    }
    own = {cidr: hop for cidr, hop in routes.items() if IPv4Network(cidr).subnet_of(IPv4Network("10.0.1.0/24"))}
    assert own == {f"{address(name) - 9}/27": "10.0.0.4" for name in FILTERED}


def test_both_directions_pass_the_firewall_or_neither(file: pathlib.Path, synth: Synth) -> None:
    cloud = Cloud(synth(file), [IPv4Network(cidr) for cidr in SITES])
    for site in (IPv4Network(cidr)[9] for cidr in SITES):
        for name in (*FILTERED, *DIRECT):
            for ends in ((site, address(name)), (address(name), site)):
                assert cloud.connects(*ends, 443), (site, name)
                # Only the firewall denies this port.
                assert cloud.connects(*ends, 444) is (name in DIRECT), (site, name)
    assert cloud.gateway
    assert cloud.gateway.subnet == GATEWAY_SUBNET


def test_reach_agrees_with_the_terraform(file: pathlib.Path, synth: Synth) -> None:
    assert_same_answers(file, synth)


APPLIANCE, FROM_GATEWAY = "10.0.1.4", "10.0.1.5"
TO_APPLIANCE = {key: {**route, "next_hop": APPLIANCE} for key, route in TO_SITES.items()}
SPOKES: dict[str, Any] = {
    # The whole spoke, one subnet, no subnet because only one site has a route, and a subnet with the hub's table.
    "whole": {
        "routes": TO_APPLIANCE,
        "subnets": {"a": "10.70.0.0/24", "open": {"cidr": "10.70.1.0/24", "route": "own"}},
    },
    "part": {"subnets": {"a": {"cidr": "10.71.0.0/24", "route": "own"}, "b": "10.71.1.0/24"}},
    "one": {"routes": {"site": TO_APPLIANCE["site-0"]}, "subnets": {"a": "10.72.0.0/24"}},
    "shared": {"subnets": {"a": {"cidr": "10.73.0.0/24", "route": "rg-platform-hub/rt-platform-shared"}}},
}
OWN: dict[str, Any] = {"whole": {"next_hop": "firewall"}, "part": {"next_hop": APPLIANCE}}


@pytest.mark.parametrize("firewall", [True, False])
def test_an_appliance_sees_both_directions_or_neither(firewall: bool, tmp_path: pathlib.Path, synth: Synth) -> None:
    data = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    data["on_premises"] = {"tokyo": [SITES[0]], "osaka": [SITES[1]]}
    data["hub"] |= {
        "gateway": {"cidr": "10.0.0.96/27", "existing": True, "next_hop": FROM_GATEWAY},
        "subnets": {
            "nva": {"cidr": "10.0.1.0/27", "route": "shared"},
            "jump": {"cidr": "10.0.1.32/27", "route": "shared"},
        },
        "route_tables": {"shared": {"routes": TO_APPLIANCE}},
    }
    if not firewall:
        data["hub"]["firewall"] = "none"
    data["hub"]["vault_peering"] = {}
    data["address_pools"] = {"spokes": "10.64.0.0/10"}
    data["spokes"] = {
        name: {
            **spoke,
            "cidr": f"10.{70 + index}.0.0/16",
            "vault_route": "none",
            "use_remote_gateways": True,
            **({"route_tables": {"own": {"routes": {"all": {**DEFAULT, **OWN[name]}}}}} if name in OWN else {}),
        }
        for index, (name, spoke) in enumerate(SPOKES.items())
    }
    if not firewall:
        del data["spokes"]["whole"]["route_tables"], data["spokes"]["whole"]["subnets"]["open"]
    file = tmp_path / "topology.yaml"
    file.write_text(dump(data), encoding="utf-8")
    cloud, network = Cloud(synth(file), [IPv4Network(cidr) for cidr in SITES]), build(require(file).topology)
    seen = set()
    for place in (one for places in network.places.values() for one in places if one.network in ("hub", *SPOKES)):
        if place.subnet in ("", "nva"):
            continue
        for site in (IPv4Network(cidr)[9] for cidr in SITES):
            out, back = cloud.appliance(place.cidr[9], site), cloud.appliance(site, place.cidr[9])
            one_way = place.network == "one" and site == IPv4Network(SITES[0])[9]
            assert (out, back) in ((APPLIANCE, "" if one_way else FROM_GATEWAY), ("", "")), (place.label, site)
            (answer,) = reach(network, str(site), str(place.cidr[9]), 443)
            assert answer.verdict is not Verdict.REACHES
            if out:
                seen.add(place.label)
            if not answer.request.blocked_by:
                assert ("the appliance" in str(answer)) == bool(out), place.label
                assert (FROM_GATEWAY in str(answer.request)) == (bool(out) and not one_way)
    assert seen == {"whole/a", "part/a", "one/a", "shared/a", "hub/jump"}
    assert_same_answers(file, synth)
