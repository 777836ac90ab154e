"""HVN418 dns-server-address: no machine can have, or keep, the address of a DNS server."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from hvn.check.host_addresses import HostAddresses
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.reach.index import Index
from hvn.topology import dns, locations
from hvn.topology.cluster_subnets import vnet_addresses
from hvn.topology.model import NewHub, Topology

RULE = Rule(
    id="HVN418",
    name="dns-server-address",
    reports="A DNS server's address is unusable, or assigned by AKS (warning).",
    why="machines of the VNet resolve no names",
    fix="use the address of a DNS server in a subnet without nodes and pods",
    example="""\
spokes:
  payments:
    dns_servers: [10.64.0.10]
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq",
    needs_all_items=True,
)
DYNAMIC = Message("before the server starts, AKS can assign its address to nodes or pods")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each DNS server with an address that Azure reserves, or that nodes and pods can have."""
    servers = [one for one in _servers(topology) if one[1] not in (dns.AZURE_DNS, _firewall(topology))]
    if not servers:
        return
    hosts = HostAddresses(topology)
    clusters = Index(
        (cidr, (("spokes", name, "cluster"), cidr))
        for name, spoke in topology.spokes.items()
        for cidr in vnet_addresses(topology, spoke)
    )
    for path, server in servers:
        if message := hosts.problem(server):
            yield Finding(rule=RULE, path=path, message=message)
        elif used := clusters.around(IPv4Network(server)):
            cluster, cidr = used[0]
            yield Finding(
                rule=RULE,
                level=Level.WARNING,
                path=path,
                message=Message(
                    "{server} is in {cidr}, which AKS uses for {cluster}",
                    server=server,
                    cidr=cidr,
                    cluster=Field(cluster),
                ),
                why=DYNAMIC,
            )


def _firewall(topology: Topology) -> IPv4Address | None:
    address = locations.firewall_ip(topology)
    return IPv4Address(address) if address else None


def _servers(topology: Topology) -> Iterator[tuple[Path, IPv4Address]]:
    """Yield the DNS servers of the hub, the firewall, Vault and the spokes, with their paths."""
    sets: list[tuple[Path, tuple[IPv4Address, ...]]] = []
    if isinstance(topology.hub, NewHub):
        sets.append((("hub", "dns_servers"), topology.hub.dns_servers))
    if firewall := locations.new_firewall(topology):
        sets.append((("hub", "firewall", "dns_servers"), firewall.dns_servers))
    if peering := topology.vault_peering:
        at = ("hub", "vault_peering", "dns_forwarding")
        sets += [((*at, domain), servers) for domain, servers in peering.dns_forwarding.items()]
    sets += [(("spokes", name, "dns_servers"), spoke.dns_servers) for name, spoke in topology.spokes.items()]
    for path, servers in sets:
        yield from (((*path, index), server) for index, server in enumerate(servers))
