"""The rule collection groups of the hub's firewall policy. The firewall drops traffic that no rule allows.

The group `topology` has the rules for the runners and the pools. `shared` has the hub's rules of the file, and `dnat`
the DNAT rules. `spoke-<spoke>` has the egress rules of a spoke's cluster and the spoke's rules of the file. A spoke
does not affect the groups of other workspaces. The order of the groups has no effect, because all rules are allow
rules. Two groups of a policy must have different priorities.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import collapse_addresses

from hvn.topology import default_rules, locations, naming
from hvn.topology.addresses import RFC1918, RFC6598, is_private
from hvn.topology.firewall_rule import ApplicationRule, NatRule, NetworkRule
from hvn.topology.model import ExistingHub, FirewallRule, Spoke, Topology
from hvn.topology.ranges import hub_ranges, on_premises_ranges, remote_ranges
from hvn.topology.rule_places import ranges_of
from hvn.topology.shared_vnets import clusters

HUB_PRIORITY, DNAT_PRIORITY, SHARED_PRIORITY = 1000, 1050, 1100
SPOKE_PRIORITIES = range(10000, 65000)
Path = tuple[str, ...]
DNAT_RULES = ("hub", "firewall", "dnat_rules")
INTERNET = "internet"
"""The source of a DNAT rule that matches every address."""

PROTOCOLS = {"tcp": "TCP", "udp": "UDP", "icmp": "ICMP", "https": "Https", "http": "Http", "mssql": "Mssql"}
APPLICATION = ("https", "http", "mssql")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleGroup:
    """A rule collection group with its rules in the order of their names."""

    name: str
    priority: int
    network_rules: tuple[NetworkRule, ...] = ()
    application_rules: tuple[ApplicationRule, ...] = ()
    nat_rules: tuple[NatRule, ...] = ()

    @property
    def rules(self) -> tuple[NetworkRule | ApplicationRule, ...]:
        """Return all rules that allow traffic."""
        return (*self.network_rules, *self.application_rules)


def groups(topology: Topology) -> Iterator[tuple[Path, RuleGroup]]:
    """Yield all groups except `dnat`, each with the path of its rules in the file; the group `topology` has no path. A
    hub without a firewall has no groups.
    """
    if locations.firewall_ip(topology) is None:
        return
    for group in hub_groups(topology):
        yield ("hub", "firewall_rules") if group.name == "shared" else (), group
    for name, spoke in sorted(topology.spokes.items()):
        if spoke_rules := spoke_group(topology, name, spoke):
            yield ("spokes", name, "firewall_rules"), spoke_rules


def rules_with_paths(topology: Topology) -> Iterator[tuple[Path, NetworkRule | ApplicationRule]]:
    """Yield all rules that allow traffic, each with its path in the file; the path of a built-in rule is empty."""
    for section, group in groups(topology):
        of_spoke = section[:1] == ("spokes",)
        written = topology.spokes[section[1]].firewall_rules if of_spoke else topology.shared_rules
        for rule in group.rules:
            key = rule.name
            if isinstance(rule, NetworkRule) and key not in written:
                # If a rule of the file needs several rules in Azure, each name ends with the rule's protocols.
                key = rule.name.rpartition(".")[0]
            yield (*section, key) if section and key in written else (), rule


def hub_groups(topology: Topology) -> tuple[RuleGroup, ...]:
    """Return the groups of the hub's workspace: `topology`, and `shared` if the hub has rules in the file."""
    hub = RuleGroup(
        name="topology",
        priority=HUB_PRIORITY,
        network_rules=default_rules.network_rules(topology),
        application_rules=default_rules.application_rules(topology),
    )
    rules = topology.shared_rules
    return (hub, _group(topology, "shared", SHARED_PRIORITY, rules)) if rules else (hub,)


def dnat_group(topology: Topology) -> RuleGroup | None:
    """Return the group of the DNAT rules; None without DNAT rules."""
    firewall = locations.new_firewall(topology)
    if firewall is None or not topology.dnat_rules:
        return None
    ips = naming.numbered(naming.name(topology, "firewall_public_ip", naming.HUB), firewall.public_ips)
    rules = (
        NatRule(
            name=name,
            description=rule.reason,
            protocols=(PROTOCOLS[rule.port.partition("/")[0]],),
            sources=tuple("*" if one == INTERNET else one for one in sorted(set(rule.sources))),
            public_ips=(ips[min(rule.public_ip, len(ips)) - 1],),  # HVN445 refuses a higher number
            ports=(rule.port.partition("/")[2],),
            targets=(f"{rule.translated_address}:{rule.translated_port}",),
        )
        for name, rule in sorted(topology.dnat_rules.items())
    )
    return RuleGroup(name="dnat", priority=DNAT_PRIORITY, nat_rules=tuple(rules))


def spoke_group(topology: Topology, name: str, spoke: Spoke) -> RuleGroup | None:
    """Return the group of a spoke's workspace, or None if the spoke has no group."""
    if not has_group(topology, name):
        return None
    egress = default_rules.cluster_rules(topology, name)
    return _group(topology, f"spoke-{name}", spoke_priority(name, spoke), spoke.firewall_rules, egress)


