"""The NAT gateway of a spoke or of the hub."""

from collections.abc import Iterable

from hvn.kinds.inputs import NatGateway, Subnet
from hvn.topology import model, naming
from hvn.topology.model import Topology
from hvn.topology.naming import ResourceGroup


def nat_gateway(
    topology: Topology,
    owner: str,
    settings: model.NatGateway | None,
    group: ResourceGroup,
    subnets: Iterable[Subnet],
) -> NatGateway | None:
    """Return the inputs of a NAT gateway in the resource group; None without one. `owner` is a spoke or the hub."""
    if settings is None:
        return None
    return NatGateway(
        resource=naming.nat_gateway(group, naming.name(topology, "nat_gateway", owner)),
        public_ips=naming.numbered(naming.name(topology, "nat_gateway_public_ip", owner), settings.public_ips),
        idle_timeout_minutes=settings.idle_timeout_minutes,
        zone=settings.zone,
        subnets=tuple(subnets),
    )
