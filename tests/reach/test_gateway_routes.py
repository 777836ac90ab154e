"""Connections between on-premises networks and the hub's subnets take the same way in both directions. A model that
reads only the Terraform decides."""

import pathlib
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
import yaml

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
