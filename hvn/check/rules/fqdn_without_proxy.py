"""HVN417 fqdn-without-proxy: clients of a network rule with host names do not query the firewall's DNS proxy."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address

from hvn.check.firewall_rules import Net, Zone, Zones, written
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Field, Words
from hvn.topology import locations
from hvn.topology.firewall import APPLICATION
from hvn.topology.model import FirewallRule, NewHub, Topology
from hvn.topology.rule_places import ranges_of

RULE = Rule(
    id="HVN417",
    name="fqdn-without-proxy",
    level=Level.WARNING,
    reports="The sources of a tcp or udp rule with host names do not query the firewall's DNS proxy.",
    why="the firewall allows the addresses that it resolves itself, and drops connections to other addresses of a name",
    fix="set dns_servers of the sources to the firewall's address, or use https, http or mssql",
    example="""\
spokes:
  orders:
    firewall_rules:
      time: {sources: [spokes.orders], fqdns: [ntp.ubuntu.com], ports: [udp/123], reason: clocks}
""",
    see="https://learn.microsoft.com/azure/firewall/dns-details",
)


SHOWN = 5


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each rule with VNets that use other DNS servers. The servers of existing VNets are unknown,
    and HVN453 reports host names without a DNS proxy."""
    rules = [one for one in written(topology) if _resolves_names(one.rule)]
    if not rules or locations.new_firewall(topology) is None or not locations.has_dns_proxy(topology):
        return
    address = IPv4Address(locations.firewall_ip(topology) or "")
    zones = Zones(topology)
    for one in rules:
        cidrs = [cidr for source in one.rule.sources for cidr in ranges_of(topology, source) or ()]
        clients = dict.fromkeys(zone for cidr in cidrs for _, zone in zones.overlapping(cidr))
        others = [Field(vnet) for vnet, servers in _vnets(topology, clients) if address not in servers]
        if others:
            yield Finding(
                rule=RULE,
                path=(*one.path, "fqdns"),
                message=Message(
                    "{firewall} is not a DNS server of {vnets}",
                    firewall=address,
                    vnets=[*others[:SHOWN], *[Words("…")] * (len(others) > SHOWN)],
                ),
                fix=Message(
                    "set dns_servers: [{firewall}] in {vnet}, or use https, http or mssql",
                    firewall=address,
                    vnet=others[0],
                ),
            )


def _resolves_names(rule: FirewallRule) -> bool:
    """Return whether a rule is a network rule with host names. HVN421 reports rules that Azure refuses."""
    refused = rule.destinations or rule.service_tags or rule.fqdn_tags or any(map(_is_pattern, rule.fqdns))
    return bool(rule.fqdns) and not refused and all(text.partition("/")[0] not in APPLICATION for text in rule.ports)


def _is_pattern(fqdn: str) -> bool:
    return fqdn.startswith("*")


def _vnets(topology: Topology, clients: Iterable[Zone]) -> Iterator[tuple[Path, tuple[IPv4Address, ...]]]:
    """Yield the path and the DNS servers of each new VNet."""
    for zone in clients:
        if zone.net is Net.HUB and isinstance(topology.hub, NewHub):
            yield ("hub",), topology.hub.dns_servers
        elif zone.net is Net.SPOKE and topology.spokes[zone.name].existing is None:
            yield ("spokes", zone.name), topology.spokes[zone.name].dns_servers
