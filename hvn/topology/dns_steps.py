"""The manual steps for DNS servers that this project does not configure."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from hvn.topology import dns, locations, naming
from hvn.topology.model import NewHub, Topology
from hvn.topology.step import Step


def dns_steps(topology: Topology) -> Iterator[Step]:
    """Yield a step for the servers inside the VNets of the file, and a step for the proxy of an existing firewall.

    HVN412 reports the servers outside these VNets. A new firewall has the DNS proxy.
    """
    firewall = locations.firewall_ip(topology)
    zone = naming.aks_zone(topology.azure.region)
    servers: dict[IPv4Address, list[str]] = {}
    for owner, addresses in _servers(topology):
        for address in addresses:
            if address != dns.AZURE_DNS and dns.network_of(topology, address):
                servers.setdefault(address, []).append(owner)
    users = servers.pop(IPv4Address(firewall), []) if firewall else []
    if users and not isinstance(topology.hub, NewHub):
        yield Step(
            f"Turn on the DNS proxy of the existing firewall, and let the proxy query Azure DNS: {firewall} is the DNS "
            f"server of {', '.join(users)}.",
            "hub",
        )
    if servers:
        users = sorted({owner for owners in servers.values() for owner in owners})
        yield Step(
            f"Check that {', '.join(map(str, sorted(servers)))} (DNS servers of {', '.join(users)}) forward {zone} to "
            f"Azure DNS ({dns.AZURE_DNS}) in a VNet with the zone's link, and return the private addresses of Vault's "
            "names (hashicorp.cloud).",
            "dns",
        )


def _servers(topology: Topology) -> Iterator[tuple[str, tuple[IPv4Address, ...]]]:
    if isinstance(topology.hub, NewHub):
        yield "hub", topology.hub.dns_servers
    if firewall := locations.new_firewall(topology):
        yield "hub.firewall", firewall.dns_servers
    for name, spoke in sorted(topology.spokes.items()):
        yield f"spokes.{name}", spoke.dns_servers
