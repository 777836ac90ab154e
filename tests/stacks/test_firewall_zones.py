"""The public addresses of a firewall are in its only zone, or in all three zones."""

import pathlib

import pytest

from tests.conftest import SAMPLE, Synth


@pytest.mark.parametrize(
    ("zones", "addresses"),
    [(["2"], ["2"]), (["1", "3"], ["1", "2", "3"]), (["1", "2", "3"], ["1", "2", "3"])],
)
def test_addresses_are_in_one_zone_or_in_all_zones(
    synth: Synth, tmp_path: pathlib.Path, zones: list[str], addresses: list[str]
) -> None:
    file = tmp_path / "topology.yaml"
    tier = "    sku_tier: Standard\n"
    more = f"    management_cidr: 10.0.0.128/26\n    public_ips: 2\n    zones: {zones}\n"
    file.write_text(SAMPLE.read_text(encoding="utf-8").replace(tier, tier + more), encoding="utf-8")
    resources = synth(file, only=["hub"])["hub"]["resource"]
    assert resources["azurerm_firewall"]["firewall"]["zones"] == zones
    built = {name: one["zones"] for name, one in resources["azurerm_public_ip"].items()}
    assert built == dict.fromkeys(("firewall_address", "firewall_address_2", "management_address"), addresses)
