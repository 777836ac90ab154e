"""Private endpoints, such as the private API server of a cluster, bypass NSGs and wider user-defined routes."""

import pathlib
from typing import Any

import pytest

from tests.reach.test_addresses import asked

SITE = {"on_premises": {"tokyo": ["192.168.0.0/16"]}, "hub": {"gateway": {"cidr": "10.0.0.96/27", "existing": True}}}
ORDERS = {"use_remote_gateways": True, "cluster": {"api_server": {"public": True}}}
WITH_POLICIES = {"cidr": "10.65.64.0/24", "private_endpoint_network_policies": "Disabled"}


@pytest.mark.parametrize(
    ("source", "to", "arguments", "verdict"),
    [
        ("on_premises.tokyo", "orders", (), "unknown"),
        ("on_premises.tokyo", "10.65.0.9", (), "unknown"),
        ("on_premises.tokyo", "spokes.orders.cluster", (), "unknown"),
        ("on_premises.tokyo", "orders", ("--port", "8443"), "blocked"),
        ("on_premises.tokyo", "orders", ("--protocol", "udp"), "blocked"),
        ("on_premises.tokyo", "10.65.200.9", (), "blocked"),
        # The spoke is not peered with payments.
        ("analytics", "orders", (), "blocked"),
        ("vault", "payments", (), "unknown"),
        ("internet", "orders", (), "blocked"),
    ],
)
def test_a_private_api_server_bypasses_the_firewall_and_nsgs(
    source: str, to: str, arguments: tuple[str, ...], verdict: str, tmp_path: pathlib.Path
) -> None:
    patch: Any = {**SITE, "spokes": {"orders": {"use_remote_gateways": True}}}
    answer = asked(tmp_path, patch, source, "--to", to, *arguments)
    assert answer["verdict"] == verdict
    assert ("private API server" in str(answer["unknown"])) == (verdict == "unknown")


def test_a_public_api_server_has_no_private_endpoint(tmp_path: pathlib.Path) -> None:
    patch: Any = {**SITE, "spokes": {"orders": ORDERS}}
    assert asked(tmp_path, patch, "on_premises.tokyo", "--to", "orders")["verdict"] == "blocked"


@pytest.mark.parametrize(("protocol", "verdict"), [("tcp", "reaches"), ("udp", "reaches"), ("icmp", "unknown")])
def test_a_private_endpoint_does_not_answer_icmp(protocol: str, verdict: str, tmp_path: pathlib.Path) -> None:
    patch = {"spokes": {"orders": {"subnets": {"data": WITH_POLICIES}}}}
    assert asked(tmp_path, patch, "runners", "--to", "orders/data", "--protocol", protocol)["verdict"] == verdict


@pytest.mark.parametrize(
    ("source", "port", "verdict"),
    [("payments", "443", "unknown"), ("payments", "8443", "reaches"), ("runners", "443", "reaches")],
)
def test_replies_of_a_private_api_server_pass_a_firewall_only_with_snat(
    source: str, port: str, verdict: str, tmp_path: pathlib.Path
) -> None:
    rule = {"sources": ["spokes.payments"], "destinations": ["spokes.orders"], "reason": "web"}
    patch = {"spokes": {"payments": {"firewall_rules": {"web": {**rule, "ports": [f"tcp/{port}"]}}}}}
    answer = asked(tmp_path, patch, source, "--to", "spokes.orders.cluster", "--port", port)
    assert answer["verdict"] == verdict
    assert ("SNAT" in str(answer["unknown"])) == (verdict == "unknown")
