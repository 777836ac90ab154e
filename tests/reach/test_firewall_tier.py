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
