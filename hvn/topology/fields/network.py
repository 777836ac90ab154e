"""Names and values of network security groups (NSGs) and their rules."""

from typing import Annotated

from hvn.topology.fields.azure import resource_id
from hvn.topology.fields.marks import Text
from hvn.topology.fields.resource_names import SECURITY_GROUP, network_name

_RULES = "https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview"

NsgRuleName = Annotated[str, network_name("a name of an NSG rule", "web")]
ExistingNsg = Annotated[
    str,
    resource_id(
        rf"Microsoft\.Network/networkSecurityGroups/{SECURITY_GROUP.pattern}",
        "the resource id of an NSG, or its resource group and name",
        "a resource id, or <resource group>/<name>",
        "rg-network/nsg-web",
        short=rf"[A-Za-z0-9_.()-]{{0,89}}[A-Za-z0-9_()-]/{SECURITY_GROUP.pattern}",
    ),
]
_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
NsgAddress = Annotated[
    str,
    Text(
        pattern=rf"({_OCTET}(\.{_OCTET}){{3}}(/(3[0-2]|[12]?[0-9]))?|[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*)",
        kind="an address, a range or a service tag",
        rule="an IPv4 address or range, or a service tag",
        example="10.64.0.0/16",
        why="an NSG rule accepts addresses, ranges and service tags",
        see=_RULES,
    ),
]
# The rule nsg-rule compares the two ports: a pattern cannot compare the ends of a range.
_PORT = "(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}|0)"


Port = Annotated[
    str,
    Text(
        pattern=rf"{_PORT}(-{_PORT})?",
        kind="a port or a range of ports",
        rule="a port or a range of ports, in quotes",
        example='"443"',
        why="TCP and UDP ports have 16 bits",
        see=_RULES,
    ),
]
