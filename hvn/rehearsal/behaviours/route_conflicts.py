"""Azure refuses two routes of a route table with the same destination, and a VirtualAppliance hop without an address.

Azure: RouteConflict (kubernetes-sigs/cloud-provider-azure#657). azurerm: next_hop_in_ip_address is only for the type
VirtualAppliance (route_table documentation, v4.55.0).
"""

from hvn.rehearsal.behaviours import Change, Refusal


def routes(change: Change) -> None:
    """Refuse two routes with one destination, a VirtualAppliance hop without an address, and other hops with an
    address."""
    names: dict[str, str] = {}
    for route in change.after.get("route") or ():
        other = names.setdefault(str(route["address_prefix"]).casefold(), str(route["name"]))
        if other != route["name"]:
            raise _refused(
                change,
                "RouteConflict",
                f"Route: {route['name']} conflicts with Route: {other}. Routes cannot have the same AddressPrefix.",
            )
        if (route["next_hop_type"] == "VirtualAppliance") != bool(route["next_hop_in_ip_address"]):
            raise _refused(
                change,
                "InvalidRouteNextHop",
                f"In the rehearsal's words: {route['name']} needs an address only for VirtualAppliance",
            )


def _refused(change: Change, code: str, message: str) -> Refusal:
    return Refusal(
        f"writing {change.kind} {change.after['name']}: unexpected status 400 (400 Bad Request) with error: {code}",
        message,
    )


CREATE = UPDATE = {"azurerm_route_table": routes}
