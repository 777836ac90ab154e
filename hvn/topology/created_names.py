"""The names of all resources that a topology creates, each with its scope and the place in the file that sets it."""

from collections.abc import Iterator
from typing import NamedTuple

from hvn.diagnostics.finding import Path
from hvn.topology import locations, naming
from hvn.topology.model import NewHub, PeeringWithSpoke, Spoke, Topology
from hvn.topology.naming import HUB, ResourceGroup
from hvn.topology.once import once
from hvn.topology.spoke_peerings import is_repeated

# Kinds of one Azure type, which share one set of names.
SAME_TYPE = {
    "node_resource_group": "resource_group",
    "peering_from_spoke": "peering_to_hub",
    "peering_to_spoke": "peering_to_hub",
    "firewall_management_ip": "firewall_public_ip",
    "nat_gateway_public_ip": "firewall_public_ip",
}
NAT_GATEWAY = ("nat_gateway", "nat_gateway_public_ip")
CASE_SENSITIVE = ("jwt_mount", "vault_role")


class CreatedName(NamedTuple):
    """The name of a resource that this topology creates. `kind` is a field of `naming`; the name is unique in `scope`.

    `part` is the key of a subnet, NSG, route table, peering or app; empty for all other resources. `existing` is true
    for an existing resource group or JWT mount.
    """

    kind: str
    owner: str
    part: str
    name: str
    scope: str
    existing: bool = False

    @property
    def identity(self) -> tuple[str, ...]:
        """Return a key that is equal for two resources if their names collide. Azure compares names without case."""
        kind = SAME_TYPE.get(self.kind, self.kind)
        return (kind, self.scope, self.name if self.kind in CASE_SENSITIVE else self.name.casefold())


@once
def created_names(topology: Topology) -> tuple[CreatedName, ...]:
    """Return the names of all resources that the topology creates and that the file can rename: the hub's names, then
    the spokes' names in alphabetical order."""
    hub = _of_hub(topology, topology.hub) if isinstance(topology.hub, NewHub) else ()
    # HVN201 refuses a spoke with the name `hub`.
    spokes = sorted(topology.spokes.keys() - {HUB})
    return (*hub, *(created for name in spokes for created in _of_spoke(topology, name, topology.spokes[name])))


def _of_hub(topology: Topology, hub: NewHub) -> Iterator[CreatedName]:
    group = locations.hub_vnet(topology).group
    in_group = _scope(group)
    kinds = [
        ("vnet", "", in_group),
        ("subnet", naming.RUNNER_SUBNET, HUB),
        (naming.NSG, naming.RUNNER_SUBNET, in_group),
        ("dns_link", "", "zone"),
    ]
    if firewall := locations.new_firewall(topology):
        kinds += [(kind, "", in_group) for kind in ("firewall", "firewall_policy", "firewall_public_ip")]
        kinds += [("firewall_management_ip", "", in_group)] if firewall.management_cidr else []
    if hub.nat_gateway:
        kinds += [(kind, "", in_group) for kind in NAT_GATEWAY]
    yield _group(topology, HUB, group, existing=hub.existing_resource_group)
    if locations.gateway_route_table(topology):
        kinds.append(("route_table", naming.GATEWAY, in_group))
    if locations.has_route_table(topology, hub):
        kinds.append(("route_table", naming.RUNNERS, in_group))
    if hub.bastion:
        kinds.append((naming.NSG, naming.BASTION, in_group))
    if locations.firewall_route_table(topology):
        kinds.append(("route_table", naming.FIREWALL, in_group))
    for key, peering in sorted(hub.peerings.items()):
        kinds.append(("peering_from_hub", key, HUB))
        kinds += [("peering_to_hub", key, _remote(peering.vnet_id))] if peering.reverse else []
    kinds += [("route_table", key, in_group) for key in sorted(hub.route_tables)]
    kinds += [(naming.NSG, key, in_group) for key in sorted(hub.network_security_groups)]
    for key in sorted(hub.subnets):
        kinds.append(("subnet", key, HUB))
        if hub.subnet(key).nsg is None:
            kinds.append((naming.NSG, key, in_group))
    for kind, part, scope in kinds:
        yield CreatedName(kind, HUB, part, naming.name(topology, kind, HUB, part), scope)


