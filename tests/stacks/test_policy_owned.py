"""Terraform ignores changes of the arguments that Azure Policy owns, and of the arguments that the stacks always
ignore.
"""

from typing import Any

import yaml

from hvn.check.load import check
from hvn.yamlfile.source import parse
from tests.conftest import PROJECT, SAMPLE, Synth
from tests.strategies import dump

EVERYTHING = PROJECT / "tests" / "topologies" / "everything.yaml"
OTHERWISE = PROJECT / "tests" / "topologies" / "everything-otherwise.yaml"


def ignored(stack: Any) -> dict[str, list[str]]:
    """Return the ignored arguments of each resource, by address."""
    return {
        f"{type_}.{name}": body["lifecycle"]["ignore_changes"]
        for type_, bodies in stack["resource"].items()
        for name, body in bodies.items()
        if body.get("lifecycle", {}).get("ignore_changes")
    }


def test_tags_are_ignored_on_every_resource_with_tags(synth: Synth) -> None:
    for id_, stack in synth(EVERYTHING).items():
        for type_, bodies in stack.get("resource", {}).items():
            for name, body in bodies.items():
                own = ignored(stack).get(f"{type_}.{name}", ())
                assert ("tags" in own) is ("tags" in body), (id_, type_)


def test_an_argument_is_ignored_on_its_type_only_and_beside_the_others(synth: Synth) -> None:
    stacks = synth(OTHERWISE)
    assert ignored(stacks["network-payments"]) == {"azurerm_virtual_network.vnet": ["ddos_protection_plan"]}
    assert ignored(stacks["aks-payments"]) == {
        "azurerm_kubernetes_cluster.cluster": ["default_node_pool[0].tags", "oms_agent", "azure_policy_enabled"],
        "azurerm_kubernetes_cluster_node_pool.nodes_batch": ["tags"],
    }
    assert ignored(stacks["hub"]) == {
        "azurerm_virtual_network.vnet": ["ddos_protection_plan"],
        "azurerm_firewall.firewall": ["zones"],
        "azurerm_public_ip.firewall_address": ["zones"],
        "azurerm_public_ip.management_address": ["zones"],
    }


def test_a_choice_changes_only_the_workspaces_that_have_the_argument() -> None:
    topology = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    before = fingerprints(topology)
    topology["azure"]["policy_owned"] = ["aks_policy"]
    assert {id_ for id_, one in fingerprints(topology).items() if before[id_] != one} == {"aks-orders", "aks-payments"}
    topology["azure"]["policy_owned"] = ["ddos_protection_plan"]
    changed = {id_ for id_, one in fingerprints(topology).items() if before[id_] != one}
    assert changed == {"hub", "network-analytics", "network-orders", "network-payments"}
    # The order of the list has no effect.
    topology["azure"]["policy_owned"] = ["tags", "aks_policy"]
    after = fingerprints(topology)
    topology["azure"]["policy_owned"].reverse()
    assert fingerprints(topology) == after


def fingerprints(topology: Any) -> dict[str, str]:
    checked = check(parse(dump(topology), "topology.yaml"), SAMPLE.parent / "jwks").checked
    assert checked
    return {one.id: one.inputs.fingerprint for one in checked.workspaces() if one.inputs}


def test_without_a_choice_nothing_more_is_ignored(synth: Synth) -> None:
    assert ignored(synth(SAMPLE)["network-orders"]) == {}
