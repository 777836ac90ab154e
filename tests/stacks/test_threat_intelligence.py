"""The topology file sets the mode of threat intelligence of the firewall policy."""

import pathlib

import pytest

from tests.conftest import SAMPLE, Synth
from tests.stacks.resources import one

TIER = "    sku_tier: Standard\n"


@pytest.mark.parametrize(
    ("line", "mode"),
    [
        ("", "Alert"),
        ('    threat_intelligence: "off"\n', "Off"),
        ("    threat_intelligence: alert\n", "Alert"),
        ("    threat_intelligence: deny\n", "Deny"),
    ],
)
def test_the_policy_has_the_mode_of_the_file(tmp_path: pathlib.Path, synth: Synth, line: str, mode: str) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text(SAMPLE.read_text(encoding="utf-8").replace(TIER, TIER + line), encoding="utf-8")
    policy = one(synth(file, only=["hub"])["hub"], "azurerm_firewall_policy")
    assert policy.arguments["threat_intelligence_mode"] == mode
