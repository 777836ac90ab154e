"""The subnets that the workspaces of the hub and of the spokes build."""

from hvn.kinds.inputs import BuiltSubnet, Delegation, SecurityGroup
from hvn.topology import locations, model, naming, security
from hvn.topology.model import NewHub, Spoke, Topology
from hvn.topology.naming import Resource, ResourceGroup
from hvn.topology.security import SecurityRule


def built(
    topology: Topology,
    owner: str,
    key: str,
    subnet: model.Subnet,
    *,
    vnet: Resource,
    group: ResourceGroup,
    rules: tuple[SecurityRule, ...],
    route_table: Resource | None,
    name: str = "",
) -> BuiltSubnet:
    """Return a subnet. `owner` is a spoke or the hub, `key` the subnet's key in the file. A new NSG is in the resource
    group `group`.

    `name` is set for a subnet with a name that Azure requires.
    """
    nsg = SecurityGroup(
        naming.security_group(group, naming.name(topology, naming.NSG, owner, key)),
        rules,
    )
    if subnet.nsg:
        nsg = _selected(topology, owner, subnet.nsg, vnet)
    return BuiltSubnet(
        vnet,
        key,
        name or naming.name(topology, "subnet", owner, key),
        str(subnet.cidr),
        security_group=nsg,
        route_table=route_table,
        delegation=Delegation(subnet.delegation, model.DELEGATIONS[subnet.delegation]) if subnet.delegation else None,
        service_endpoints=tuple(sorted(set(subnet.service_endpoints))),
        private_endpoint_network_policies=subnet.private_endpoint_network_policies or "Disabled",
    )


def security_groups(topology: Topology, owner: str) -> tuple[SecurityGroup, ...]:
    """Return the NSGs of `network_security_groups` of a spoke or of the hub, by key."""
    holder = _holder(topology, owner)
    return tuple(_group(topology, owner, key) for key in sorted(holder.network_security_groups)) if holder else ()


def _selected(topology: Topology, owner: str, nsg: str, vnet: Resource) -> SecurityGroup:
    """Return the NSG that `nsg` of a subnet names. An NSG of the hub has the hub's spelling, because Terraform compares
    ids with case."""
    key = locations.hub_nsg(topology, nsg, vnet)
    if key and owner != naming.HUB:
        return SecurityGroup(locations.security_group(topology, naming.HUB, key), None)
    existing = locations.existing_nsg(nsg, vnet)
    return SecurityGroup(existing, None) if existing and not key else _group(topology, owner, key or nsg)


def _group(topology: Topology, owner: str, key: str) -> SecurityGroup:
    holder = _holder(topology, owner)
    own = security.of_group(topology, owner, key) if isinstance(holder, Spoke) else ()
    # HVN161 reports an unknown key; other rules derive the inputs too.
    group = holder.network_security_groups.get(key) if holder else None
    rules = (*own, *(security.of_file(group) if group else ()))
    return SecurityGroup(locations.security_group(topology, owner, key), rules, key)


def _holder(topology: Topology, owner: str) -> NewHub | Spoke | None:
    if owner != naming.HUB:
        return topology.spokes[owner]
    return topology.hub if isinstance(topology.hub, NewHub) else None
