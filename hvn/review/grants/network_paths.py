"""Find routes, peerings, subnets and addresses that open a path: traffic takes a different path, or no security group
filters it."""

from collections.abc import Iterator, Mapping
from typing import Any

from hvn.review.grants.opening import Opening, blocks, new_values, texts

ROUTES, PEERING, SUBNET = "azurerm_route_table", "azurerm_virtual_network_peering", "azurerm_subnet"
VNET, ADDRESS, ZONE_LINK = (
    "azurerm_virtual_network",
    "azurerm_public_ip",
    "azurerm_private_dns_zone_virtual_network_link",
)
HVN_ROUTE, HVN_PEERING, ROUTE = "hcp_hvn_route", "hcp_azure_peering_connection", "azurerm_route"
DNS = ("hcp_dns_forwarding", "hcp_dns_forwarding_rule")
ASSOCIATIONS = {
    "azurerm_subnet_network_security_group_association": ("security group", "network_security_group_id"),
    "azurerm_subnet_route_table_association": ("route table", "route_table_id"),
}
NAT = "azurerm_subnet_nat_gateway_association"
TYPES = (NAT, ROUTES, ROUTE, PEERING, SUBNET, VNET, ADDRESS, ZONE_LINK, HVN_ROUTE, HVN_PEERING, *DNS, *ASSOCIATIONS)
# By type: the arguments that let more traffic pass if they are true, with their default.
SWITCHES = {
    ROUTES: {"bgp_route_propagation_enabled": True},
    PEERING: {
        "allow_virtual_network_access": True,
        "allow_forwarded_traffic": False,
        "allow_gateway_transit": False,
        "use_remote_gateways": False,
        "peer_complete_virtual_networks_enabled": True,
    },
    SUBNET: {"default_outbound_access_enabled": True},
    ZONE_LINK: {"registration_enabled": False},
    HVN_PEERING: {"allow_forwarded_traffic": False, "use_remote_gateways": False},
}
# The subnets that a peering connects, if it does not connect the complete VNets.
SUBNETS = ("local_subnet_names", "remote_subnet_names")
# By type: the argument that names the remote network or the destination.
TARGETS = {
    PEERING: "remote_virtual_network_id",
    ZONE_LINK: "virtual_network_id",
    HVN_ROUTE: "destination_cidr",
    HVN_PEERING: "peer_vnet_name",
}
OF_A_SUBNET = ("security_group", "route_table_id")
# The filters that Azure applies to private endpoints in a subnet, by the value of the argument.
ENDPOINT_POLICIES = "private_endpoint_network_policies"
ENDPOINT_FILTERS = {
    "NetworkSecurityGroupEnabled": {"security group"},
    "RouteTableEnabled": {"route table"},
    "Enabled": {"security group", "route table"},
}


def openings(type_: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Opening]:
    """Yield the paths that `after` opens, and the filters that it removes. A destroyed resource opens a path only if it
    is a route or an association."""
    if type_ in ASSOCIATIONS:
        yield from _association(type_, before, after)
    if type_ == ROUTE:
        name = _name(type_, after or before or {})
        yield from _routes(name, *({"route": side} if side else {} for side in (before, after)))
    if after is None:
        return
    name = _name(type_, after)
    for argument, default in SWITCHES.get(type_, {}).items():
        if _on(after, argument, default=default) and not (before and _on(before, argument, default=default)):
            yield Opening(name, argument)
    target = TARGETS.get(type_, "")
    old, new = (before or {}).get(target), after.get(target)
    # In a replaced resource, an argument that is known after apply is null, which is not a new target.
    if target and new and new != old:
        yield Opening(name, target, str(new))
    for argument in SUBNETS if type_ == PEERING and before else ():
        for subnet in new_values(texts((before or {}).get(argument)), texts(after.get(argument))):
            yield Opening(name, argument, subnet)
    if type_ in (ADDRESS, NAT) and before is None:
        yield Opening(name, "new")
    if type_ in DNS:
        for domain, server in sorted(_servers(after) - _servers(before or {})):
            yield Opening(f"DNS of {domain}", "server", server)
    if type_ == ROUTES and before is not None:
        yield from _routes(name, before, after)
    if type_ == SUBNET and before is not None:
        yield from _endpoints(name, before, after)
    if type_ == VNET and before is not None:
        yield from _subnets(before, after)
        for server in new_values(texts(before.get("dns_servers")), texts(after.get("dns_servers"))):
            yield Opening(name, "DNS server", server)


def _name(type_: str, values: Mapping[str, Any]) -> str:
    kind = type_.partition("_")[2].replace("_", " ")
    names = map(values.get, ("name", "hvn_route_id", "peering_id", "subnet_id"))
    return f"{kind} {next(filter(None, names), 'known after apply')}"


def _on(values: Mapping[str, Any], argument: str, *, default: bool) -> bool:
    value = values.get(argument)
    return default if value is None else value is not False


def _association(type_: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Opening]:
    word, argument = ASSOCIATIONS[type_]
    if before is not None and after is None:
        yield Opening(f"subnet {before.get('subnet_id')}", f"removed {word}")
    elif before is not None and after and after.get(argument) and not same_id(before.get(argument), after[argument]):
        yield Opening(f"subnet {after.get('subnet_id')}", f"other {word}", str(after[argument]))


def same_id(one: object, other: object) -> bool:
    """Return whether two ids name the same resource. Azure ignores the case of ids."""
    return str(one).casefold() == str(other).casefold()


def _servers(values: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Return the domains that Vault resolves, each with a server."""
    rules = [values, *blocks(values.get("forwarding_rule"))]
    return frozenset(
        (str(rule.get("domain_name")), server) for rule in rules for server in texts(rule.get("inbound_endpoint_ips"))
    )


def _routes(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Opening]:
    old, new = _hops(before), _hops(after)
    for prefix, hop in sorted(new.items()):
        if old.get(prefix) != hop:
            yield Opening(name, "route", f"{prefix} to {hop}")
    for prefix in sorted(old.keys() - new.keys()):
        yield Opening(name, "removed route", prefix)


def _hops(values: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the next hop by prefix."""
    return {
        str(route.get("address_prefix")): str(route.get("next_hop_in_ip_address") or route.get("next_hop_type"))
        for route in blocks(values.get("route"))
    }


def _subnets(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Opening]:
    """Yield the inline subnets that lose or change their security group or route table, also for private endpoints, or
    get direct access to the internet.

    A plan omits an argument that is known after apply, such as the id of a replaced security group.
    """
    old = {subnet.get("name"): subnet for subnet in blocks(before.get("subnet"))}
    for subnet in blocks(after.get("subnet")):
        was, name = old.get(subnet.get("name"), {}), f"subnet {subnet.get('name')}"
        for argument in OF_A_SUBNET:
            if was.get(argument) and argument in subnet and not subnet[argument]:
                yield Opening(name, f"removed {argument}")
            elif was.get(argument) and subnet.get(argument) and not same_id(was[argument], subnet[argument]):
                yield Opening(name, f"other {argument}", str(subnet[argument]))
        for argument, default in SWITCHES[SUBNET].items():
            if _on(subnet, argument, default=default) and not _on(was, argument, default=default):
                yield Opening(name, argument)
        yield from _endpoints(name, was, subnet)


def _endpoints(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Opening]:
    """Yield the filters that private endpoints in a subnet lose."""
    old, new = (ENDPOINT_FILTERS.get(str(side.get(ENDPOINT_POLICIES)), set()) for side in (before, after))
    for lost in sorted(old - new) if ENDPOINT_POLICIES in after else ():
        yield Opening(name, "private endpoints without", lost)
