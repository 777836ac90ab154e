"""The stacks write the DNAT rules of the firewall."""

import pathlib

from tests.conftest import PROJECT, SAMPLE, Synth
from tests.review.edits import DNAT

EVERYTHING = PROJECT / "tests" / "topologies" / "everything.yaml"
GROUP = "azurerm_firewall_policy_rule_collection_group"


def test_each_rule_translates_its_public_address(synth: Synth) -> None:
    group = synth(EVERYTHING, only=["hub"])["hub"]["resource"][GROUP]["dnat_rules"]
    (collection,) = group["nat_rule_collection"]
    assert collection["action"] == "Dnat"
    dns, shop = collection["rule"]
    assert shop == {
        "name": "shop",
        "description": "the shop's load balancer",
        "protocols": ["TCP"],
        "source_addresses": ["*"],
        "destination_address": "${azurerm_public_ip.firewall_address_2.ip_address}",
        "destination_ports": ["443"],
        "translated_address": "10.0.1.5",
        "translated_port": 8443,
    }
    assert dns["source_addresses"] == ["198.51.100.0/24", "203.0.113.7/32"]
    assert dns["destination_address"] == "${azurerm_public_ip.firewall_address.ip_address}"
    assert dns["protocols"] == ["UDP"]


def test_the_rules_are_created_after_the_firewall_in_the_hub_only(synth: Synth, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    tier = "    sku_tier: Standard\n"
    file.write_text(SAMPLE.read_text(encoding="utf-8").replace(tier, tier + DNAT), encoding="utf-8")
    before, after = synth(SAMPLE), synth(file)
    # The new folder has no key files of the clusters, so the test does not build the workspaces that need the keys.
    assert {id_ for id_ in after if before[id_] != after[id_]} == {"hub"}
    group = after["hub"]["resource"][GROUP].pop("dnat_rules")
    assert group["depends_on"] == ["azurerm_firewall.firewall"]
    assert before["hub"] == after["hub"]
