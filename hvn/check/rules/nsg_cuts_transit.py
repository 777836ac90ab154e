"""HVN173 nsg-cuts-transit: the NSG of an appliance's subnet denies the traffic of routes to the appliance."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Field, Text
from hvn.topology import locations
from hvn.topology.model import Topology
from hvn.topology.ranges import routes_of_file

RULE = Rule(
    id="HVN173",
    name="nsg-cuts-transit",
    level=Level.WARNING,
    reports="The NSG of an appliance's subnet denies a route's traffic.",
    why="packets in transit keep their addresses, and the default rules allow them only if the tag VirtualNetwork "
    "contains both",
    fix="add an NSG rule that allows the traffic",
    example="""\
hub:
  subnets: {nva: {cidr: 10.0.1.0/24, route: none}}
spokes:
  analytics:
    route_tables: {nva: {routes: {all: {destination: 0.0.0.0/0, next_hop: 10.0.1.4}}}}
    subnets: {web: {cidr: 10.96.1.0/24, route: nva}}
""",
    see="https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview",
    needs_all_items=True,
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each NSG rule that denies all traffic of a route. Other NSG rules may filter on purpose."""
    hops = (route.next_hop[0] for _, routes in routes_of_file(topology) for route in routes.values())
    if not (locations.gateway_appliance(topology) or any(map(str.isdigit, hops))):
        return
    peering = topology.vault_peering
    if peering and not {*peering.transit_pools} <= topology.address_pools.keys():
        return  # HVN301 reports an unknown pool
    # Few files have appliances, and these imports slow the start down.
    from hvn.check.transit import denied
    from hvn.reach.build import built

    for one in denied(built(topology)):
        yield Finding(
            rule=RULE,
            path=one.path,
            at_key=True,
            message=Message(
                "the rule {rule} denies {direction} packets from {start} to {to}, which a route leads to {hop}",
                rule=one.rule.name,
                direction=one.rule.direction.lower(),
                start=one.start,
                to=one.to,
                hop=one.hop,
            ),
            fix=Message("add to the rules of {nsg}: {rule}", nsg=Field(one.path), rule=Text(one.allow)),
        )
