"""`hub.firewall.dnat_rules`: connections from the internet that the firewall forwards to private addresses."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from hvn.topology.fields import DnatPort, DnatSource, Frozen, Ip, Limit, Reason, RuleName
from hvn.topology.model.base import Model

_SEE = "https://learn.microsoft.com/azure/firewall/tutorial-firewall-dnat-policy"
_SOURCES = Limit(
    why="Azure refuses a rule without a source (FirewallPolicyRuleIpAddressesAndPortsMustBeSpecified)",
    see="https://github.com/Azure/azure-cli/issues/24493",
)
_PUBLIC_IP = Limit(
    why="Azure Firewall supports 1 to 250 public IP addresses",
    see="https://learn.microsoft.com/azure/firewall/deploy-multi-public-ip-powershell",
)
_PORT = Limit(why="TCP and UDP ports have 16 bits", see=_SEE)


class DnatRule(Model):
    """A DNAT rule. Azure Firewall allows the translated traffic without a network rule."""

    sources: Annotated[tuple[DnatSource, ...], Field(min_length=1), _SOURCES]
    """Public ranges of the clients. internet: every address."""
    public_ip: Annotated[int, Field(ge=1, le=250, examples=[2]), _PUBLIC_IP] = 1
    """Number of one of the firewall's public IP addresses, at most `public_ips`."""
    port: DnatPort
    """Protocol and port at the public IP address."""
    translated_address: Ip
    """Address of the machine or load balancer in a spoke or in the hub."""
    translated_port: Annotated[int, Field(ge=1, le=65535, examples=[443]), _PORT]
    """Port at the translated address."""
    reason: Reason
    """The rule's description in Azure."""


DnatRules = Annotated[Mapping[RuleName, DnatRule], Frozen]
