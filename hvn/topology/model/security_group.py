"""Rules of network security groups (NSGs), and NSGs of several subnets."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from hvn.topology.fields import Frozen, Limit, NsgAddress, NsgKey, NsgRuleName, Port
from hvn.topology.model.base import Model

_RULE = Limit(
    why="an NSG rule allows or denies one direction and one protocol, or all protocols",
    see="https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview",
)
_PRIORITY = Limit(
    why="Azure allows priorities from 100 to 4096",
    see="https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview",
)


def _any(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return no values for Azure's `*`, so that both forms are equal."""
    return () if "*" in values else values


_Addresses = Annotated[tuple[NsgAddress, ...], AfterValidator(_any)]


class NsgRule(Model):
    """A rule of an NSG."""

    priority: Annotated[int, Field(ge=100, le=4096, examples=[200]), _PRIORITY]
    """Azure applies the matching rule with the lowest number. In a `direct` spoke, `hvn-in` (150, or a free number
    near it) denies inbound connections from the HVN."""
    direction: Annotated[Literal["inbound", "outbound"], _RULE] = "inbound"
    """Direction of the connection; replies need no rule."""
    access: Annotated[Literal["allow", "deny"], _RULE] = "allow"
    """Effect of the rule."""
    protocol: Annotated[Literal["tcp", "udp", "icmp", "any"], _RULE] = "tcp"
    """Protocol."""
    source: _Addresses = ()
    """Addresses, or one service tag. [default: any]"""
    destination: _Addresses = ()
    """As `source`. [default: any]"""
    ports: Annotated[tuple[Port, ...], AfterValidator(_any)] = ()
    """Destination ports. [default: all]"""


NsgRules = Annotated[Mapping[NsgRuleName, NsgRule], Frozen]


class NetworkSecurityGroup(Model):
    """An NSG for several subnets of its region and subscription."""

    rules: NsgRules = Field(default={}, validate_default=True)
    """Rules by name."""


NetworkSecurityGroups = Annotated[Mapping[NsgKey, NetworkSecurityGroup], Frozen]
