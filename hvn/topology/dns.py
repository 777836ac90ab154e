"""The DNS servers of a topology's VNets, and the VNets that contain the servers."""

from ipaddress import IPv4Address, IPv4Network

from hvn.topology import locations
from hvn.topology.model import Topology

AZURE_DNS = IPv4Address("168.63.129.16")
"""The address of Azure DNS in every VNet. Azure DNS answers from the zones that are linked to the VNet."""
PORT = 53


def network_of(topology: Topology, server: IPv4Address) -> str | None:
    """Return the owner of the VNet that contains the server, `hub` or a spoke; None for a server outside these
    VNets."""
    if any(server in cidr for cidr in map(IPv4Network, locations.hub_cidrs(topology))):
        return "hub"
    for name, spoke in topology.spokes.items():
        if any(server in cidr for cidr in map(IPv4Network, locations.spoke_cidrs(spoke))):
            return name
    return None
