"""The inputs of `peering-hub` and `peering-<spoke>`."""

from dataclasses import dataclass

from hvn.kinds.inputs import HvnRef, Inputs
from hvn.topology.naming import Resource


@dataclass(frozen=True, slots=True)
class HvnRoute:
    """A route of the HVN through a peering; `next_hop` is an appliance behind it, or nothing for the peer itself."""

    name: str
    route_id: str
    destination: str
    next_hop: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeeringInputs(Inputs):
    """`peering-hub` and `peering-<spoke>`: one peering with the HVN, the right to accept it, and its routes."""

    hvn: HvnRef
    peering_id: str
    vnet: Resource
    location: str
    allow_forwarded_traffic: bool
    routes: tuple[HvnRoute, ...]
