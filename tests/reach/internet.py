"""Compute the connections to the internet from the synthesized Terraform, by address or host name.

Like terraform.py, this model shares no code with hvn/reach and reads no topology.
"""

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from typing import Any

from tests.reach.terraform import FIREWALL_SUBNET, Cloud, Where, _values

NAT = "azurerm_subnet_nat_gateway_association"


def leaves(
    cloud: Cloud, source: IPv4Address, to: IPv4Address, port: int, host: str = "", protocol: str = "Tcp"
) -> bool | None:
    """Return whether a connection reaches a public address. Azure translates no ICMP packets. Return None if the JSON
    does not decide the answer: for service tags, service endpoints, FQDN tags, appliances, and resources that are
    managed outside this project.
    """
    cloud.protocol = protocol
    seen = _leaves(cloud, source, to, port, host)
    return False if seen and protocol == "Icmp" else seen


def _leaves(cloud: Cloud, source: IPv4Address, to: IPv4Address, port: int, host: str) -> bool | None:
    where = cloud.where(source)
    allowed = _outbound(cloud, where, source, to, port)
    if not allowed:
        return allowed
    if where not in cloud.tables and _has_existing_table(cloud, where):
        return None
    if any(not route["address_prefix"][0].isdigit() for route in _every_route(cloud, where)):
        return None
    if any(subnet["service_endpoints"] for _, subnet in _blocks(cloud, where)):
        return None
    fit = [route for route in cloud.tables.get(where, []) if to in IPv4Network(route["address_prefix"])]
    if not fit:
        return _is_translated(cloud, where)
    route = max(fit, key=lambda one: IPv4Network(one["address_prefix"]).prefixlen)
    if route["next_hop_type"] == "Internet":
        return _is_translated(cloud, where)
    if route["next_hop_type"] != "VirtualAppliance":
        return None if route["next_hop_type"] == "VirtualNetworkGateway" else False
    hop = IPv4Address(route["next_hop_in_ip_address"])
    firewall = next((one for one, cidr in cloud.subnets.items() if hop in cidr), None)
    if firewall is None or firewall.subnet != FIREWALL_SUBNET:
        return _in_transit(cloud, hop, source, to, port)
    if firewall.network != where.network and (where.network, firewall.network) not in cloud.forwarded:
        return False
    return _passes(cloud, source, to, port, host)


def _in_transit(cloud: Cloud, hop: IPv4Address, source: IPv4Address, to: IPv4Address, port: int) -> bool | None:
    """Return False if the NSG of an appliance's subnet denies a request. Return None otherwise, and for a hub with a
    gateway, because the tag VirtualNetwork has the gateway's routes."""
    where = next((one for one, cidr in cloud.subnets.items() if hop in cidr), None)
    if where is None or where not in cloud.groups or cloud.gateway:
        return None
    texts = {text for rule in cloud.groups[where] for text in _values(rule, "destination_address_prefix")}
    tags = any(not text[0].isdigit() and text not in ("*", "VirtualNetwork") for text in texts)
    return None if tags or cloud._may(hop, "Inbound", source, to, port) else False


def forwarded(cloud: Cloud) -> Iterator[tuple[IPv4Address, int, IPv4Address, int, str, bool]]:
    """Yield a client, the public port, the target, its port and the protocol of each DNAT rule, and whether the
    connection arrives. The firewall replaces the client's address with an address of its subnet.
    """
    firewall = next((where for where in cloud.subnets if where.subnet == FIREWALL_SUBNET), None)
    for group in cloud._all("hub", "azurerm_firewall_policy_rule_collection_group") if firewall else ():
        for rule in (rule for one in group.get("nat_rule_collection") or () for rule in one["rule"]):
            sources = [IPv4Network(text) for text in rule["source_addresses"] if text != "*"]
            client = sources[0][0] if sources else IPv4Address("20.1.2.3")
            to, port = IPv4Address(rule["translated_address"]), int(rule["translated_port"])
            for protocol in rule["protocols"]:
                if firewall is None:
                    continue
                cloud.protocol = protocol.capitalize()
                near = cloud._send(cloud.subnets[firewall][5], to, port, answer_by_firewall=None) is False
                yield (
                    client,
                    int(rule["destination_ports"][0]),
                    to,
                    port,
                    protocol.lower(),
                    near and cloud._may(to, "Inbound", cloud.subnets[firewall][5], to, port),
                )


def _outbound(cloud: Cloud, where: Where, source: IPv4Address, to: IPv4Address, port: int) -> bool | None:
    if where not in cloud.groups:
        return None
    everywhere = any(route["address_prefix"] == "0.0.0.0/0" for route in cloud.tables.get(where, []))
    near = [cidr for cidr in cloud.ranges[where.network] if source in cidr]
    for rule in sorted(cloud.groups[where], key=lambda rule: int(rule["priority"])):
        if rule["direction"] != "Outbound" or rule["protocol"] not in ("*", cloud.protocol):
            continue
        ports = _values(rule, "destination_port_range")
        if cloud.protocol == "Icmp" and rule["protocol"] == "*" and "*" not in ports:
            return None
        if not cloud._has(ports, port):
            continue
        texts = _values(rule, "source_address_prefix"), _values(rule, "destination_address_prefix")
        if not any(_holds(text, source, VirtualNetwork=bool(near)) for text in texts[0]):
            continue
        if any(_holds(text, to, VirtualNetwork=everywhere, Internet=True) for text in texts[1]):
            return bool(rule["access"] == "Allow")
        if any(text not in ("*", "VirtualNetwork", "Internet") and not text[0].isdigit() for text in texts[1]):
            return None
    return True  # AllowInternetOutBound


