"""HVN453 firewall-basic: a Basic firewall has no management subnet, or has a setting that Basic lacks."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from hvn.check.firewall_rules import written
from hvn.check.free_ranges import RangeFixes
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.topology import locations
from hvn.topology.firewall import is_application
from hvn.topology.model import Firewall, NewHub, Topology

RULE = Rule(
    id="HVN453",
    name="firewall-basic",
    reports="A Basic firewall has no management_cidr, or has a setting that Basic lacks.",
    why="Azure refuses Basic without a management subnet, and Basic has no DNS proxy, no custom DNS servers, no host "
    "names in network rules, and no threat intelligence that denies traffic",
    fix="add management_cidr and remove the setting, or set sku_tier: Standard",
    example="""\
hub:
  firewall: {sku_tier: Basic}
""",
    see="https://learn.microsoft.com/azure/firewall/features-by-sku",
)

FIREWALL: Path = ("hub", "firewall")
MANAGEMENT = 26
STANDARD = Message("set sku_tier: Standard")
NO_MANAGEMENT = Message("Azure manages a Basic firewall only through AzureFirewallManagementSubnet")
NO_SERVERS = Message("a Basic firewall resolves host names with Azure DNS only, and Azure refuses other servers")
NO_PROXY = Message("a Basic firewall has no DNS proxy, so it does not answer DNS queries")
NO_NAMES = Message("Azure refuses host names in a network rule without the DNS proxy, which Basic lacks")
NO_DENY = Message("a Basic firewall can only log malicious traffic, and Azure refuses the mode Deny")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for the missing management subnet, and for each setting that a Basic firewall lacks."""
    firewall = locations.new_firewall(topology)
    if firewall is None or firewall.sku_tier != "Basic":
        return
    if firewall.management_cidr is None:
        yield Finding(
            rule=RULE,
            path=(*FIREWALL, "sku_tier"),
            message=Message("the tier is Basic, and management_cidr is missing"),
            why=NO_MANAGEMENT,
            fix=Message(
                "add management_cidr: {fix}",
                fix=RangeFixes(topology).replace((*FIREWALL, "management_cidr"), MANAGEMENT),
            ),
        )
    for path, message, why, fix in (*_of_policy(firewall), *_of_rules(topology), *_of_dns(topology)):
        yield Finding(
            rule=RULE,
            path=path,
            message=message,
            why=why,
            fix=Message("{fix}, or {standard}", fix=fix, standard=STANDARD),
        )


Setting = tuple[Path, Message, Message, Message]


def _of_policy(firewall: Firewall) -> Iterator[Setting]:
    if firewall.dns_servers:
        message = Message("the firewall queries {servers}", servers=firewall.dns_servers)
        yield (*FIREWALL, "dns_servers"), message, NO_SERVERS, Message("remove dns_servers")
    if firewall.threat_intelligence == "deny":
        message = Message("threat_intelligence is deny")
        yield (*FIREWALL, "threat_intelligence"), message, NO_DENY, Message("set threat_intelligence: alert")


def _of_rules(topology: Topology) -> Iterator[Setting]:
    for path, rule, _ in written(topology):
        if rule.fqdns and not is_application(rule):
            message = Message("{ports} to {fqdns}", ports=rule.ports, fqdns=rule.fqdns)
            fix = Message("use https, http or mssql, or ranges and service tags")
            yield (*path, "fqdns"), message, NO_NAMES, fix


def _of_dns(topology: Topology) -> Iterator[Setting]:
    """Yield each use of the firewall as a DNS server."""
    own = locations.firewall_ip(topology)
    for path, servers in _servers(topology):
        for index, server in enumerate(servers):
            if str(server) == own:
                message = Message("{server} is the firewall's address", server=server)
                fix = Message("remove {server}, or use a DNS server behind the firewall", server=server)
                yield (*path, index), message, NO_PROXY, fix


def _servers(topology: Topology) -> Iterator[tuple[Path, tuple[IPv4Address, ...]]]:
    """Yield the DNS servers of the new VNets, and of Vault. HVN411 reports the servers of existing VNets."""
    if isinstance(topology.hub, NewHub):
        yield ("hub", "dns_servers"), topology.hub.dns_servers
    peering = topology.vault_peering
    for domain, servers in peering.dns_forwarding.items() if peering else ():
        yield ("hub", "vault_peering", "dns_forwarding", domain), servers
    for name, spoke in topology.spokes.items():
        if spoke.existing is None:
            yield ("spokes", name, "dns_servers"), spoke.dns_servers
