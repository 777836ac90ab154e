"""HVN434 nat-gateway-unused: no traffic uses a NAT gateway, or a firewall in several zones uses the gateway."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.topology import locations, nat
from hvn.topology.cluster_subnets import first_subnet
from hvn.topology.model import Firewall, NewHub, Route, Spoke, Topology
from hvn.topology.shared_vnets import clusters, lacks_vnet

RULE = Rule(
    id="HVN434",
    name="nat-gateway-unused",
    level=Level.WARNING,
    reports=(
        "No subnet uses the NAT gateway, a subnet's default route overrides it, or a firewall in several zones uses it."
    ),
    why="Azure prefers a route for 0.0.0.0/0 to a NAT gateway, and an unused NAT gateway costs money",
    fix="remove nat_gateway, or accept the warning",
    example="""\
spokes:
  payments:
    nat_gateway: {}
""",
    see="https://learn.microsoft.com/azure/nat-gateway/nat-overview",
    needs_all_items=True,
)
ZONES = Message(
    "a NAT gateway is in one zone, and Microsoft advises against it for a firewall in several zones "
    "(https://learn.microsoft.com/azure/firewall/integrate-with-nat-gateway)"
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each NAT gateway without subnets, for each of its subnets with a default route, and for a
    firewall in several zones."""
    hub = topology.hub
    if isinstance(hub, NewHub):
        yield from _of_hub(topology, hub)
    for name, spoke in topology.spokes.items():
        yield from _of_spoke(topology, name, spoke)


def _of_hub(topology: Topology, hub: NewHub) -> Iterator[Finding]:
    users = list(nat.of_hub(hub))
    if hub.nat_gateway and not users:
        yield _unused(("hub", "nat_gateway"))
    # HVN433 reports a missing NAT gateway.
    for path in users if hub.nat_gateway else ():
        at: Path = ("hub", *path, "nat_gateway")
        if path == ("firewall",):
            if isinstance(hub.firewall, Firewall) and len(set(hub.firewall.zones)) > 1:
                yield Finding(
                    rule=RULE,
                    path=at,
                    message=Message("the firewall is in {zones}", zones=hub.firewall.zones),
                    why=ZONES,
                )
            continue
        route = hub.subnet(path[1]).route if path[0] == "subnets" else "firewall"
        if _routed(topology, hub, route):
            yield _routed_finding(at)


def _of_spoke(topology: Topology, name: str, spoke: Spoke) -> Iterator[Finding]:
    if spoke.nat_gateway is None:
        return
    path: Path = ("spokes", name)
    users = nat.of_spoke(topology, name)
    # HVN320 reports an unknown spoke in vnet_of; its cluster may use this NAT gateway.
    if not users and not any(lacks_vnet(topology, one) for one in topology.spokes):
        yield _unused((*path, "nat_gateway"))
    for key in sorted(users & spoke.subnets.keys()):
        subnet = spoke.subnet(key)
        if subnet.nat_gateway and _routed(topology, spoke, subnet.route):
            yield _routed_finding((*path, "subnets", key, "nat_gateway"))
    for owner, one in clusters(topology, name).items():
        nodes, cluster = first_subnet(topology, one), one.new_cluster
        if cluster and nodes and cluster.outbound_type == nat.CLUSTER_TYPE and _routed(topology, spoke, nodes.route):
            yield _routed_finding(("spokes", owner, "cluster", "outbound_type"), _cluster_fix(topology, name, owner))


def _routed(topology: Topology, owner: NewHub | Spoke, route: str) -> bool:
    """Return whether a route overrides the NAT gateway for all internet traffic of a subnet. The routes of an existing
    table are unknown."""
    if route == "firewall":
        routes: Mapping[str, Route] = owner.routes
        default = locations.firewall_ip(topology) is not None
    else:
        table = owner.route_tables.get(route)
        routes, default = table.routes if table else {}, False
    default = default or any(one.destination == "0.0.0.0/0" and one.next_hop != "internet" for one in routes.values())
    return default and not any(one.next_hop == "internet" for one in routes.values())


def _unused(path: Path) -> Finding:
    return Finding(
        rule=RULE,
        path=path,
        at_key=True,
        message=Message("no subnet uses the NAT gateway"),
        fix=Message("write nat_gateway: true in a subnet, or remove nat_gateway"),
    )


def _cluster_fix(topology: Topology, name: str, owner: str) -> Message:
    """Return the fix for a cluster with a default route. If no other subnet and no other cluster uses the NAT gateway
    of the spoke `name`, the fix also removes the gateway. With a firewall, the default type is userDefinedRouting."""
    spoke, others = topology.spokes[name], clusters(topology, name).items()
    shared = any(spoke.subnet(key).nat_gateway for key in spoke.subnets) or any(
        one != owner and other.new_cluster and other.new_cluster.outbound_type == nat.CLUSTER_TYPE
        for one, other in others
    )
    if locations.firewall_ip(topology) is None:
        return Message(
            "write outbound_type: userDefinedRouting"
            if shared
            else "write outbound_type: userDefinedRouting, and remove nat_gateway"
        )
    return Message("remove outbound_type" if shared else "remove outbound_type and nat_gateway")


def _routed_finding(path: Path, fix: str | Message = RULE.fix) -> Finding:
    message = Message("the route for {range} overrides the NAT gateway", range="0.0.0.0/0")
    return Finding(rule=RULE, path=path, message=message, fix=fix)
