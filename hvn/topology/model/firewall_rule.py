"""`hub.firewall_rules` and `spokes.<spoke>.firewall_rules`: allow rules of the hub's firewall."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from hvn.topology.fields import FqdnTag, Frozen, Limit, Reason, RuleFqdn, RuleName, RulePlace, RulePort, ServiceTag
from hvn.topology.model.base import Model

_SOURCES = Limit(
    why="Azure refuses a rule without a source (FirewallPolicyRuleIpAddressesAndPortsMustBeSpecified)",
    see="https://github.com/Azure/azure-cli/issues/24493",
)
_PORTS = Limit(
    why="Azure refuses a rule without a protocol and a port",
    see="https://learn.microsoft.com/azure/firewall/policy-rule-sets",
)


class FirewallRule(Model):
    """An allow rule. The firewall denies all other traffic, so deny rules do not exist.

    Set exactly one of `destinations`, `service_tags`, `fqdns` and `fqdn_tags`.
    """

    sources: Annotated[tuple[RulePlace, ...], Field(min_length=1), _SOURCES]
    """Ranges, or objects of this file: `spokes.<spoke>`, `spokes.<spoke>.subnets.<subnet>`, `spokes.<spoke>.cluster`
    (its nodes and pods), `address_pools.<pool>`, `hub.runners`, `hub.subnets.<subnet>`, `hub.peerings.<peering>`,
    `on_premises.<site>`, `vault` (the HVN)."""
    destinations: tuple[RulePlace, ...] = ()
    """As `sources`."""
    service_tags: tuple[ServiceTag, ...] = ()
    """Azure service tags, for ports of tcp, udp or icmp."""
    fqdns: tuple[RuleFqdn, ...] = ()
    """Host names. With https, http or mssql the firewall reads the name from the request, and accepts `*.` and `*`.
    With tcp or udp it resolves the name, so clients must use its DNS proxy."""
    fqdn_tags: tuple[FqdnTag, ...] = ()
    """FQDN tags of Azure Firewall, with https or http."""
    ports: Annotated[tuple[RulePort, ...], Field(min_length=1), _PORTS]
    """Protocols with ports, for example `udp/8000-8010`, `tcp/*` or `mssql/1433`."""
    reason: Reason
    """The rule's description in Azure."""


FirewallRules = Annotated[Mapping[RuleName, FirewallRule], Frozen]
