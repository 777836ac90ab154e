"""Extract the facts of a synthesized network: each name, range or rule is one text."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.conftest import Synthesized

NAMED = (
    "azurerm_firewall",
    "azurerm_firewall_policy",
    "azurerm_kubernetes_cluster",
    "azurerm_nat_gateway",
    "azurerm_private_dns_zone",
    "azurerm_public_ip",
    "azurerm_resource_group",
    "azurerm_route_table",
    "azurerm_user_assigned_identity",
    "azurerm_virtual_network_peering",
)


def facts(workspaces: Synthesized) -> set[str]:
    """Return each fact of the network once: `vnet NAME RANGE`, `subnet VNET/NAME RANGE`, `rule NSG/NAME
    PRIORITY …`, `firewall_tier NAME TIER`, `peered VNET REMOTE`, `routed VNET/SUBNET TABLE`, `nat SUBNET`, `policies
    VNET/SUBNET POLICIES` of private endpoints, `pods MODE POLICY OUTBOUND_TYPE`, `api_server private`, `nodes NAME
    SUBNET SIZE MIN-MAX PODS`, `registers ZONE`."""
    resources = [
        (kind, arguments)
        for workspace in workspaces.values()
        for kind, named in workspace.get("resource", {}).items()
        for arguments in named.values()
    ]
    between = {
        fact
        for workspace in workspaces.values()
        for find in (_peered, _routed)
        for fact in find(workspace.get("resource", {}))
    }
    return between | {fact for kind, arguments in resources for fact in _facts(kind, arguments)}


def _peered(resources: Mapping[str, Any]) -> Iterator[str]:
    """Yield `peered VNET REMOTE` for each half of a peering."""
    own = {
        f"${{azurerm_virtual_network.{key}.{attribute}}}": vnet["name"]
        for key, vnet in resources.get("azurerm_virtual_network", {}).items()
        for attribute in ("id", "name")
    }
    for half in resources.get("azurerm_virtual_network_peering", {}).values():
        ends = (half["virtual_network_name"], half["remote_virtual_network_id"])
        yield f"peered {' '.join(own.get(end, end.rpartition('/')[2]) for end in ends)}"


def _routed(resources: Mapping[str, Any]) -> Iterator[str]:
    """Yield `routed VNET/SUBNET TABLE` for each subnet with a route table in a new VNet."""
    own = {
        f"${{azurerm_route_table.{key}.id}}": table["name"]
        for key, table in resources.get("azurerm_route_table", {}).items()
    }
    for vnet in resources.get("azurerm_virtual_network", {}).values():
        for subnet in vnet["subnet"]:
            table = subnet.get("route_table_id")
            if table:
                yield f"routed {vnet['name']}/{subnet['name']} {own.get(table) or table.rpartition('/')[2]}"


def _facts(kind: str, arguments: Mapping[str, Any]) -> Iterator[str]:
    name = arguments.get("name")
    if kind in NAMED:
        yield f"{kind.removeprefix('azurerm_')} {name}"
        if kind == "azurerm_kubernetes_cluster":
            yield from _cluster(arguments)
        if kind == "azurerm_firewall":
            yield f"firewall_tier {name} {arguments['sku_tier']}"
        if kind == "azurerm_firewall_policy":
            yield f"threats {name} {arguments['threat_intelligence_mode']}"
            yield from (f"idps {name} {one['mode']}" for one in [arguments.get("intrusion_detection")] if one)
        for route in arguments.get("route") or ():
            hop = route["next_hop_in_ip_address"] or route["next_hop_type"]
            yield f"route {name}/{route['name']} {route['address_prefix']} {hop}"
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
            if subnet["private_endpoint_network_policies"] != "Disabled":
                yield f"policies {place} {subnet['private_endpoint_network_policies']}"
    elif kind == "azurerm_subnet_nat_gateway_association":
        yield f"nat {arguments['subnet_id'].rpartition('/')[2]}"
    elif kind == "azurerm_kubernetes_cluster_node_pool":
        yield _nodes(arguments)
    elif kind == "azurerm_private_dns_zone_virtual_network_link" and arguments["registration_enabled"]:
        yield f"registers {arguments['private_dns_zone_name']}"
    elif kind == "azurerm_network_security_group":
        yield f"network_security_group {name}"
        for rule in arguments.get("security_rule") or ():
            values = (rule["priority"], rule["direction"], rule["access"])
            yield f"rule {name}/{rule['name']} {' '.join(map(str, values))}"
    elif kind == "azurerm_firewall_policy_rule_collection_group":
        for collection in ("network_rule_collection", "application_rule_collection"):
            for rules in arguments.get(collection) or ():
                yield from (f"firewall_rule {rule['name']}" for rule in rules["rule"])


def _cluster(cluster: Mapping[str, Any]) -> Iterator[str]:
    profile, pool = cluster["network_profile"], cluster["default_node_pool"]
    mode = profile.get("network_plugin_mode") or ("pod_subnet" if pool.get("pod_subnet_id") else "node_subnet")
    yield f"pods {mode} {profile.get('network_policy')} {profile['outbound_type']}"
    yield f"api_server {'private' if cluster['private_cluster_enabled'] else 'public'}"
    yield f"tier {cluster['sku_tier']}"
    yield _nodes(pool)


def _nodes(pool: Mapping[str, Any]) -> str:
    subnets = [pool[key].rpartition("/")[2] for key in ("vnet_subnet_id", "pod_subnet_id") if pool.get(key)]
    counts = f"{pool['min_count']}-{pool['max_count']}"
    return f"nodes {pool['name']} {'+'.join(subnets)} {pool['vm_size']} {counts} {pool['max_pods']}"
