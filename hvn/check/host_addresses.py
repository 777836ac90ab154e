"""Addresses in subnets of the file that no machine can have."""

from functools import cached_property
from ipaddress import IPv4Address, IPv4Network

from hvn.diagnostics.message import Fact, Field, Message, Path
from hvn.reach.index import Index
from hvn.topology import naming
from hvn.topology.addresses import assignable
from hvn.topology.cluster_subnets import users
from hvn.topology.model import NewHub, Topology
from hvn.topology.ranges import subnets

INFRASTRUCTURE = (("hub", "firewall"), ("hub", "gateway"), ("hub", "bastion"), ("hub", "route_server"))


class HostAddresses:
    """The subnets of the file by range. The subnets of an existing VNet may be incomplete."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology

    @cached_property
    def _subnets(self) -> Index[tuple[Path, IPv4Network]]:
        # Read the subnets only for an address: one wrong range in the file must not skip a rule without addresses.
        return Index((cidr, (path, cidr)) for path, cidr, _ in subnets(self._topology) if "existing" not in path)

    def subnet(self, address: IPv4Address) -> tuple[Path, IPv4Network] | None:
        """Return the subnet that contains the address, or None."""
        return next(iter(self._subnets.around(IPv4Network(address))), None)

    @cached_property
    def _new_vnets(self) -> Index[Path]:
        hub = self._topology.hub
        ranges: list[tuple[IPv4Network, Path]] = (
            [(cidr, ("hub",)) for cidr in hub.cidrs] if isinstance(hub, NewHub) else []
        )
        for name, spoke in self._topology.spokes.items():
            if spoke.cidr and (spoke.subnets or spoke.cluster):
                ranges += ((cidr, ("spokes", name)) for cidr in spoke.cidrs)
        return Index(ranges)

    def outside(self, address: IPv4Address) -> Message | None:
        """Return the reason why no machine has this address of a new VNet, or None. Ignore VNets
        without subnets in the file."""
        vnet = next(iter(self._new_vnets.around(IPv4Network(address))), None)
        if vnet is None or self.subnet(address):
            return None
        return Message("{address} is in {vnet}, but in no subnet of the file", address=address, vnet=Field(vnet))

    def shared(self, address: IPv4Address) -> Message | None:
        """Return the users of the subnet with this address, if these are the runners, or the nodes or pods of AKS."""
        path, _ = self.subnet(address) or ((), None)
        values: dict[str, Fact] = {"address": address, "subnet": Field(path)}
        if path[:2] == ("hub", "runners"):
            return Message("{address} is in {subnet}, the subnet of the runners", **values)
        key = str(path[3]) if path[2:3] == ("subnets",) else ""
        if path[-1:] == ("node_cidr",) or (key and users(self._topology, str(path[1]), key)):
            return Message("{address} is in {subnet}, a subnet of AKS nodes or pods", **values)
        return None

    def problem(self, address: IPv4Address) -> Message | None:
        """Return the reason why no machine has this address of a subnet, or None."""
        path, cidr = self.subnet(address) or ((), None)
        if cidr is None:
            return None
        if path[:2] in INFRASTRUCTURE or naming.BASTION_SUBNET in path:
            return Message(
                "{address} is in {subnet} {cidr}, and Azure allows no other machines in this subnet",
                address=address,
                subnet=Field(path),
                cidr=cidr,
            )
        ends = assignable(cidr)
        if ends and ends[0] <= address <= ends[1]:
            return None
        return Message(
            "{address} is one of the first four addresses or the last address of {subnet} {cidr}",
            address=address,
            subnet=Field(path),
            cidr=cidr,
        )
