"""The hub's shared firewall rules."""

import pathlib
from ipaddress import IPv4Network, collapse_addresses

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


def test_rules_for_pools_exclude_a_hub_inside_the_pool(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    text = SAMPLE.read_text(encoding="utf-8").replace("10.96.0.0", "10.192.0.0")
    file.write_text(text.replace("spokes: 10.64.0.0/12", "spokes: 10.0.0.0/9"), encoding="utf-8")
    rule = next(rule for rule in firewall.application_rules(require(file).topology) if rule.name == "pools-aks")
    sources = [IPv4Network(cidr) for cidr in rule.sources]
    hub = IPv4Network("10.0.0.0/22")
    assert not any(hub.overlaps(cidr) for cidr in sources)
    assert list(collapse_addresses([*sources, hub])) == [IPv4Network("10.0.0.0/9"), IPv4Network("10.192.0.0/16")]


def test_the_firewall_does_not_translate_addresses_of_public_ranges_in_the_network(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    text = SAMPLE.read_text(encoding="utf-8")
    file.write_text(text.replace("  transit: 10.96", "  public: 198.18.0.0/15\n  transit: 10.96"), encoding="utf-8")
    assert firewall.private_ranges(require(SAMPLE).topology) == ()
    default = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
    assert firewall.private_ranges(require(file).topology) == (*default, "198.18.0.0/15")
