"""Names and values of network security groups (NSGs), routes and route tables."""

from dataclasses import dataclass
from typing import Annotated

from hvn.topology.fields.marks import Range, Text
from hvn.topology.fields.resource_id import resource_id
from hvn.topology.fields.resource_names import ROUTE_TABLE, SECURITY_GROUP, network_name

_RULES = "https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview"

NsgRuleName = Annotated[str, network_name("a name of an NSG rule", "web")]
_KEY = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
SubnetNsg = Annotated[
    str,
    resource_id(
        rf"Microsoft\.Network/networkSecurityGroups/{SECURITY_GROUP.pattern}",
        "an NSG of a subnet",
        "a key of `network_security_groups`, a resource id, or <resource group>/<name>",
        "rg-network/nsg-web",
        short=rf"(?=.{{1,24}}$){_KEY}|[A-Za-z0-9_.()-]{{0,89}}[A-Za-z0-9_()-]/{SECURITY_GROUP.pattern}",
    ),
]
NsgKey = Annotated[
    str,
    Text(
        pattern=rf"(?=.{{1,24}}$)(?!(bastion|nodes|runners)$){_KEY}",
        kind="the key of an NSG",
        rule="1 to 24 lower-case letters, digits and single hyphens; not bastion, nodes or runners",
        example="web",
        why="the key is part of the NSG's name, and this project reserves bastion, nodes and runners",
        see="docs/reference/topology.md",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Destination(Text):
    """An IPv4 range or a service tag."""

    def check(self, value: str) -> str:
        """Return the value. Raises `PydanticCustomError` for any other text, and for a range with host bits."""
        return str(Range().check(value)) if value[:1].isdigit() else Text.check(self, value)


_ROUTES = "https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview"

RouteName = Annotated[str, network_name("a name of a route", "to-branch")]
PeeringKey = Annotated[
    str,
    Text(
        pattern=rf"(?=.{{1,24}}$){_KEY}",
        kind="the key of a peering",
        rule="1 to 24 lower-case letters, digits and single hyphens, beginning with a letter",
        example="west",
        why="the key is part of the peering's name and of `hub.peerings.<peering>` in firewall rules",
        see="docs/reference/topology.md",
    ),
]
RouteTableKey = Annotated[
    str,
    Text(
        pattern=rf"(?=.{{1,24}}$)(?!(firewall|gateway|none|runners)$){_KEY}",
        kind="the key of a route table",
        rule="1 to 24 lower-case letters, digits and single hyphens; not firewall, gateway, none or runners",
        example="appgw",
        why="the key is part of the table's name, and this project reserves the four words",
        see="docs/reference/topology.md",
    ),
]
SubnetRoute = Annotated[
    str,
    resource_id(
        rf"Microsoft\.Network/routeTables/{ROUTE_TABLE.pattern}",
        "a route of a subnet",
        "firewall, none, a key of `route_tables`, a resource id, or <resource group>/<name>",
        "firewall",
        short=rf"(?=.{{1,24}}$){_KEY}|[A-Za-z0-9_.()-]{{0,89}}[A-Za-z0-9_()-]/{ROUTE_TABLE.pattern}",
    ),
]
_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
NsgAddress = Annotated[
    str,
    Text(
        pattern=rf"({_OCTET}(\.{_OCTET}){{3}}(/(3[0-2]|[12]?[0-9]))?|[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*|\*)",
        kind="an address, a range or a service tag",
        rule="an IPv4 address or range, a service tag, or *",
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
        pattern=rf"({_PORT}(-{_PORT})?|\*)",
        kind="a port or a range of ports",
        rule="a port, a range of ports, or *, in quotes",
        example='"443"',
        why="ports have 16 bits; an NSG rule without ports covers all ports",
        see=_RULES,
    ),
]
_RANGE = rf"{_OCTET}(\.{_OCTET}){{3}}/(3[0-2]|[12]?[0-9])"
RouteDestination = Annotated[
    str,
    _Destination(
        pattern=rf"({_RANGE}|[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*)",
        kind="a range or a service tag",
        rule="an IPv4 range, or a service tag",
        example="10.200.0.0/16",
        why="a route has one range or one service tag as its destination",
        see=_ROUTES,
    ),
]
NextHop = Annotated[
    str,
    Text(
        pattern=rf"(firewall|internet|none|gateway|vnet|{_OCTET}(\.{_OCTET}){{3}})",
        kind="a next hop",
        rule="firewall, internet, none, gateway, vnet, or an IPv4 address",
        example="10.0.1.4",
        why="Azure has five types of next hops; only the type VirtualAppliance has an address",
        see=_ROUTES,
    ),
]
