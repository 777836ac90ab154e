"""`hvn reach` answers for connections from the internet to a subnet with an NSG."""

import pathlib
from typing import Any

import pytest

from tests.reach.test_addresses import asked


@pytest.mark.parametrize(
    ("source", "port", "verdict"),
    [
        ("internet", "443", "unknown"),
        ("203.0.113.7", "443", "unknown"),
        ("203.0.113.7", "8443", "unknown"),
        ("198.51.100.7", "8443", "blocked"),
        ("internet", "65300", "unknown"),
        ("internet", "9443", "blocked"),
        ("internet", "80", "blocked"),
        ("internet", "22", "blocked"),
    ],
)
def test_the_public_address_is_unknown_if_the_nsg_admits_the_internet(
    source: str, port: str, verdict: str, tmp_path: pathlib.Path
) -> None:
    rules = {
        "deny": {"priority": 200, "access": "deny", "source": ["Internet"], "ports": ["80"]},
        "half": {"priority": 210, "access": "deny", "destination": ["10.64.32.0/25"], "ports": ["443"]},
        "web": {"priority": 300, "source": ["Internet"], "destination": ["VirtualNetwork"], "ports": ["80", "443"]},
        "partner": {"priority": 310, "source": ["203.0.113.0/24"], "ports": ["8443"]},
        "manager": {"priority": 320, "source": ["GatewayManager"], "ports": ["65200-65535"]},
        "private": {"priority": 330, "source": ["10.0.0.0/8"], "ports": ["9443"]},
        "out": {"priority": 340, "direction": "outbound"},
    }
    patch = {
        "spokes": {"payments": {"subnets": {"gateway": {"cidr": "10.64.32.0/24", "route": "none", "rules": rules}}}}
    }
    answer = asked(tmp_path, patch, source, "--to", "payments/gateway", "--port", port)
    assert answer["verdict"] == verdict
    assert verdict == "blocked" or answer["unknown"] == ["whether payments/gateway has a public address"]


@pytest.mark.parametrize(
    ("routes", "route", "hop"),
    [
        ({}, "firewall", "10.0.0.4"),
        ({"part": {"destination": "203.0.113.0/24", "next_hop": "10.0.2.9"}}, "firewall", "10.0.2.9"),
        ({"part": {"destination": "203.0.113.0/24", "next_hop": "none"}}, "firewall", "None"),
        ({"part": {"destination": "203.0.113.0/24", "next_hop": "internet"}}, "firewall", ""),
        ({}, "none", ""),
    ],
)
def test_the_reply_of_a_public_address_follows_the_routes_of_its_subnet(
    routes: Any, route: str, hop: str, tmp_path: pathlib.Path
) -> None:
    rules = {"web": {"priority": 300, "source": ["Internet"], "ports": ["443"]}}
    web = {"cidr": "10.66.1.0/24", "route": route, "rules": rules}
    shop = {"cidr": "10.66.0.0/16", "vault_route": "none", "subnets": {"web": web}, "routes": routes}
    hub = {"subnets": {"nva": {"cidr": "10.0.2.0/27", "route": "none"}}}
    answer = asked(tmp_path, {"hub": hub, "spokes": {"shop": shop}}, "203.0.113.7", "--to", "shop/web")
    public, *replies = answer["unknown"]
    assert (answer["verdict"], public) == ("unknown", "whether shop/web has a public address")
    assert [f"of shop/web leads to {hop}" in one for one in replies] == [True] * bool(hop)
    assert hop in answer["reply"]["hops"][0]["what"]


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("203.0.113.7", "unknown"),
        ("GatewayManager", "unknown"),
        ("10.0.0.0/8", "blocked"),
        ("VirtualNetwork", "blocked"),
    ],
)
def test_hosts_that_the_nsg_opens_to_the_internet_may_reach_it(
    source: str, verdict: str, tmp_path: pathlib.Path
) -> None:
    subnet = {"cidr": "10.64.32.0/24", "route": "none", "rules": {"web": {"priority": 300, "source": [source]}}}
    patch = {"spokes": {"payments": {"subnets": {"gateway": subnet}}}}
    answer = asked(tmp_path, patch, "payments/gateway", "--to", "www.example.com")
    assert answer["verdict"] == verdict
    assert verdict == "blocked" or answer["unknown"] == ["whether payments/gateway has a public address"]


@pytest.mark.parametrize(
    ("changed", "source", "port", "verdict"),
    [
        ({}, "internet", "443", "unknown"),
        ({}, "internet", "22", "blocked"),
        ({}, "203.0.113.7", "22", "blocked"),
        # The destination is a public address of the gateway.
        ({}, "internet", "8443", "unknown"),
        # The tag VirtualNetwork contains the firewall's default route.
        ({"route": "firewall"}, "internet", "22", "unknown"),
        ({"nsg": "rg-net/nsg-agw", "rules": None}, "internet", "22", "unknown"),
        # The public addresses of other services may be outside the subnet.
        ({"delegation": "Microsoft.App/environments"}, "internet", "22", "unknown"),
    ],
)
def test_the_nsg_of_application_gateways_filters_their_public_addresses(
    changed: dict[str, Any], source: str, port: str, verdict: str, tmp_path: pathlib.Path
) -> None:
    rules = {
        "web": {"priority": 200, "source": ["Internet"], "ports": ["443"]},
        "shared": {"priority": 210, "source": ["Internet"], "destination": ["20.1.2.3"], "ports": ["8443"]},
    }
    service = "Microsoft.Network/applicationGateways"
    subnet = {"cidr": "10.64.32.0/24", "route": "none", "delegation": service, "rules": rules} | changed
    patch = {"spokes": {"payments": {"subnets": {"gateway": subnet}}}}
    assert asked(tmp_path, patch, source, "--to", "payments/gateway", "--port", port)["verdict"] == verdict
