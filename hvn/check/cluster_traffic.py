"""The traffic of a cluster's nodes and pods that an NSG must allow.

Sources: https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#network-security-groups and
https://learn.microsoft.com/azure/aks/outbound-rules-control-egress
"""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import NamedTuple

from hvn.reach.network import Network, Place
from hvn.reach.nsg import AZURE_HOST, TCP, decide
from hvn.reach.pass_nsg import virtual_network
from hvn.reach.platform import PLACES
from hvn.reach.ranges import ALL, is_public
from hvn.reach.walk import walk
from hvn.topology import dns
from hvn.topology.cluster_subnets import by_pod_subnet, overlay_range, vnet_addresses
from hvn.topology.default_rules import VAULT_PORT
from hvn.topology.firewall import port_range
from hvn.topology.model import Spoke, Topology
from hvn.topology.security import ANY, INBOUND, OUTBOUND, SSH_AND_RDP, SecurityRule
from hvn.topology.shared_vnets import with_vnet

KUBELET = 10250
NODE_PORTS = (30000, 32767)
"""The first and the last port of the Services of type LoadBalancer on nodes, which Azure's load balancer probes."""
PLATFORM_DNS = "AzurePlatformDNS"


class Flow(NamedTuple):
    """Traffic on one port. `inside` is true between the cluster's own nodes and pods."""

    direction: str
    protocol: str
    port: int
    source: IPv4Network
    to: IPv4Network
    inside: bool = False
    to_internet: bool = False


def denied(topology: Topology, network: Network, spoke: Spoke, place: Place) -> Iterator[tuple[SecurityRule, Flow]]:
    """Yield the traffic of a spoke's cluster that the NSG of one of its subnets denies, with the NSG's rule."""
    rules = place.nsg.rules if place.nsg and place.nsg.rules else ()
    tag = (*virtual_network(network, place), AZURE_HOST)
    for flow in (*_inside(topology, spoke, place, rules), *_outside(topology, spoke, place)):
        decision = decide(
            rules,
            flow.direction,
            flow.source,
            flow.to,
            flow.port,
            tag=tag,
            to_internet=flow.to_internet,
            protocol=flow.protocol,
        )
        if not decision.allows:
            # An earlier rule with service tags may allow the hosts that the nodes need.
            if not (flow.to_internet and decision.partly):
                yield decision.rule, flow
        elif not flow.to_internet:
            yield from ((rule, flow) for rule in decision.partly)
    if not with_vnet(topology, spoke).dns_servers and walk(network, place, PLACES[0], dns.PORT).blocked_by:
        flow = Flow(OUTBOUND, TCP, dns.PORT, place.cidr, AZURE_HOST)
        yield from ((rule, flow) for rule in rules if rule.access == "Deny" and PLATFORM_DNS in rule.destinations)


def _local(spoke: Spoke, place: Place) -> tuple[IPv4Network, ...]:
    """Return the ranges of the nodes and pods that use the NSG of a subnet."""
    overlay = overlay_range(spoke)
    return (place.cidr, overlay) if overlay else (place.cidr,)


def _inside(topology: Topology, spoke: Spoke, place: Place, rules: tuple[SecurityRule, ...]) -> Iterator[Flow]:
    """Yield the traffic between nodes and pods, for the first port of each deny rule. AKS needs all ports, except SSH
    and RDP, which Microsoft's baseline for regulated clusters denies. The nodes replace the addresses of overlay pods
    that connect to nodes."""
    overlay = overlay_range(spoke)
    every = (*vnet_addresses(topology, spoke), *([overlay] if overlay else []))
    for rule in rules:
        if rule.access == "Deny":
            for text in (one for one in rule.ports if one not in SSH_AND_RDP):
                port = KUBELET if text == ANY else port_range(text)[0]
                protocol = TCP if rule.protocol == ANY else rule.protocol
                for here in _local(spoke, place):
                    for there in every:
                        source, to = (there, here) if rule.direction == INBOUND else (here, there)
                        if source != overlay or to == overlay:
                            yield Flow(rule.direction, protocol, port, source, to, inside=True)


def _outside(topology: Topology, spoke: Spoke, place: Place) -> Iterator[Flow]:
    """Yield the traffic with load balancers, DNS servers, Vault and the hosts of AKS."""
    cluster, new = spoke.cluster, spoke.new_cluster
    has_nodes = new is None or place.subnet not in by_pod_subnet(new)
    if has_nodes:
        yield from (Flow(INBOUND, TCP, port, AZURE_HOST, place.cidr) for port in NODE_PORTS)
    for server in with_vnet(topology, spoke).dns_servers:
        to = IPv4Network(server)
        for protocol in ("Udp", TCP):
            yield Flow(OUTBOUND, protocol, dns.PORT, place.cidr, to, to_internet=is_public(to))
    if cluster and cluster.apps and with_vnet(topology, spoke).vault_route != "none":
        yield from (Flow(OUTBOUND, TCP, VAULT_PORT, place.cidr, hvn) for hvn in topology.hvn.cidrs)
    if has_nodes and not (new and new.outbound_type == "none"):
        yield Flow(OUTBOUND, TCP, 443, place.cidr, ALL, to_internet=True)
