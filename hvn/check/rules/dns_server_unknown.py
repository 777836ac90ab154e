"""HVN412 dns-server-unknown: a cluster's DNS server may not resolve the private DNS zone of its API server."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Words
from hvn.topology import dns, locations, naming
from hvn.topology.model import NewHub, Topology
from hvn.topology.shared_vnets import clusters

RULE = Rule(
    id="HVN412",
    name="dns-server-unknown",
    level=Level.WARNING,
    reports="A VNet with a cluster, or the hub, uses a DNS server outside this file's VNets.",
    why=(
        "a VNet with custom DNS servers ignores its linked zones. Nodes and runners resolve a private API server's "
        "name only if the DNS server forwards the zone to Azure DNS in a linked VNet"
    ),
    fix="forward the zone from the DNS server to a resolver in the hub, or use the firewall's address",
    example="""\
spokes:
  orders: {dns_servers: [192.168.1.53]}
""",
    see="https://learn.microsoft.com/azure/aks/private-clusters",
    needs_all_items=True,
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each DNS server of the hub, the firewall or a cluster's VNet that is outside all VNets of
    this file."""
    zone = naming.aks_zone(topology.azure.region)
    firewall = locations.firewall_ip(topology) if locations.has_dns_proxy(topology) else None
    place = Words("the hub" if locations.has_hub(topology) else "the VNet")
    for path, servers in _servers(topology):
        for index, server in enumerate(servers):
            if server != dns.AZURE_DNS and dns.network_of(topology, server) is None:
                yield Finding(
                    rule=RULE,
                    path=(*path, index),
                    message=Message("{server} is outside all VNets of this file", server=server),
                    fix=Message(
                        "forward {zone} from {server} to a resolver in the hub, or use {firewall}, the firewall"
                        if firewall
                        else "forward {zone} from {server} to a resolver in {place}",
                        server=server,
                        zone=zone,
                        firewall=firewall or "",
                        place=place,
                    ),
                )


def _servers(topology: Topology) -> Iterator[tuple[Path, tuple[IPv4Address, ...]]]:
    if isinstance(topology.hub, NewHub):
        yield ("hub", "dns_servers"), topology.hub.dns_servers
    if firewall := locations.new_firewall(topology):
        yield ("hub", "firewall", "dns_servers"), firewall.dns_servers
    for name, spoke in topology.spokes.items():
        if clusters(topology, name):
            yield ("spokes", name, "dns_servers"), spoke.dns_servers
