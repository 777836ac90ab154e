"""Test names, subscriptions, states and tags of the resources in several topologies."""

import json
import os.path
import pathlib
import re
from importlib import import_module
from inspect import signature

import pytest
import yaml

from hvn.check.load import require
from tests.conftest import SAMPLE, Synth, Synthesized
from tests.stacks.resources import EVERYTHING, NO_PEERING, NO_TRANSIT, OURS, Resource, resources

IDS = {
    "azurerm_resource_group": "",
    "azurerm_virtual_network": "/providers/Microsoft.Network/virtualNetworks/{name}",
    "azurerm_subnet": "/providers/Microsoft.Network/virtualNetworks/{virtual_network_name}/subnets/{name}",
    "azurerm_firewall_policy": "/providers/Microsoft.Network/firewallPolicies/{name}",
    "azurerm_route_table": "/providers/Microsoft.Network/routeTables/{name}",
    "azurerm_private_dns_zone": "/providers/Microsoft.Network/privateDnsZones/{private_dns_zone_name}",
    "azurerm_kubernetes_cluster": "/providers/Microsoft.ContainerService/managedClusters/{name}",
}
SHORT_IDS = ("/nsg-data", "/nsg-tools", "/rt-old")
"""Existing NSGs and route tables that everything.yaml names by group and name."""
ID = r"/subscriptions/[0-9a-f-]{36}(?:/[\w.()-]+)+"
# Arguments that name another resource, with the type of that resource.
PLACES = {
    "resource_group_name": "azurerm_resource_group",
    "virtual_network_name": "azurerm_virtual_network",
    "private_dns_zone_name": "azurerm_private_dns_zone",
}


def azure_id(resource: Resource, kind: str, **names: str) -> str:
    """Return the id of a resource of this type in the subscription and resource group of another resource."""
    group = f"/subscriptions/{resource.subscription}/resourceGroups/{resource['resource_group_name']}"
    return group + IDS[kind].format(**names)


def created(built: Synthesized) -> set[str]:
    """Return the ids of the created resources with a type in IDS."""
    ids = set()
    for resource in resources(built, *IDS):
        if resource.type == "azurerm_resource_group":
            ids.add(f"/subscriptions/{resource.subscription}/resourceGroups/{resource['name']}")
        else:
            names = {"name": resource["name"], "private_dns_zone_name": resource["name"]}
            if "virtual_network_name" in resource.arguments:
                names["virtual_network_name"] = resource["virtual_network_name"]
            ids.add(azure_id(resource, resource.type, **names))
        for subnet in resource.arguments.get("subnet", ()):
            names = {"virtual_network_name": resource["name"], "name": subnet["name"]}
            ids.add(azure_id(resource, "azurerm_subnet", **names))
    return ids


def existing_resources(topology: pathlib.Path) -> set[str]:
    """Return the ids of the private DNS zones and VNets in a file, and the ids of their resource groups."""
    ids = re.findall(
        r"/subscriptions/\S+/(?:privateDnsZones|virtualNetworks)/[\w.-]+", topology.read_text(encoding="utf-8")
    )
    return {*ids, *(id_.partition("/providers/")[0] for id_ in ids)}


@pytest.mark.parametrize("topology", OURS, ids=lambda file: file.stem)
def test_each_azure_id_is_that_of_a_created_resource(topology: pathlib.Path, synth: Synth) -> None:
    built = synth(topology)
    ids = re.findall(ID, json.dumps(list(built.values())))
    assert len(ids) > 3 or topology == NO_PEERING
    # Destinations of logs and the DDoS plan are managed outside this project.
    named = re.findall(ID, topology.read_text(encoding="utf-8"))
    ids = [id_ for id_ in ids if not id_.endswith(SHORT_IDS)]
    assert {id_.rstrip(".") for id_ in ids} <= created(built) | {*named}


@pytest.mark.parametrize("topology", OURS, ids=lambda file: file.stem)
def test_groups_networks_and_zones_are_in_the_subscription_of_the_provider(
    topology: pathlib.Path, synth: Synth
) -> None:
    built = synth(topology)
    ids, checked = created(built) | existing_resources(topology), 0
    for resource in resources(built):
        if "azurerm_" in resource.type and "resource_group_name" in resource.arguments:
            for argument in PLACES.keys() & resource.arguments.keys():
                name = resource[argument]
                assert azure_id(resource, PLACES[argument], name=name, **{argument: name}) in ids, resource.address
                checked += 1
    assert checked > 10


def test_the_hubs_half_of_a_peering_and_the_zone_link_are_in_the_hubs_subscription(synth: Synth) -> None:
    network = synth(EVERYTHING)["network-payments"]
    subscriptions = {resource.address: resource.subscription for resource in resources({"": network})}
    in_hub = {address for address, subscription in subscriptions.items() if subscription.startswith("66666666")}
    assert {address.split(".")[0] for address in in_hub} == {
        "azurerm_virtual_network_peering",
        "azurerm_private_dns_zone_virtual_network_link",
        "azurerm_firewall_policy_rule_collection_group",
        "azurerm_route",
    }
    assert len(in_hub) == 8  # two of these are zone links, four are routes of GatewaySubnet
    assert {subscriptions[address][:8] for address in subscriptions.keys() - in_hub} == {"77777777"}


def test_state_is_beside_the_output_folder_in_a_folder_of_the_topology() -> None:
    for topology, name in ((SAMPLE, "platform"), (NO_TRANSIT, "small"), (NO_PEERING, "small")):
        paths = {one.id: one.inputs.backend for one in require(topology).workspaces() if one.inputs}
        for workspace, backend in paths.items():
            path = getattr(backend, "path")  # noqa: B009 - these three have the local backend
            assert os.path.normpath(f"/any/out/stacks/{workspace}/{path}") == f"/any/state/{name}/{workspace}.tfstate"


@pytest.mark.parametrize("topology", [SAMPLE, EVERYTHING], ids=lambda file: file.stem)
def test_each_resource_with_tags_has_the_tags_of_the_file(topology: pathlib.Path, synth: Synth) -> None:
    """A tag of the spoke overrides a shared tag with the same key, whatever the letter case of the key."""
    written = yaml.safe_load(topology.read_text(encoding="utf-8"))
    untagged, tagged = [], set()
    for workspace, resource in ((id_, one) for id_, stack in synth(topology).items() for one in resources({"": stack})):
        spokes = [spoke for name, spoke in written["spokes"].items() if workspace.endswith(f"-{name}")]
        own = spokes[0].get("tags", {}) if spokes else {}
        replaced = {key.casefold() for key in own}
        shared = {key: tag for key, tag in written["azure"]["tags"].items() if key.casefold() not in replaced}
        tags = {**shared, **own}
        if resource.type.startswith("azurerm_") and takes_tags(resource.type):
            tagged.add(resource.type)
            pools = [resource.arguments["default_node_pool"]] if "default_node_pool" in resource.arguments else []
            untagged += [resource.address for block in (resource.arguments, *pools) if block.get("tags") != tags]
    assert untagged == []
    assert len(tagged) >= 9


def takes_tags(kind: str) -> bool:
    """Return whether the resource type has the argument `tags`, by its class in the bindings."""
    name = kind.removeprefix("azurerm_")
    resource = getattr(import_module(f"cdktf_cdktf_provider_azurerm.{name}"), name.title().replace("_", ""))
    return "tags" in signature(resource.__init__).parameters