def _of_spoke(topology: Topology, spoke: str, value: Spoke) -> Iterator[CreatedName]:
    group = locations.spoke_group(topology, spoke, value)
    if not value.vnet_of:
        yield _group(topology, spoke, group, existing=value.existing_resource_group)
    of_network = () if value.vnet_of else _of_network(topology, spoke, value, group)
    for kind, part, scope in (*of_network, *_of_cluster(topology, spoke, value, group)):
        existing = kind == "jwt_mount" and has_existing_mount(value)
        name = naming.name(topology, kind, spoke, part)
        yield CreatedName(kind, spoke, part, name, scope or f"spoke {spoke}", existing)


def _group(topology: Topology, owner: str, group: ResourceGroup, *, existing: bool) -> CreatedName:
    name = naming.name(topology, "resource_group", owner)
    return CreatedName("resource_group", owner, "", name, group.subscription_id, existing)


def _scope(group: ResourceGroup) -> str:
    """Return the scope of the names in a resource group: spokes and hub can share an existing group."""
    return group.id.casefold()


def _remote(vnet_id: str) -> str:
    """Return the scope of the names in a VNet outside the file."""
    return f"vnet {vnet_id.casefold()}"


def _of_network(topology: Topology, name: str, spoke: Spoke, group: ResourceGroup) -> Iterator[tuple[str, str, str]]:
    """Yield kind, part and scope of each resource that the topology creates in a spoke's own network.

    The scope is empty for a name that is unique in the spoke's own VNet or mount.
    """
    in_group = _scope(group)
    if locations.has_route_table(topology, spoke):
        yield "route_table", "", in_group
    open_table = [naming.NO_ROUTES] if locations.has_open_table(spoke) else []
    yield from (("route_table", key, in_group) for key in (*sorted(spoke.route_tables), *open_table))
    yield from ((naming.NSG, key, in_group) for key in sorted(spoke.network_security_groups))
    if spoke.nat_gateway:
        yield from ((kind, "", in_group) for kind in NAT_GATEWAY)
    if spoke.existing is None:
        yield "vnet", "", in_group
    if locations.has_hub_peering(topology, spoke):
        yield "peering_to_hub", "", ""
        yield "peering_from_hub", "", HUB
    for key, peering in sorted(spoke.peerings.items()):
        yield "peering_from_spoke", key, ""
        if isinstance(peering, PeeringWithSpoke):
            if not is_repeated(topology, name, peering.spoke):  # HVN450
                yield "peering_to_spoke", key, f"spoke {peering.spoke}"
        elif peering.reverse:
            yield "peering_to_spoke", key, _remote(peering.vnet_id)
    if locations.has_zone_link(topology, spoke) or spoke.private_dns_zones:
        # Without a hub, the spoke's new zones have no other links.
        shared = locations.has_hub(topology) or any(zone.startswith("/") for zone in spoke.private_dns_zones)
        yield "dns_link", "", "zone" if shared else ""
    for key in sorted(spoke.subnets):
        yield "subnet", key, ""
        if spoke.subnet(key).nsg is None:
            yield naming.NSG, key, in_group
    if spoke.new_cluster and spoke.new_cluster.node_key not in spoke.subnets:
        yield "subnet", spoke.new_cluster.node_key, ""
        yield naming.NSG, spoke.new_cluster.node_key, in_group


def _of_cluster(topology: Topology, name: str, spoke: Spoke, group: ResourceGroup) -> Iterator[tuple[str, str, str]]:
    """Yield kind, part and scope of each resource that the topology creates for a spoke's cluster."""
    in_group = _scope(group)
    if spoke.new_cluster:
        yield "managed_identity", "", in_group
        yield "cluster", "", in_group
        yield "node_resource_group", "", group.subscription_id
        yield "dns_prefix", "", "zone"
    if spoke.cluster:
        if spoke.cluster.apps:
            yield "jwt_mount", "", "vault"
        # Only an existing mount can have the roles of several spokes.
        mount = f"mount {naming.name(topology, 'jwt_mount', name)}" if has_existing_mount(spoke) else ""
        for app in sorted(spoke.cluster.apps):
            yield "vault_role", app, mount


def has_existing_mount(spoke: Spoke) -> bool:
    """Return whether the apps of a spoke log in through an existing JWT mount."""
    return spoke.cluster is not None and spoke.cluster.vault_login.keys == "existing"


def place(topology: Topology, created: CreatedName) -> Path:
    """Return the place in the file that sets a name: the exception, the pattern, or the owner for a default pattern."""
    kind, owner, part = created.kind, created.owner, created.part
    section: Path = ("hub",) if owner == HUB else ("spokes", owner)
    if naming.exception(topology, kind, owner, part):
        return (*section, "names", naming.exception_field(kind, part), *((part,) if part else ()))
    return ("naming", kind) if kind in topology.naming.model_fields_set else section
