"""The firewall policy lists the network's public ranges as private, so that the firewall does not translate their
source addresses.
"""

import pathlib

from tests.conftest import SAMPLE, Synth
from tests.stacks.resources import one


def test_only_a_public_range_sets_the_private_ranges_of_the_policy(tmp_path: pathlib.Path, synth: Synth) -> None:
    file = tmp_path / "topology.yaml"
    text = SAMPLE.read_text(encoding="utf-8")
    file.write_text(text.replace("  transit: 10.96", "  public: 198.18.0.0/15\n  transit: 10.96"), encoding="utf-8")
    policies = [one(synth(source, only=["hub"])["hub"], "azurerm_firewall_policy") for source in (SAMPLE, file)]
    assert "private_ip_ranges" not in policies[0].arguments
    assert policies[1].arguments["private_ip_ranges"][-2:] == ["100.64.0.0/10", "198.18.0.0/15"]
