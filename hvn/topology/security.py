"""The rules of the network security groups (NSGs) that this project creates.

Azure applies its default rules after these rules: the VNet and its peers may connect, Azure's load balancer may probe,
and a subnet may open any connection. The service tag VirtualNetwork contains the peered HVN. If the subnet has a
default route to the firewall, the tag contains every address:
https://learn.microsoft.com/azure/virtual-network/service-tags-overview
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from hvn.topology.cluster_subnets import addresses, users
from hvn.topology.model import NetworkSecurityGroup, NewHub, NsgRule, Spoke, Subnet, Topology

ANY = "*"
INBOUND, OUTBOUND = "Inbound", "Outbound"
SSH_AND_RDP = ("22", "3389")
_BASTION = ("8080", "5701")
HVN_IN = "hvn-in"
# Rules of the file with lower numbers than these precede the rules of this project, if Azure's unique numbers allow it.
HVN_IN_PRIORITY, NODES_PRIORITY = 150, 110
LOWEST, HIGHEST = 100, 4096
"""Azure's priorities of NSG rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityRule:
    """A rule of an NSG, with Azure's values. `ports` are destination ports, `*` for all."""

    name: str
    priority: int
    direction: str = INBOUND
    access: str = "Allow"
    protocol: str = ANY
    sources: tuple[str, ...] = (ANY,)
    destinations: tuple[str, ...] = (ANY,)
    ports: tuple[str, ...] = (ANY,)


def has_nsg(spoke: Spoke) -> bool:
    """Return whether this project creates an NSG in the spoke."""
    own = any(spoke.subnet(name).nsg is None for name in spoke.subnets)
    return spoke.new_cluster is not None or own or bool(spoke.network_security_groups)


def of_subnet(topology: Topology, name: str, key: str) -> tuple[SecurityRule, ...]:
    """Return the rules of this project in a subnet's own NSG."""
    spoke = topology.spokes[name]
    return _placed(_of_subnets(topology, name, (key,)), spoke.subnet(key) if key in spoke.subnets else None)


def _placed(own: tuple[SecurityRule, ...], owner: Subnet | NetworkSecurityGroup | None) -> tuple[SecurityRule, ...]:
    """Return the rules of this project with priorities that no rule of the file has."""
    if owner is None or not owner.rules:
        return own
    rules, placed = of_file(owner), list[SecurityRule]()
    for rule in own:
        used = {one.priority for one in (*rules, *placed) if one.direction == rule.direction}
        if rule.priority in used:
            priority = _free(rule, used, [one.priority for one in rules if conflicts(rule, one)])
            rule = replace(rule, priority=priority)
        placed.append(rule)
    return tuple(placed)


def _free(own: SecurityRule, used: set[int], conflicting: list[int]) -> int:
    """Return the next lower free priority for a rule of this project, or the next higher one if that changes the order
    of fewer conflicting rules. A rule of the file with the own rule's number follows the own rule."""
    lower = next((number for number in range(own.priority - 1, LOWEST - 1, -1) if number not in used), None)
    higher = next(number for number in range(own.priority + 1, HIGHEST + 1) if number not in used)
    if lower is None:
        return higher
    before, after = range(lower, own.priority), range(own.priority, higher)
    changed = [sum(number in one for number in conflicting) for one in (before, after)]
    return lower if changed[0] <= changed[1] else higher


def conflicts(own: SecurityRule, rule: SecurityRule) -> bool:
    """Return whether a rule with the opposite access may match traffic of a rule of this project. Service tags other
    than VirtualNetwork contain no private range."""
    ends = ((own.sources, rule.sources), (own.destinations, rule.destinations))
    opposite = own.direction == rule.direction and own.access != rule.access
    return opposite and all(any(_meet(one, other) for one in ours for other in theirs) for ours, theirs in ends)


def _meet(own: str, other: str) -> bool:
    if ANY in (own, other) or other == "VirtualNetwork":
        return True
    return other[0].isdigit() and IPv4Network(own).overlaps(IPv4Network(other, strict=False))


def _of_subnets(topology: Topology, name: str, keys: Iterable[str]) -> tuple[SecurityRule, ...]:
    own = of_any_subnet(topology, topology.spokes[name])
    in_clusters = (addresses(topology, one) for key in keys for one in users(topology, name, key))
    inside = dict.fromkeys(cidr for cidrs in in_clusters for cidr in cidrs)
    return (*own, *_of_nodes(tuple(map(str, inside)))) if inside else own


def of_group(topology: Topology, name: str, key: str) -> tuple[SecurityRule, ...]:
    """Return the rules of this project in an NSG of `network_security_groups` of a spoke. The hub's NSGs lack these
    rules, because a spoke must not change the workspace `hub`."""
    spoke = topology.spokes[name]
    own = _of_subnets(topology, name, (one for one in sorted(spoke.subnets) if spoke.subnet(one).nsg == key))
    # HVN161 reports an unknown key; other rules derive the inputs too.
    return _placed(own, spoke.network_security_groups.get(key))


