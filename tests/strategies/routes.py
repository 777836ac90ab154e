"""Generate user-defined routes and route tables."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.strategies.values import Topology, optional

# Service tags, and ranges outside all networks of a generated topology. HVN429 would report routes to other ranges.
DESTINATIONS = ("192.0.2.0/24", "198.51.100.7/32", "AzureCloud", "Storage.JapanEast")
HOPS = ("internet", "none", "vnet", "firewall")
TABLE = "appgw"


@cache
def routes(*, default: tuple[str, ...] = ()) -> st.SearchStrategy[Topology]:
    """Return a strategy for routes, each with its own destination; `default` are the next hops of a default route."""
    hops = {**dict.fromkeys(DESTINATIONS, HOPS), **({"0.0.0.0/0": default} if default else {})}
    chosen = st.lists(st.sampled_from(list(hops)), max_size=2, unique=True)
    return chosen.flatmap(
        lambda destinations: st.fixed_dictionaries(
            {f"to_{number}": _route(destination, hops[destination]) for number, destination in enumerate(destinations)}
        )
    )


@cache
def _route(destination: str, hops: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({"destination": st.just(destination), "next_hop": st.sampled_from(hops)})


@st.composite
def with_routes(draw: st.DrawFn, owner: Topology, *, gateway: bool) -> Topology:
    """Draw the routes and route tables of a spoke or of a new hub, and use the table in one subnet."""
    chosen: Topology = draw(optional(routes=routes()))
    names = [name for name, subnet in owner.get("subnets", {}).items() if isinstance(subnet, str)]
    use_table: bool = draw(st.booleans())
    if names and use_table:
        propagation = st.sampled_from((False, True) if gateway else (False,))
        # In a via-hub spoke, HVN429 reports a default route that does not lead to Vault.
        hops = ("firewall",) if owner.get("vault_route") == "via-hub" else HOPS
        table = draw(optional(bgp_route_propagation=propagation, routes=routes(default=hops)))
        chosen["route_tables"] = {TABLE: table}
        route = draw(st.sampled_from((TABLE, "rg-old/rt_1")))
        chosen["subnets"] = {**owner["subnets"], names[0]: {"cidr": owner["subnets"][names[0]], "route": route}}
    return chosen
