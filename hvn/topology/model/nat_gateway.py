"""`nat_gateway`: an Azure NAT gateway for the subnets that choose it."""

from typing import Annotated

from pydantic import Field

from hvn.topology.fields import Limit, Zone
from hvn.topology.model.base import Model

_ADDRESSES = Limit(
    why="a NAT gateway has up to 16 public IP addresses",
    see="https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource",
)
_TIMEOUT = Limit(
    why="azurerm accepts 4 to 120 minutes",
    see="https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/nat_gateway",
)


class NatGateway(Model):
    """An Azure NAT gateway: outbound access to the internet without a firewall."""

    public_ips: Annotated[int, Field(ge=1, le=16, examples=[2]), _ADDRESSES] = 1
    """Number of public IP addresses, each with 64,512 SNAT ports."""
    idle_timeout_minutes: Annotated[int, Field(ge=4, le=120, examples=[10]), _TIMEOUT] = 4
    """Minutes after which the gateway drops an idle TCP connection."""
    zone: Zone | None = None
    """Availability zone of the gateway and its addresses. A change replaces both. [default: Azure chooses]"""
