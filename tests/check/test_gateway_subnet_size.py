"""GatewaySubnet of a VPN gateway may be small; Azure refuses a small subnet for an ExpressRoute gateway."""

import pathlib

import pytest
import yaml

from hvn.check.load import load
from hvn.diagnostics.finding import Level
from tests.conftest import PROJECT
from tests.strategies import dump


@pytest.mark.parametrize(
    ("gateway", "level"),
    [
        ({}, Level.WARNING),
        ({"type": "vpn"}, Level.WARNING),
        ({"type": "express_route"}, Level.ERROR),
        ({"type": "both"}, Level.ERROR),
    ],
)
def test_only_a_vpn_gateway_accepts_a_small_subnet(
    gateway: dict[str, str], level: Level, tmp_path: pathlib.Path
) -> None:
    data = yaml.safe_load((PROJECT / "tests" / "check" / "bases" / "small.yaml").read_text(encoding="utf-8"))
    data["hub"]["gateway"] = {"cidr": "10.0.0.96/28", **gateway}
    file = tmp_path / "topology.yaml"
    file.write_text(dump(data), encoding="utf-8")
    assert [(one.rule.id, one.severity) for one in load(file).findings] == [("HVN102", level)]
