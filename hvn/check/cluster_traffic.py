"""The traffic of a cluster's nodes and pods that an NSG must allow.

Sources: https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#network-security-groups and
https://learn.microsoft.com/azure/aks/outbound-rules-control-egress
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from itertools import islice, product
from typing import NamedTuple

from hvn.diagnostics.message import Text
from hvn.reach.network import Network, Place
from hvn.reach.nsg import AZURE_HOST, TCP, Tag, decide, has_port, parts
from hvn.reach.pass_nsg import virtual_network
from hvn.reach.platform import PLACES
from hvn.reach.ranges import ALL, is_public
from hvn.reach.traffic import Protocol, Traffic
from hvn.reach.walk import walk
from hvn.topology import dns
from hvn.topology.cluster_subnets import by_pod_subnet, overlay_range, vnet_addresses
from hvn.topology.default_rules import VAULT_PORT
from hvn.topology.firewall import port_range
from hvn.topology.model import Spoke, Topology
from hvn.topology.security import ANY, INBOUND, OUTBOUND, SSH_AND_RDP, SecurityRule
from hvn.topology.shared_vnets import with_vnet

UDP = "Udp"
ESSENTIAL = ((TCP, 10250), (UDP, dns.PORT))
"""The kubelet and DNS: a cluster fails without these ports between its nodes and pods."""
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
    yield from _inside(topology, spoke, place, rules, tag)
    for flow in _outside(topology, spoke, place):
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
    for protocol in () if with_vnet(topology, spoke).dns_servers else (Protocol.UDP, Protocol.TCP):
        traffic = Traffic(dns.PORT, protocol)
        if walk(network, place, PLACES[0], traffic).blocked_by:
            flow = Flow(OUTBOUND, traffic.in_nsg, dns.PORT, place.cidr, AZURE_HOST)
            denying = (rule for rule in rules if rule.access == "Deny" and PLATFORM_DNS in rule.destinations)
            yield from ((rule, flow) for rule in denying if has_port(rule, dns.PORT, traffic.in_nsg))


def texts(flows: Iterable[Flow]) -> list[Text]:
    """Return a text for each direction and pair of ranges, with all of their ports."""
    ports: dict[tuple[str, str], list[str]] = {}
    for flow in flows:
        ends = f"from {flow.source} to {flow.to}"
        ports.setdefault((flow.direction.lower(), ends), []).append(f"{flow.protocol.lower()}/{flow.port}")
    return [Text(f"{direction} {', '.join(of_pair)} {ends}") for (direction, ends), of_pair in ports.items()]


def _local(spoke: Spoke, place: Place) -> tuple[IPv4Network, ...]:
    """Return the ranges of the nodes and pods that use the NSG of a subnet."""
    overlay = overlay_range(spoke)
    return (place.cidr, overlay) if overlay else (place.cidr,)


def _inside(
    topology: Topology, spoke: Spoke, place: Place, rules: tuple[SecurityRule, ...], tag: Tag
) -> Iterator[tuple[SecurityRule, Flow]]:
    """Yield the traffic between nodes and pods that a deny rule denies: the first port of each range, or one port for
    all ports. The nodes replace the addresses of overlay pods that connect to nodes."""
    overlay = overlay_range(spoke)
    every = (*vnet_addresses(topology, spoke), *([overlay] if overlay else []))
    points = list(_points(rules))
    for rule in (one for one in rules if one.access == "Deny"):
        own = [(protocol, port) for protocol, port in points if has_port(rule, port, protocol)]
        for here, there in product(_local(spoke, place), every):
            source, to = (there, here) if rule.direction == INBOUND else (here, there)
            if source == overlay and to != overlay:
                continue
            for start, end in product(parts(rule.sources, source, tag), parts(rule.destinations, to, tag)):
                flows = (
                    Flow(rule.direction, protocol, port, start, end, inside=True)
                    for protocol, port in own
                    if decide(rules, rule.direction, start, end, port, tag=tag, protocol=protocol).rule == rule
                )
                yield from ((rule, flow) for flow in _listed(rule, flows))


def _listed(rule: SecurityRule, flows: Iterator[Flow]) -> list[Flow]:
    """Return the flows that represent all ports of a rule."""
    if ANY in rule.ports:
        return list(islice(flows, 1))
    cut, starts = list(flows), {port_range(text)[0] for text in rule.ports}
    return [flow for flow in cut if flow.port in starts or (flow.protocol, flow.port) in ESSENTIAL] or cut[:1]


def _points(rules: tuple[SecurityRule, ...]) -> Iterator[tuple[str, int]]:
    """Yield the kubelet and DNS, then each protocol with the first port of each range that the same rules match. AKS
    needs all ports, except SSH and RDP, which Microsoft's baseline for regulated clusters denies."""
    yield from ESSENTIAL
    admin = tuple(map(int, SSH_AND_RDP))
    starts = {1, *(port + 1 for port in admin)}
    for first, last in (port_range(text) for rule in rules for text in rule.ports):
        starts |= {first, last + 1}
    denied_protocols = (rule.protocol for rule in rules if rule.access == "Deny" and rule.protocol != ANY)
    yield from product(dict.fromkeys((TCP, UDP, *denied_protocols)), sorted(starts - {0, *admin, 65536}))


def _outside(topology: Topology, spoke: Spoke, place: Place) -> Iterator[Flow]:
    """Yield the traffic with load balancers, DNS servers, Vault and the hosts of AKS."""
    cluster, new = spoke.cluster, spoke.new_cluster
    has_nodes = new is None or place.subnet not in by_pod_subnet(new)
    if has_nodes:
        yield from (Flow(INBOUND, TCP, port, AZURE_HOST, place.cidr) for port in NODE_PORTS)
    for server in with_vnet(topology, spoke).dns_servers:
        to = IPv4Network(server)
        for protocol in (UDP, TCP):
            yield Flow(OUTBOUND, protocol, dns.PORT, place.cidr, to, to_internet=is_public(to))
    if cluster and cluster.apps and with_vnet(topology, spoke).vault_route != "none":
        yield from (Flow(OUTBOUND, TCP, VAULT_PORT, place.cidr, hvn) for hvn in topology.hvn.cidrs)
    if has_nodes and not (new and new.outbound_type == "none"):
        yield Flow(OUTBOUND, TCP, 443, place.cidr, ALL, to_internet=True)
