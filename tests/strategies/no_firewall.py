"""Generate hubs without a firewall, and remove the settings that need a firewall."""

from tests.strategies.values import Topology


def has_firewall(hub: Topology) -> bool:
    """Return whether the hub has a firewall."""
    return "none" not in (hub.get("firewall"), hub.get("existing", {}).get("firewall_private_ip"))


def has_dns_proxy(hub: Topology) -> bool:
    """Return whether the hub has a firewall with a DNS proxy; the tier Basic has none."""
    firewall = hub.get("firewall", {})
    return has_firewall(hub) and (firewall == {} or firewall.get("sku_tier") != "Basic")


NO_HUB: Topology = {"existing": {"cidrs": [], "firewall_private_ip": "none", "gateway": False}}
"""The value that replaces the hub in a network without a hub: an existing hub without parts."""


def hub_of(topology: Topology) -> Topology:
    """Return the hub of a topology, or NO_HUB."""
    hub: Topology = NO_HUB if topology["hub"] == "none" else topology["hub"]
    return hub


def without_hub(spoke: Topology) -> Topology:
    """Return a spoke without the settings that need a hub."""
    changed: Topology = {}
    if "existing" in spoke:
        changed["existing"] = _without(spoke["existing"], {"hub_peering", "zone_link"})
    if "names" in spoke:
        changed["names"] = _without(spoke["names"], {"peering_to_hub", "peering_from_hub", "dns_link"})
    return {**spoke, **changed}


def has_open_subnet(owner: Topology) -> bool:
    """Return whether a subnet has `route: none`."""
    subnets = owner.get("subnets", {}).values()
    return any(subnet.get("route") == "none" for subnet in subnets if isinstance(subnet, dict))


def without_firewall(owner: Topology) -> Topology:
    """Return a hub or a spoke without the settings that need a firewall in the hub."""
    unused = {"firewall", "firewall_policy", "firewall_public_ip", "firewall_management_ip", "route_tables"}
    routes = _without_hop(owner.get("routes", {}))
    unused |= set() if routes else {"route_table"}
    changed: Topology = dict.fromkeys(owner.keys() & {"firewall"}, "none")
    changed |= {key: _without(owner[key], unused) for key in owner.keys() & {"names"}}
    changed |= dict.fromkeys(owner.keys() & {"routes"}, routes)
    for key in owner.keys() & {"route_tables"}:
        changed[key] = {
            name: {**table, **({"routes": _without_hop(table["routes"])} if "routes" in table else {})}
            for name, table in owner[key].items()
        }
    routed = owner.get("cluster", {}).get("outbound_type") == "userDefinedRouting"
    changed |= {key: _without(owner[key], {"outbound_type"}) for key in owner.keys() & {"cluster"} if routed}
    changed |= {key: _without(owner[key], {"allow_fqdns"}) for key in owner.keys() & {"runners"}}
    for key in owner.keys() & {"subnets"}:
        closed = {"route": "firewall"}.items()
        changed[key] = {
            name: _without(subnet, {"route"}) if isinstance(subnet, dict) and closed <= subnet.items() else subnet
            for name, subnet in owner[key].items()
        }
    return _without(owner, {"firewall_rules", "firewall_priority", "bgp_route_propagation"}) | changed


def _without_hop(routes: Topology) -> Topology:
    return {name: route for name, route in routes.items() if route["next_hop"] != "firewall"}


def _without(mapping: Topology, keys: set[str]) -> Topology:
    return {key: value for key, value in mapping.items() if key not in keys}
