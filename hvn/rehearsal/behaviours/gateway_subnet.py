"""GatewaySubnet and RouteServerSubnet cannot have a network security group. The route table of GatewaySubnet must have
no default route and must propagate BGP routes; RouteServerSubnet cannot have a route table.

Azure: learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings (Gateway subnet);
learn.microsoft.com/azure/route-server/route-server-faq.
"""

from hvn.rehearsal.azure_subnets import ROUTES, attached
from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import Object, same

TABLE, ASSOCIATION, ROUTE = "azurerm_route_table", "azurerm_subnet_route_table_association", "azurerm_route"


def security_group(change: Change) -> None:
    """Refuse a network security group on GatewaySubnet and RouteServerSubnet."""
    for name in ("GatewaySubnet", "RouteServerSubnet"):
        if _is(change.after["subnet_id"], name):
            raise _refused(change, f"{name} cannot have a network security group")


def association(change: Change) -> None:
    """Refuse a route table without propagation, or with a default route, on GatewaySubnet, and each route table on
    RouteServerSubnet."""
    if _is(change.after["subnet_id"], "RouteServerSubnet"):
        raise _refused(change, "RouteServerSubnet cannot have a route table")
    if _is_gateway(change.after["subnet_id"]):
        for table in change.cloud.find(TABLE):
            if same(table["id"], change.after["route_table_id"]):
                _fits(change, table)


def route(change: Change) -> None:
    """Refuse a route in a missing route table, and a default route in the route table of GatewaySubnet."""
    table = str(change.after["id"]).rpartition("/routes/")[0]
    if not any(same(other["id"], table) for other in change.cloud.find(TABLE)):
        raise Refusal(f"creating {ROUTE}: unexpected status 404 (404 Not Found): ResourceNotFound", table)
    change.need((TABLE, table))
    gateways = (one for one in change.cloud.find("azurerm_subnet") if _is_gateway(one["id"]))
    tables = (attached(change.cloud, one, ROUTES) for one in gateways)
    if change.after["address_prefix"] == "0.0.0.0/0" and any(one and same(one[0], table) for one in tables):
        raise _refused(change, "the route table of GatewaySubnet cannot have a route for 0.0.0.0/0")


def vnet(change: Change) -> None:
    """Refuse an NSG or a wrong route table on an inline GatewaySubnet or RouteServerSubnet."""
    blocks = change.after.get("subnet")
    for subnet in blocks if isinstance(blocks, list) else ():
        if subnet["name"] == "RouteServerSubnet" and (subnet["security_group"] or subnet["route_table_id"]):
            raise _refused(change, "RouteServerSubnet cannot have a network security group or a route table")
        if subnet["name"] == "GatewaySubnet":
            if subnet["security_group"]:
                raise _refused(change, "GatewaySubnet cannot have a network security group")
            for table in change.cloud.find(TABLE):
                if same(table["id"], subnet["route_table_id"]):
                    _fits(change, table)


def _fits(change: Change, table: Object) -> None:
    if not table["bgp_route_propagation_enabled"]:
        raise _refused(change, "the route table of GatewaySubnet must propagate BGP routes")
    inside = [one for one in change.cloud.find(ROUTE) if str(one["id"]).startswith(f"{table['id']}/")]
    if any(one["address_prefix"] == "0.0.0.0/0" for one in [*(table.get("route") or ()), *inside]):
        raise _refused(change, "the route table of GatewaySubnet cannot have a route for 0.0.0.0/0")


def _is_gateway(subnet_id: object) -> bool:
    return _is(subnet_id, "GatewaySubnet")


def _is(subnet_id: object, name: str) -> bool:
    return str(subnet_id).casefold().endswith(f"/subnets/{name.casefold()}")


def _refused(change: Change, why: str) -> Refusal:
    return Refusal(f"creating {change.kind}: 400 Bad Request", f"In the rehearsal's words: {why}")


CREATE = {
    "azurerm_subnet_network_security_group_association": security_group,
    ASSOCIATION: association,
    ROUTE: route,
    "azurerm_virtual_network": vnet,
}
