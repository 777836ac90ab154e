"""A Basic firewall has no DNS proxy, so it accepts no connections itself. It forwards connections as other tiers do."""

import pathlib

import pytest

from tests.conftest import SAMPLE
from tests.reach.test_reach import answer

TIER = "    sku_tier: Standard\n"


@pytest.mark.parametrize(
    ("to", "port", "verdict", "reason"),
    [
        ("hub", 53, "blocked", "hub accepts no connections"),
        ("hub", 443, "blocked", "hub accepts no connections"),
        ("vault", 8200, "reaches", ""),
    ],
)
def test_connections_to_and_through_a_basic_firewall(
    tmp_path: pathlib.Path, to: str, port: int, verdict: str, reason: str
) -> None:
    file = tmp_path / "topology.yaml"
    basic = TIER.replace("Standard", "Basic") + "    management_cidr: 10.0.0.128/26\n"
    file.write_text(SAMPLE.read_text(encoding="utf-8").replace(TIER, basic), encoding="utf-8")
    found = answer("analytics", to, port, file)
    assert found["verdict"] == verdict
    assert reason in str(found["blocked_by"] or "")


MANAGEMENT = "    management_cidr: 10.0.0.128/26\n"
GATEWAY = "  gateway: {cidr: 10.0.0.224/27, existing: true}\n"


@pytest.mark.parametrize(
    ("settings", "gateway", "verdict"),
    [(MANAGEMENT, GATEWAY, "unknown"), (MANAGEMENT, "", "reaches"), ("", GATEWAY, "reaches")],
    ids=["forced-tunneling", "no-gateway", "no-management-subnet"],
)
def test_the_gateway_may_propagate_a_default_route_to_a_firewall_with_a_management_subnet(
    tmp_path: pathlib.Path, settings: str, gateway: str, verdict: str
) -> None:
    file = tmp_path / "topology.yaml"
    text = SAMPLE.read_text(encoding="utf-8").replace(TIER, TIER + settings)
    file.write_text(text.replace("  vault_peering:", f"{gateway}  vault_peering:", 1), encoding="utf-8")
    found = answer("payments", "mcr.microsoft.com", 443, file)
    assert found["verdict"] == verdict
    assert ("default route" in str(found["unknown"])) == (verdict == "unknown")