def of_any_subnet(topology: Topology, spoke: Spoke) -> tuple[SecurityRule, ...]:
    """Return the rules that each NSG of this project in a spoke has."""
    return _closed_to_hvn(topology, spoke)


def _of_nodes(inside: tuple[str, ...]) -> tuple[SecurityRule, ...]:
    """Return the rules of an NSG of nodes and pods, with the ranges of both.

    Packets between pods have the pods' addresses, also with an overlay, and the subnet's NSG filters these packets. AKS
    needs all ports from nodes to nodes, from nodes to pods and from pods to pods:
    https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#network-security-groups
    """
    return (
        SecurityRule(name="nodes-and-pods-in", priority=NODES_PRIORITY, sources=inside, destinations=inside),
        SecurityRule(
            name="nodes-and-pods-out", priority=NODES_PRIORITY, direction=OUTBOUND, sources=inside, destinations=inside
        ),
    )


def _closed_to_hvn(topology: Topology, spoke: Spoke) -> tuple[SecurityRule, ...]:
    """Return the rule that denies connections from the HVN to a spoke with its own peering.

    JWT logins and kv secrets do not need connections from Vault: clients open them, and an NSG allows the replies.
    HashiCorp asks for egress to TCP 8200 only:
    https://developer.hashicorp.com/hcp/docs/hcp/network/hvn-azure/security-groups. A database engine needs a rule of
    the file with a lower priority number.
    """
    if spoke.vault_route != "direct":
        return ()
    hvns = tuple(map(str, topology.hvn.cidrs))
    return (SecurityRule(name=HVN_IN, priority=HVN_IN_PRIORITY, access="Deny", sources=hvns),)


def of_file(owner: Subnet | NetworkSecurityGroup) -> tuple[SecurityRule, ...]:
    """Return the rules that the file has for a subnet or an NSG, by direction and priority."""
    rules = [_rule(name, rule) for name, rule in owner.rules.items()]
    return tuple(sorted(rules, key=lambda rule: (rule.direction, rule.priority)))


def _rule(name: str, rule: NsgRule) -> SecurityRule:
    return SecurityRule(
        name=name,
        priority=rule.priority,
        direction=rule.direction.capitalize(),
        access=rule.access.capitalize(),
        protocol=ANY if rule.protocol == "any" else rule.protocol.capitalize(),
        sources=_sorted(rule.source),
        destinations=_sorted(rule.destination),
        ports=_sorted(rule.ports),
    )


def _sorted(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(values))) or (ANY,)


def of_runners(hub: NewHub) -> tuple[SecurityRule, ...]:
    """Return the rules of the runners' NSG. The last rule denies all other inbound connections, because connections
    over peerings bypass the firewall."""
    return (*_from_bastion(hub), SecurityRule(name="deny-inbound", priority=4096, access="Deny"))


def _from_bastion(hub: NewHub) -> Iterator[SecurityRule]:
    if hub.bastion and hub.runners.allow_bastion:
        yield SecurityRule(
            name="bastion-in", priority=110, protocol="Tcp", sources=(str(hub.bastion.cidr),), ports=SSH_AND_RDP
        )


# Azure Bastion refuses a subnet with an NSG that lacks one of these rules. Sources, destinations, ports and protocols
# are those of https://learn.microsoft.com/azure/bastion/bastion-nsg (2026-02-24).
BASTION = (
    SecurityRule(name="https-in", priority=120, protocol="Tcp", sources=("Internet",), ports=("443",)),
    SecurityRule(name="control-plane-in", priority=130, protocol="Tcp", sources=("GatewayManager",), ports=("443",)),
    SecurityRule(name="probes-in", priority=140, protocol="Tcp", sources=("AzureLoadBalancer",), ports=("443",)),
    SecurityRule(
        name="data-plane-in",
        priority=150,
        sources=("VirtualNetwork",),
        destinations=("VirtualNetwork",),
        ports=_BASTION,
    ),
    SecurityRule(
        name="ssh-and-rdp-out",
        priority=100,
        direction=OUTBOUND,
        destinations=("VirtualNetwork",),
        ports=SSH_AND_RDP,
    ),
    SecurityRule(
        name="azure-out",
        priority=110,
        direction=OUTBOUND,
        protocol="Tcp",
        destinations=("AzureCloud",),
        ports=("443",),
    ),
    SecurityRule(
        name="data-plane-out",
        priority=120,
        direction=OUTBOUND,
        sources=("VirtualNetwork",),
        destinations=("VirtualNetwork",),
        ports=_BASTION,
    ),
    SecurityRule(name="sessions-out", priority=130, direction=OUTBOUND, destinations=("Internet",), ports=("80",)),
)