def _holds(text: str, address: IPv4Address, **tags: bool) -> bool:
    return text == "*" or tags.get(text, False) or (text[0].isdigit() and address in ip_network(text))


def _every_route(cloud: Cloud, where: Where) -> Iterator[Mapping[str, Any]]:
    """Yield the routes of a subnet, including the routes to service tags."""
    for stack, subnet in _blocks(cloud, where):
        if str(subnet["route_table_id"]).startswith("$"):
            yield from cloud._follow(stack, subnet["route_table_id"]).get("route", ())


def _has_existing_table(cloud: Cloud, where: Where) -> bool:
    return any(str(subnet["route_table_id"]).startswith("/") for _, subnet in _blocks(cloud, where))


def _blocks(cloud: Cloud, where: Where) -> Iterator[tuple[str, Mapping[str, Any]]]:
    stack = cloud.owner[where.network]
    for vnet in cloud._all(stack, "azurerm_virtual_network"):
        yield from ((stack, one) for one in vnet["subnet"] if Where(vnet["name"], one["name"]) == where)


def _is_translated(cloud: Cloud, where: Where) -> bool | None:
    """Return whether connections get a public source address; None for Azure Bastion, services in delegated subnets,
    and hosts that the network security group opens to public addresses.
    """
    if where in _with_public_address(cloud):
        return True
    service = where.subnet == "AzureBastionSubnet" or any(subnet["delegation"] for _, subnet in _blocks(cloud, where))
    return None if service or _admits_the_internet(cloud, where) else False


def _admits_the_internet(cloud: Cloud, where: Where) -> bool:
    allowed = [one for one in cloud.groups[where] if (one["direction"], one["access"]) == ("Inbound", "Allow")]
    sources = {text for rule in allowed for text in _values(rule, "source_address_prefix")}
    near = sources & {"VirtualNetwork", "AzureLoadBalancer"}
    return any(not text[0].isdigit() or not _is_private(ip_network(text, strict=False)) for text in sources - near)


def _is_private(cidr: IPv4Network | IPv6Network) -> bool:
    blocks = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
    return any(isinstance(cidr, IPv4Network) and cidr.subnet_of(IPv4Network(block)) for block in blocks)


def _with_public_address(cloud: Cloud) -> set[Where]:
    """Return the subnets with a NAT gateway or with nodes behind the load balancer of their cluster."""
    open_: set[Where] = set()
    for stack in cloud.stacks:
        own = next((name for name, owner in cloud.owner.items() if owner == stack), "")
        for one in cloud._all(stack, NAT):
            open_.add(Where(own, one["subnet_id"].rpartition("/")[2]))
        for kind in ("azurerm_kubernetes_cluster", "azurerm_kubernetes_cluster_node_pool"):
            for one in cloud._all(stack, kind):
                pool = one.get("default_node_pool", one)
                cluster = next(iter(cloud._all(stack, "azurerm_kubernetes_cluster")))
                if cluster["network_profile"]["outbound_type"] == "loadBalancer":
                    open_ |= {_subnet(pool[key]) for key in ("vnet_subnet_id", "pod_subnet_id") if pool.get(key)}
    return open_


def _subnet(id_: str) -> Where:
    match = re.search(r"/virtualNetworks/([^/]+)/subnets/([^/]+)$", id_)
    assert match, id_
    return Where(match[1], match[2])


def _passes(cloud: Cloud, source: IPv4Address, to: IPv4Address, port: int, host: str) -> bool | None:
    """Return whether a rule of the firewall allows the connection. A connection with a host name can match application
    rules too.
    """
    if cloud.has_base_policy:
        return None
    unknown = False
    for stack in cloud.stacks:
        for group in cloud._all(stack, "azurerm_firewall_policy_rule_collection_group"):
            for kind in ("network_rule_collection", "application_rule_collection"):
                for rule in (rule for collection in group.get(kind) or () for rule in collection["rule"]):
                    if not any(source in IPv4Network(cidr) for cidr in rule["source_addresses"]):
                        continue
                    if not _has(cloud, rule, port):
                        continue
                    texts = rule.get("destination_addresses") or []
                    if any(to in IPv4Network(text) for text in texts if "/" in text and not host):
                        return True
                    if "0.0.0.0/0" in texts:
                        return True
                    names = [*(rule.get("destination_fqdns") or ()), *(rule.get("destination_fqdn_tags") or ())]
                    if host and any(host == name or name == "*" or _below(host, name) for name in names):
                        return True
                    unknown |= any("/" not in text or bool(host) for text in texts)
                    unknown |= bool(host and rule.get("destination_fqdn_tags"))
    return None if unknown else False


def _has(cloud: Cloud, rule: Mapping[str, Any], port: int) -> bool:
    if "destination_ports" in rule:
        return cloud.protocol.upper() in rule["protocols"] and cloud._has(rule["destination_ports"], port)
    return cloud.protocol == "Tcp" and any(one["port"] == port for one in rule["protocols"])


def _below(host: str, name: str) -> bool:
    return name.startswith("*.") and host.endswith(name[1:])
