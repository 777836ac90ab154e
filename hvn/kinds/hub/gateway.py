"""GatewaySubnet of the hub with its routes to the firewall or an appliance."""

from collections.abc import Iterable
from dataclasses import dataclass

from hvn.kinds.gateway_routes import gateway_hop, hops_to_subnets
from hvn.kinds.inputs import BuiltSubnet, Route, RouteTable, Subnet
from hvn.kinds.routes import hvn_routes
from hvn.topology import locations, naming
from hvn.topology.model import NewHub, Topology
from hvn.topology.ranges import vault_sites


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayInputs:
    """GatewaySubnet and its route table. The route table is None without a firewall and an appliance. The routes to the
    spokes are in the spokes' workspaces."""

    subnet: Subnet
    routes: RouteTable | None


def gateway(
    topology: Topology, new_hub: NewHub, subnets: Iterable[BuiltSubnet], tables: Iterable[RouteTable]
) -> GatewayInputs | None:
    """Return GatewaySubnet of a hub with these subnets and their route tables; None without `hub.gateway`."""
    if new_hub.gateway is None:
        return None
    return GatewayInputs(
        subnet=Subnet(locations.hub_vnet(topology), naming.GATEWAY, "GatewaySubnet", str(new_hub.gateway.cidr)),
        routes=_table(topology, new_hub, subnets, tables),
    )


def _table(
    topology: Topology, new_hub: NewHub, subnets: Iterable[BuiltSubnet], tables: Iterable[RouteTable]
) -> RouteTable | None:
    table, firewall = locations.gateway_route_table(topology), locations.firewall_ip(topology) or ""
    if table is None:
        return None
    hops = {one.resource: gateway_hop(topology, one) or ("" if one.key else firewall) for one in tables}
    # The runners' default route has the firewall as next hop, so traffic to the runners must also pass the firewall.
    hop = hops.get(locations.hub_route_table(topology, naming.RUNNERS))
    routes = [Route("runners", str(new_hub.runners.cidr), hop)] if hop else []
    # The names contain the ranges, so that a renamed subnet keeps its route. A route for the hub's range would contain
    # the firewall's subnet
    # (learn.microsoft.com/azure/architecture/example-scenario/gateway/firewall-application-gateway).
    routes += [
        Route(f"{naming.HUB}-{naming.dashed(cidr)}", cidr, hop) for cidr, hop in sorted(hops_to_subnets(subnets, hops))
    ]
    if firewall and vault_sites(topology):
        # Without this route Azure uses the peering's system route, but Vault's replies come through the firewall.
        routes += hvn_routes(topology, firewall)
    return RouteTable(table, tuple(routes), bgp_route_propagation=True)
