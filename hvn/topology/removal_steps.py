"""The manual steps for the owners of an existing hub after the removal of a spoke."""

from collections.abc import Iterator

from hvn.topology import locations
from hvn.topology.firewall import spoke_group
from hvn.topology.model import ExistingHub, Topology
from hvn.topology.shared_vnets import vnet_owner


def removal_steps(topology: Topology, name: str) -> tuple[str, ...]:
    """Return one imperative sentence for each step, in the order of `hvn.topology.manual_steps`; empty without an
    existing hub or without its firewall."""
    return tuple(_steps(topology, name))


def _steps(topology: Topology, name: str) -> Iterator[str]:
    hub, spoke = topology.hub, topology.spokes[name]
    if not isinstance(hub, ExistingHub) or locations.firewall_ip(topology) is None:
        return
    owner = vnet_owner(topology, name)
    if group := spoke_group(topology, owner, topology.spokes[owner]):
        own = "" if owner == name else f"cluster.{name}."
        rules = ", ".join(f"{group.name}/{rule.name}" for rule in group.rules if rule.name.startswith(own))
        yield f"Delete these rules from the existing firewall: {rules}."
    if hub.existing.gateway and not spoke.bgp_route_propagation and owner == name:
        ranges = ", ".join(locations.spoke_cidrs(spoke))
        yield f"Delete the routes for {ranges} from the route table of GatewaySubnet."
