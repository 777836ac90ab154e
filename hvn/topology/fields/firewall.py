"""Values of firewall rules: names, sources and destinations, ports, tags and reasons."""

from dataclasses import dataclass
from typing import Annotated

from hvn.topology.fields.marks import Range, Text
from hvn.topology.fields.resource_id import resource_id

_NETWORK_RULES = "https://learn.microsoft.com/azure/firewall/policy-rule-sets"
_SCHEMA = "https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/firewall_policy_rule_collection_group"
_PORT = r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"  # 1 to 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class _RulePlace(Text):
    """An object of the file, or an IPv4 address or range."""

    def check(self, value: str) -> str:
        """Return the object, or the range in CIDR notation: 0.0.0.0/0 for Azure's `*`. Raises `PydanticCustomError` for
        other values."""
        if value == "*":
            return "0.0.0.0/0"
        if not value[:1].isdigit():
            return Text.check(self, value)
        return str(Range().check(value if "/" in value else f"{value}/32"))


# azurerm checks the case of the id's fixed parts during plan (ValidateFirewallPolicyID), and the name of a new policy
# (firewall_policy_name.go).
FirewallPolicyId = Annotated[
    str,
    resource_id(
        r"Microsoft\.Network/firewallPolicies/[0-9A-Za-z]([0-9A-Za-z._-]{0,78}[0-9A-Za-z_])?",
        "the resource id of a firewall policy",
        "the Azure resource id of a firewall policy",
        "/subscriptions/6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f/resourceGroups/rg-security/providers/Microsoft.Network"
        "/firewallPolicies/afwp-base",
    ),
]
RuleName = Annotated[
    str,
    Text(
        pattern=r"(?!.*  )[A-Za-z0-9]([A-Za-z0-9_ .()-]{0,78}[A-Za-z0-9_)])?",
        kind="the name of a firewall rule",
        rule="1 to 80 letters, digits, single spaces, _ . ( ) and -, a letter or digit first, a letter, digit, _ or ) "
        "at the end",
        example="orders-api",
        why="plans, reviews and `hvn reach` show the rule with this name; azurerm accepts any text",
        see=_SCHEMA,
    ),
]
# HVN420 checks that the objects exist in the file.
RulePlace = Annotated[
    str,
    _RulePlace(
        pattern=r"([a-z][a-z0-9_-]{0,62}(\.[a-z0-9][a-z0-9_-]{0,62}){0,2}(\.[A-Za-z0-9][A-Za-z0-9_.-]{0,79})?"
        r"|[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{1,2})?|\*)",
        kind="an object of this file or an IPv4 range",
        rule="an object by its path in this file, an IPv4 address or range, or *",
        example="spokes.payments",
        why="network rules of Azure Firewall contain ranges, so this project replaces an object with its range",
        see=_NETWORK_RULES,
    ),
]
RulePort = Annotated[
    str,
    Text(
        pattern=rf"((tcp|udp)/(\*|{_PORT}(-{_PORT})?)|icmp|(https|http|mssql)/{_PORT})",
        kind="a protocol with its port",
        rule="tcp or udp with a port, two ports with a hyphen, or *; icmp; https, http or mssql with a port",
        example="tcp/443",
        why="tcp, udp and icmp belong to network rules; https, http and mssql belong to application rules, which "
        "match the host name in the request; ports are 1 to 65535",
        see=_NETWORK_RULES,
        lower=True,
    ),
]
_DNAT = "https://learn.microsoft.com/azure/firewall/tutorial-firewall-dnat-policy"
DnatSource = Annotated[
    str,
    _RulePlace(
        pattern=r"(internet|[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{1,2})?)",
        kind="the source of a DNAT rule",
        rule="an IPv4 address or range, or internet",
        example="203.0.113.0/24",
        why="the firewall compares the source address of a connection from the internet with these ranges",
        see=_DNAT,
    ),
]
# azurerm accepts ports up to 64000 (firewall_policy_rule_collection_group_resource.go). Azure accepts one port for each
# DNAT rule: hashicorp/terraform-provider-azurerm #18766.
DnatPort = Annotated[
    str,
    Text(
        pattern=r"(tcp|udp)/([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-3][0-9]{3}|64000)",
        kind="a protocol with one port",
        rule="tcp or udp with a port from 1 to 64000",
        example="tcp/443",
        why="a DNAT rule has one port, and azurerm refuses ports above 64000",
        see=_SCHEMA,
        lower=True,
    ),
]
FqdnTag = Annotated[
    str,
    Text(
        pattern=r"[A-Za-z][A-Za-z0-9]{1,62}(\.[A-Za-z0-9]{1,63}){0,3}",
        kind="an FQDN tag",
        rule="an FQDN tag of Azure Firewall",
        example="WindowsUpdate",
        why="an FQDN tag is a list of host names that Microsoft maintains",
        see="https://learn.microsoft.com/azure/firewall/fqdn-tags",
    ),
]
ServiceTag = Annotated[
    str,
    Text(
        pattern=r"[A-Za-z][A-Za-z0-9]{1,62}(\.[A-Za-z0-9]{1,63})?",
        kind="a service tag",
        rule="an Azure service tag, optionally with a region",
        example="AzureMonitor",
        why="a service tag is a list of ranges that Microsoft maintains; only destinations can be service tags",
        see="https://learn.microsoft.com/azure/virtual-network/service-tags-overview",
    ),
]
Reason = Annotated[
    str,
    Text(
        pattern=r".{1,200}",
        kind="a reason",
        rule="1 to 200 characters on one line",
        example="checkout calls the orders API",
        why="the reason is the rule's description in Azure, for the people who audit the firewall",
        see=_SCHEMA,
    ),
]