def has_group(topology: Topology, name: str) -> bool:
    """Return whether a spoke has firewall rules, or a cluster in its own VNet."""
    spoke = topology.spokes[name]
    return not spoke.vnet_of and bool(spoke.firewall_rules or clusters(topology, name))


def spoke_priority(name: str, spoke: Spoke) -> int:
    """Return the priority of a spoke's group: from the file, otherwise a hash of the spoke's name."""
    if spoke.firewall_priority is not None:
        return spoke.firewall_priority
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
    return SPOKE_PRIORITIES[number % len(SPOKE_PRIORITIES)]


def is_application(rule: FirewallRule) -> bool:
    """Return whether a rule of the file is an application rule; HVN421 refuses rules of mixed kinds."""
    return rule.ports[0].partition("/")[0] in APPLICATION


def _group(
    topology: Topology,
    name: str,
    priority: int,
    rules: Mapping[str, FirewallRule],
    more: tuple[ApplicationRule, ...] = (),
) -> RuleGroup:
    ordered = sorted(rules.items())
    return RuleGroup(
        name=name,
        priority=priority,
        network_rules=tuple(
            network for key, rule in ordered if not is_application(rule) for network in _network(topology, key, rule)
        ),
        application_rules=(
            *more,
            *(_application(topology, key, rule) for key, rule in ordered if is_application(rule)),
        ),
    )


def _network(topology: Topology, name: str, rule: FirewallRule) -> Iterator[NetworkRule]:
    """Yield one rule for all protocols with the same ports. A rule in Azure allows each protocol of the rule with each
    port of the rule."""
    for azure_name, protocols, ports in _of_protocols(name, rule):
        yield NetworkRule(
            name=azure_name,
            description=rule.reason,
            protocols=protocols,
            sources=_addresses(topology, rule.sources),
            destinations=(*_addresses(topology, rule.destinations), *sorted(set(rule.service_tags))),
            fqdns=tuple(sorted(set(rule.fqdns))),
            ports=ports,
        )


def azure_names(name: str, rule: FirewallRule) -> tuple[str, ...]:
    """Return the names of a rule of the file in Azure."""
    return (name,) if is_application(rule) else tuple(one for one, *_ in _of_protocols(name, rule))


def _of_protocols(name: str, rule: FirewallRule) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Yield the name, the protocols and the ports of each network rule in Azure."""
    by_protocol: dict[str, set[str]] = {}
    for text in rule.ports:
        protocol, _, port = text.partition("/")
        by_protocol.setdefault(PROTOCOLS[protocol], set()).add(port or "*")
    by_ports: dict[tuple[str, ...], list[str]] = {}
    for protocol, ports in sorted(by_protocol.items()):
        by_ports.setdefault(tuple(sorted(ports, key=port_range)), []).append(protocol)
    for several, protocols in by_ports.items():
        suffix = "" if len(by_ports) == 1 else f".{'-'.join(protocols).lower()}"
        yield f"{name}{suffix}", tuple(protocols), several


def port_range(port: str) -> tuple[int, int]:
    """Return the first and the last port of `443`, `8000-8010` or `*`."""
    if port == "*":
        return 0, 65535
    first, _, last = port.partition("-")
    return int(first), int(last or first)


def _application(topology: Topology, name: str, rule: FirewallRule) -> ApplicationRule:
    pairs = sorted({(PROTOCOLS[text.partition("/")[0]], int(text.partition("/")[2])) for text in rule.ports})
    return ApplicationRule(
        name=name,
        description=rule.reason,
        sources=_addresses(topology, rule.sources),
        fqdns=tuple(sorted(set(rule.fqdns))),
        fqdn_tags=tuple(sorted(set(rule.fqdn_tags))),
        protocols=tuple(pairs),
    )


def _addresses(topology: Topology, places: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ranges of sources or destinations, sorted, each once. HVN420 refuses unknown objects earlier."""
    return tuple(map(str, sorted({cidr for place in places for cidr in ranges_of(topology, place) or ()})))


def private_ranges(topology: Topology) -> tuple[str, ...]:
    """Return the ranges to which the firewall must not SNAT; empty if Azure's default (RFC 1918 and RFC 6598) is
    correct.

    The result includes on-premises ranges only with a gateway: without a gateway, Azure routes these addresses to the
    internet. A list of private ranges replaces the default:
    https://learn.microsoft.com/azure/firewall/snat-private-range
    """
    own = [*topology.address_pools.values(), *(cidr for _, cidr in (*hub_ranges(topology), *remote_ranges(topology)))]
    if isinstance(topology.hub, ExistingHub) or locations.has_gateway_subnet(topology):
        own += [cidr for _, cidr in on_premises_ranges(topology)]
    public = [cidr for cidr in own if not is_private(cidr, shared=True)]
    return tuple(str(cidr) for cidr in (*RFC1918, RFC6598, *collapse_addresses(public))) if public else ()
