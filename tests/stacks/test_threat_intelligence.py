"""The topology file sets the mode of threat intelligence and the base policy of the firewall policy."""

import pathlib

import pytest

from tests.conftest import SAMPLE, Synth
from tests.stacks.resources import one
from tests.strategies.hub import BASE_POLICY

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


def test_the_policy_has_the_base_policy_of_the_file(tmp_path: pathlib.Path, synth: Synth) -> None:
    file = tmp_path / "topology.yaml"
    text = SAMPLE.read_text(encoding="utf-8").replace(TIER, f"{TIER}    base_policy_id: {BASE_POLICY}\n")
    file.write_text(text, encoding="utf-8")
    assert one(synth(file, only=["hub"])["hub"], "azurerm_firewall_policy").arguments["base_policy_id"] == BASE_POLICY
