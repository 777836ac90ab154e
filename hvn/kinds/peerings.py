"""The VNet peerings of the hub and of the spokes, apart from the peerings between hub and spokes."""

from collections.abc import Iterator
from dataclasses import dataclass

from hvn.kinds.kind import Reference
from hvn.kinds.references import azure
from hvn.topology import locations, naming
from hvn.topology.model import HubPeering, PeeringWithSpoke, Spoke, SpokePeering, Topology
from hvn.topology.naming import Resource
from hvn.topology.shared_vnets import has_vnet


@dataclass(frozen=True, slots=True, kw_only=True)
class VnetPeering:
    """A peering with another VNet. The Terraform addresses of both halves contain `part`. `spoke` is the name of the
    other spoke; empty for a VNet outside the file. `reverse` is the name of the other VNet's half; empty if the owner
    of the VNet creates it. `accepts_forwarded` and `reverse_accepts_forwarded` are the settings of the two halves.
    `gateway_transit` lets the other VNet use the gateway of this VNet."""

    key: str
    part: str
    name: str
    vnet: Resource
    spoke: str = ""
    cidrs: tuple[str, ...]
    accepts_forwarded: bool
    reverse: str
    reverse_accepts_forwarded: bool
    gateway_transit: bool = False

    @property
    def uses_gateway(self) -> bool:
        """Return whether the other VNet's half, which this project creates, has `use_remote_gateways`."""
        return self.gateway_transit and bool(self.reverse)

    @property
    def resources(self) -> tuple[str, str]:
        """Return the names of both halves in Terraform: this VNet's, and the other VNet's."""
        return f"to_{self.part}", f"from_{self.part}"


def of_hub(topology: Topology, key: str, peering: HubPeering) -> VnetPeering:
    """Return a peering of `hub.peerings`. The hub's firewall forwards traffic of the spokes."""
    return VnetPeering(
        key=key,
        part=key.replace("-", "_"),
        name=naming.name(topology, "peering_from_hub", naming.HUB, key),
        vnet=naming.parse(peering.vnet_id),
        cidrs=tuple(map(str, sorted(peering.cidrs))),
        # Packets from networks behind the remote firewall have a source address outside the remote VNet.
        accepts_forwarded=peering.firewall is not None,
        reverse=naming.name(topology, "peering_to_hub", naming.HUB, key) if peering.reverse else "",
        reverse_accepts_forwarded=True,
        gateway_transit=peering.allow_gateway_transit,
    )


def of_spoke(topology: Topology, name: str, spoke: Spoke) -> tuple[VnetPeering, ...]:
    """Return the peerings of `spokes.<spoke>.peerings`, by key, without unknown spokes (HVN450)."""
    return tuple(
        _of_spoke(topology, name, key, peering)
        for key, peering in sorted(spoke.peerings.items())
        if not isinstance(peering, PeeringWithSpoke) or has_vnet(topology, peering.spoke)
    )


def _of_spoke(topology: Topology, name: str, key: str, peering: SpokePeering) -> VnetPeering:
    if isinstance(peering, PeeringWithSpoke):
        other = topology.spokes[peering.spoke]
        vnet, cidrs = locations.spoke_vnet(topology, peering.spoke, other), locations.spoke_cidrs(other)
        spoke, reverse = peering.spoke, True
    else:
        vnet, cidrs = naming.parse(peering.vnet_id), tuple(map(str, sorted(peering.cidrs)))
        spoke, reverse = "", peering.reverse
    return VnetPeering(
        key=key,
        part=f"peer_{key.replace('-', '_')}",  # The key may be `hub`, and `to_hub` is the peering with the hub.
        name=naming.name(topology, "peering_from_spoke", name, key),
        vnet=vnet,
        spoke=spoke,
        cidrs=cidrs,
        accepts_forwarded=peering.allow_forwarded_traffic,
        reverse=naming.name(topology, "peering_to_spoke", name, key) if reverse else "",
        reverse_accepts_forwarded=peering.allow_forwarded_traffic,
    )


def refers_to(peerings: tuple[VnetPeering, ...]) -> Iterator[Reference]:
    """Yield the VNets at the other ends of peerings."""
    for peering in peerings:
        yield from azure("azurerm_virtual_network", peering.vnet, address_space=list(peering.cidrs))
