"""Generate NAT gateways of spokes and hubs, and the subnets and clusters that use a NAT gateway."""

from typing import Any

from hypothesis import strategies as st

from tests.strategies.values import Topology, optional

CLUSTER_TYPE = "userAssignedNATGateway"


def uses(owner: Topology) -> bool:
    """Return whether a part of a spoke or a hub uses its NAT gateway."""
    of_parts = [owner.get("runners", {}), owner.get("cluster", {}), *owner.get("subnets", {}).values()]
    firewall = owner.get("firewall")
    of_parts += [firewall] if isinstance(firewall, dict) else []
    return any(_uses(part) for part in of_parts if isinstance(part, dict))


def _uses(part: Any) -> bool:
    return bool(part.get("nat_gateway")) or part.get("outbound_type") == CLUSTER_TYPE


def with_nat_gateway(owner: Topology) -> st.SearchStrategy[Topology]:
    """Return a strategy for the NAT gateway of a spoke or a hub. It draws an empty dictionary if no part uses a NAT
    gateway.
    """
    gateway = optional(
        public_ips=st.sampled_from((1, 2, 16)), idle_timeout_minutes=st.integers(4, 120), zone=st.sampled_from("123")
    )
    return gateway.map(lambda one: {"nat_gateway": one}) if uses(owner) else st.just({})


def unused(owner: Topology, *, firewall: bool) -> bool:
    """Return whether the check reports that traffic does not use a NAT gateway. `firewall` is true if the hub has a
    firewall.
    """
    own = owner.get("firewall")
    zones = own.get("zones", ()) if isinstance(own, dict) and own.get("nat_gateway") else ()
    routed = [owner.get("runners", {}), owner.get("cluster", {})]
    routed += [one for one in owner.get("subnets", {}).values() if _route(one) == "firewall"]
    tables = {key: table.get("routes", {}) for key, table in owner.get("route_tables", {}).items()}
    by_table = [
        tables[_route(one)] for one in owner.get("subnets", {}).values() if _route(one) in tables and _uses(one)
    ]
    own_routes = owner.get("routes", {})
    return (
        len(set(zones)) > 1
        or (any(_uses(one) for one in routed if isinstance(one, dict)) and _has_priority(own_routes, firewall))
        or any(_has_priority(routes, False) for routes in by_table)
    )


def _route(subnet: Any) -> str:
    return str(subnet.get("route", "firewall")) if isinstance(subnet, dict) else ""


def _has_priority(routes: Topology, default: bool) -> bool:
    default |= any(one["destination"] == "0.0.0.0/0" and one["next_hop"] != "internet" for one in routes.values())
    return default and not any(one["next_hop"] == "internet" for one in routes.values())
