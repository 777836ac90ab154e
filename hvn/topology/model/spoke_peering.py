"""`spokes.<spoke>.peerings`: a spoke's peerings with other spokes, and with VNets that the file does not describe."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from hvn.topology.fields import Frozen, PeeringKey, SpokeName, VnetId
from hvn.topology.model.base import Model
from hvn.topology.model.hub_peering import Ranges


class PeeringWithSpoke(Model):
    """A peering with another spoke of this file."""

    spoke: SpokeName
    """The other spoke. This spoke's workspace creates both halves."""
    allow_forwarded_traffic: bool = False
    """True: both halves allow forwarded traffic."""


class PeeringWithVnet(Model):
    """A peering with a VNet outside this file."""

    vnet_id: VnetId
    """The remote VNet."""
    cidrs: Ranges
    """All ranges of the remote VNet."""
    allow_forwarded_traffic: bool = False
    """True: both halves allow forwarded traffic."""
    reverse: bool = False
    """True: this project also creates the remote half."""


def _tag(value: Any) -> str:
    """Return the tag of the intended kind of peering, so that the validator reports only errors of this kind."""
    to_spoke = "spoke" in value if isinstance(value, Mapping) else isinstance(value, PeeringWithSpoke)
    return "<spoke>" if to_spoke else "<vnet>"


SpokePeering = Annotated[
    Annotated[PeeringWithVnet, Tag("<vnet>")] | Annotated[PeeringWithSpoke, Tag("<spoke>")], Discriminator(_tag)
]
SpokePeerings = Annotated[Mapping[PeeringKey, SpokePeering], Frozen]
