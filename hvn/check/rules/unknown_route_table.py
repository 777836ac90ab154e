"""HVN165 unknown-route-table: a subnet names a route table that it cannot have."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.suggest import closest
from hvn.topology import locations
from hvn.topology.model import NewHub, Topology
from hvn.topology.ranges import subnets_of_file

RULE = Rule(
    id="HVN165",
    name="unknown-route-table",
    reports="A subnet's `route` is not a key of `route_tables`, or is an existing route table in another subscription.",
    why="a subnet can have only a route table of its VNet's subscription and region",
    fix="write a key of `route_tables`, or the id of an existing route table",
    example="""\
spokes:
  analytics:
    subnets:
      jobs: {cidr: 10.96.0.0/24, route: appgw}
""",
    see="https://learn.microsoft.com/azure/virtual-network/manage-route-table",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each subnet with an unknown route table, or with a route table of a different
    subscription."""
    for path, subnet in subnets_of_file(topology):
        if subnet.route in ("firewall", "none"):
            continue
        spoke = topology.spokes[str(path[1])] if path[0] == "spokes" else None
        vnet = locations.spoke_vnet(topology, str(path[1]), spoke) if spoke else locations.hub_vnet(topology)
        hub = topology.hub
        tables = spoke.route_tables if spoke else hub.route_tables if isinstance(hub, NewHub) else {}
        existing = locations.existing_route_table(subnet.route, vnet)
        if existing and existing.group.subscription_id != vnet.group.subscription_id:
            yield Finding(
                rule=RULE,
                path=(*path, "route"),
                message=Message(
                    "{table} is in the subscription {one}, but the VNet is in {other}",
                    table=existing.name,
                    one=existing.group.subscription_id,
                    other=vnet.group.subscription_id,
                ),
                fix=Message("use a route table of the subscription {other}", other=vnet.group.subscription_id),
            )
        elif existing is None and subnet.route not in tables:
            near = closest(subnet.route, sorted({"firewall", "none", *tables}))
            add = Message("add {key} to route_tables", key=subnet.route)
            yield Finding(
                rule=RULE,
                path=(*path, "route"),
                message=Message("route_tables does not have the key {key}", key=subnet.route),
                fix=Message("did you mean {near}? Otherwise {add}", near=near, add=add) if near else add,
            )
