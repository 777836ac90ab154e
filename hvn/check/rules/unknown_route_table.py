"""HVN165 unknown-route-table: a subnet names a route table that it cannot have."""

from collections.abc import Iterator, Mapping

from hvn.check.created_ids import ORDER, by_key, created
from hvn.check.other_subscription import other_subscription
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.diagnostics.suggest import closest
from hvn.topology import locations
from hvn.topology.model import NewHub, RouteTable, Spoke, Topology
from hvn.topology.ranges import spoke_at, subnets_of_file

RULE = Rule(
    id="HVN165",
    name="unknown-route-table",
    reports="A subnet's `route` is not a key of `route_tables`, is a route table of this file by id, or is in another "
    "subscription.",
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
    """Yield a finding for each subnet with an unknown route table, with a route table of a different subscription, or
    with the id of a route table that this project creates."""
    named = any("/" in subnet.route for _, subnet in subnets_of_file(topology))
    places = created(topology, "route_tables") if named else {}
    for path, subnet in subnets_of_file(topology):
        if subnet.route in ("firewall", "none"):
            continue
        vnet = locations.vnet_at(topology, path)
        existing = locations.existing_route_table(subnet.route, vnet)
        tables = _tables(topology, path)
        own = places.get(existing.id.casefold()) if existing else None
        if existing and own and by_key(path, own):
            yield _by_id(path, own, existing.name)
        elif existing:
            yield from other_subscription(RULE, (*path, "route"), existing, vnet)
        elif subnet.route not in tables:
            near = closest(subnet.route, sorted({"firewall", "none", *tables}))
            add = Message("add {key} to route_tables", key=subnet.route)
            yield Finding(
                rule=RULE,
                path=(*path, "route"),
                message=Message("route_tables does not have the key {key}", key=subnet.route),
                fix=Message("did you mean {near}? Otherwise {add}", near=near, add=add) if near else add,
            )


def _by_id(path: Path, own: Path, name: str) -> Finding:
    """Return the finding about a route table of this project that a subnet names by id."""
    keys = Message("write route: {key}", key=own[-1])
    table = Message("write route: firewall or route: none")
    other = Message("add a table to route_tables of {owner}, and write its key", owner=Field(path[:-2]))
    ours = own[: len(path) - 2] == path[:-2]
    return Finding(
        rule=RULE,
        path=(*path, "route"),
        message=Message("{name} is a route table of {own}", name=name, own=Field(own)),
        why=ORDER,
        fix=(keys if len(own) > len(path) - 2 else table) if ours else other,
    )


def _tables(topology: Topology, path: Path) -> Mapping[str, RouteTable]:
    """Return the `route_tables` of the spoke or the hub that contains a subnet."""
    owner = spoke_at(topology, path) or topology.hub
    return owner.route_tables if isinstance(owner, NewHub | Spoke) else {}
