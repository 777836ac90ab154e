"""The hub's shared firewall rules."""

import pathlib

from hvn.check.load import require
from hvn.topology import firewall
from tests.conftest import SAMPLE


def test_a_repeated_transit_pool_is_one_source(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    text = SAMPLE.read_text(encoding="utf-8")
    assert "transit_pools: [transit]" in text
    rules = []
    for pools in ("[transit]", "[transit, transit]"):
        file.write_text(text.replace("transit_pools: [transit]", f"transit_pools: {pools}"), encoding="utf-8")
        rules.append(firewall.network_rules(require(file).topology))
    assert rules[0] == rules[1]
