"""The facts of a synthesized network: names, ranges and rules, as one text each."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.conftest import Synthesized

NAMED = (
    "azurerm_firewall",
    "azurerm_firewall_policy",
    "azurerm_kubernetes_cluster",
    "azurerm_private_dns_zone",
    "azurerm_public_ip",
    "azurerm_resource_group",
    "azurerm_route_table",
    "azurerm_user_assigned_identity",
    "azurerm_virtual_network_peering",
)


def facts(workspaces: Synthesized) -> set[str]:
    """Return each fact of the network once: `vnet NAME RANGE`, `subnet VNET/NAME RANGE`, `rule NSG/NAME PRIORITY …`."""
    resources = [
        (kind, arguments)
        for workspace in workspaces.values()
        for kind, named in workspace.get("resource", {}).items()
        for arguments in named.values()
    ]
    return {fact for kind, arguments in resources for fact in _facts(kind, arguments)}


def _facts(kind: str, arguments: Mapping[str, Any]) -> Iterator[str]:
    name = arguments.get("name")
    if kind in NAMED:
        yield f"{kind.removeprefix('azurerm_')} {name}"
        if kind == "azurerm_firewall_policy":
            yield f"threats {name} {arguments['threat_intelligence_mode']}"
    elif kind == "azurerm_virtual_network":
        for cidr in arguments["address_space"]:
            yield f"vnet {name} {cidr}"
        for address in arguments.get("dns_servers") or ():
            yield f"dns {name} {address}"
        for subnet in arguments["subnet"]:
            place = f"{name}/{subnet['name']}"
            yield f"subnet {place} {subnet['address_prefixes'][0]}"
            for delegation in subnet.get("delegation") or ():
                yield f"delegation {place} {delegation['service_delegation'][0]['name']}"
            for service in subnet.get("service_endpoints") or ():
                yield f"endpoint {place} {service}"
    elif kind == "azurerm_network_security_group":
        yield f"network_security_group {name}"
        for rule in arguments.get("security_rule") or ():
            values = (rule["priority"], rule["direction"], rule["access"])
            yield f"rule {name}/{rule['name']} {' '.join(map(str, values))}"
    elif kind == "azurerm_firewall_policy_rule_collection_group":
        for collection in ("network_rule_collection", "application_rule_collection"):
            for rules in arguments.get(collection) or ():
                yield from (f"firewall_rule {rule['name']}" for rule in rules["rule"])
