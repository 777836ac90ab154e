"""The subnets that the workspaces of the hub and of the spokes build."""

from hvn.kinds.inputs import BuiltSubnet, Delegation, SecurityGroup
from hvn.topology import locations, model, naming
from hvn.topology.model import Topology
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
        nsg = SecurityGroup(locations.existing_nsg(subnet.nsg, vnet), None)
    return BuiltSubnet(
        vnet,
        key,
        name or naming.name(topology, "subnet", owner, key),
        str(subnet.cidr),
        security_group=nsg,
        route_table=route_table,
        delegation=Delegation(subnet.delegation, model.DELEGATIONS[subnet.delegation]) if subnet.delegation else None,
        service_endpoints=tuple(sorted(set(subnet.service_endpoints))),
    )
