"""Names, ids and ranges of the hub and the spokes, created or existing, computed from the topology."""

from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Any

from hvn.diagnostics.finding import Path
from hvn.topology import naming
from hvn.topology.addresses import firewall_address
from hvn.topology.cluster_subnets import first_subnet
from hvn.topology.model import Cluster, ExistingHub, Firewall, NewHub, Spoke, Topology
from hvn.topology.naming import Resource, ResourceGroup
from hvn.topology.once import once
from hvn.topology.ranges import runners, spoke_at
from hvn.topology.shared_vnets import vnet_owner, with_vnet


def has_hub(topology: Topology) -> bool:
    """Return whether the network has a hub, created here or existing."""
    return isinstance(topology.hub, NewHub | ExistingHub)


def hvns(topology: Topology) -> str:
    """Return the ranges of the HVN and the backup HVN as text, because Vault may have its address in either range."""
    return " and ".join(map(str, topology.hvn.cidrs))


@once
def hub_vnet(topology: Topology) -> Resource:
    """Return the hub's VNet. Raises `AssertionError` for a network without a hub."""
    hub = topology.hub
    if isinstance(hub, ExistingHub):
        return naming.parse(hub.existing.vnet_id)
    if not isinstance(hub, NewHub):
        raise AssertionError("a network without a hub has no hub VNet")  # noqa: TRY004 (a mistake of the caller)
    subscription = hub.subscription_id or topology.azure.subscription_id
    group = ResourceGroup(subscription, naming.name(topology, "resource_group", naming.HUB))
    return naming.vnet(group, naming.name(topology, "vnet", naming.HUB))


def hub_cidrs(topology: Topology) -> tuple[str, ...]:
    """Return all ranges of the hub's VNet; empty without a hub."""
    hub = topology.hub
    if isinstance(hub, ExistingHub):
        return _texts(hub.existing.cidrs)
    return _texts(hub.cidrs) if isinstance(hub, NewHub) else ()


def runners_cidr(topology: Topology) -> str:
    """Return the range of the runners' subnet, in which Terraform runs. Raises `AssertionError` without a hub."""
    cidr = runners(topology)
    if cidr is None:
        raise AssertionError("a network without a hub has no subnet for runners")
    return str(cidr)


def dns_zone(topology: Topology) -> Resource | None:
    """Return the private DNS zone of AKS, which all spokes share. A zone that this project creates is in the hub's
    resource group. Return None without a hub: AKS then creates a zone for each private cluster."""
    if isinstance(topology.hub, ExistingHub):
        return naming.parse(topology.hub.existing.private_dns_zone_id)
    if not has_hub(topology):
        return None
    return naming.private_dns_zone(hub_vnet(topology).group, naming.aks_zone(topology.azure.region))


def zone_group(topology: Topology, name: str, spoke: Spoke) -> ResourceGroup:
    """Return the resource group of the zones that a spoke names: the hub's, without a hub the spoke's."""
    return hub_vnet(topology).group if has_hub(topology) else spoke_group(topology, name, spoke)


def learns_routes(topology: Topology, spoke: Spoke | None = None) -> bool:
    """Return whether the route tables of a spoke (default: of the hub) accept the gateway's routes. Without a firewall,
    the tables accept these routes by default: no other route may lead to on-premises networks."""
    if spoke is not None and "bgp_route_propagation" in spoke.model_fields_set:
        return spoke.bgp_route_propagation
    return firewall_ip(topology) is None


def firewall_ip(topology: Topology) -> str | None:
    """Return the firewall's expected address; None for a hub without a firewall. Azure assigns the address; the hub's
    apply fails if the address differs."""
    hub = topology.hub
    if isinstance(hub, ExistingHub):
        address = hub.existing.firewall_private_ip
        return str(address) if isinstance(address, IPv4Address) else None
    firewall = new_firewall(topology)
    return str(firewall.private_ip or firewall_address(firewall.cidr)) if firewall else None


def new_firewall(topology: Topology) -> Firewall | None:
    """Return the firewall that this topology creates; None for an existing hub or a hub without a firewall."""
    hub = topology.hub
    return hub.firewall if isinstance(hub, NewHub) and isinstance(hub.firewall, Firewall) else None


def has_dns_proxy(topology: Topology) -> bool:
    """Return whether the hub's firewall can be a DNS server. The tier Basic has no DNS proxy. For an existing firewall,
    the owner decides.

    https://learn.microsoft.com/azure/firewall/features-by-sku
    """
    firewall = new_firewall(topology)
    return firewall_ip(topology) is not None and (firewall is None or firewall.sku_tier != "Basic")


def outbound_type(topology: Topology, cluster: Cluster) -> str:
    """Return the outbound type of a cluster. AKS refuses userDefinedRouting without a default route."""
    return cluster.outbound_type or ("userDefinedRouting" if firewall_ip(topology) else "loadBalancer")


def has_gateway(topology: Topology) -> bool:
    """Return whether a gateway or Azure Route Server, which peered VNets can also use, exists in the hub."""
    hub = topology.hub
    if isinstance(hub, ExistingHub):
        return hub.existing.gateway
    parts = (hub.gateway, hub.route_server) if isinstance(hub, NewHub) else ()
    return any(part is not None and part.existing for part in parts)


def has_gateway_subnet(topology: Topology) -> bool:
    """Return whether a gateway or Route Server exists in the hub, or the hub has a subnet for them."""
    hub = topology.hub
    return bool(hub.gateway or hub.route_server) if isinstance(hub, NewHub) else has_gateway(topology)


def gateway_type(topology: Topology) -> str:
    """Return the type of the hub's gateway: vpn, express_route or both; empty if unknown."""
    hub = topology.hub
    if isinstance(hub, ExistingHub):
        return hub.existing.gateway_type or ""
    return hub.gateway.type or "" if isinstance(hub, NewHub) and hub.gateway else ""


def gateway_appliance(topology: Topology) -> str:
    """Return the address of the appliance that filters on-premises traffic; empty without `hub.gateway.next_hop`."""
    hub = topology.hub
    return str(hub.gateway.next_hop or "") if isinstance(hub, NewHub) and hub.gateway else ""


def gateway_route_table(topology: Topology) -> Resource | None:
    """Return the route table of GatewaySubnet, with routes to the firewall or an appliance; None without both, or if
    this topology does not create GatewaySubnet."""
    hub = topology.hub
    hop = firewall_ip(topology) or gateway_appliance(topology)
    if not isinstance(hub, NewHub) or hub.gateway is None or not hop:
        return None
    return naming.route_table(
        hub_vnet(topology).group, naming.name(topology, "route_table", naming.HUB, naming.GATEWAY)
    )


def firewall_route_table(topology: Topology) -> Resource | None:
    """Return the route table of AzureFirewallSubnet, with routes to the firewalls of `hub.peerings`. Return None if no
    peering has a firewall, or if the topology creates no firewall."""
    remote = any(peering.firewall for peering in topology.hub_peerings.values())
    return hub_route_table(topology, naming.FIREWALL) if remote and new_firewall(topology) else None


def firewall_policy(topology: Topology) -> Resource:
    """Return the policy of the firewall in a hub that this project creates."""
    return naming.firewall_policy(hub_vnet(topology).group, naming.name(topology, "firewall_policy", naming.HUB))


def spoke_group(topology: Topology, name: str, spoke: Spoke) -> ResourceGroup:
    """Return the resource group for the resources that this topology creates in a spoke. Spokes that share a VNet share
    the group."""
    name, spoke = vnet_owner(topology, name), with_vnet(topology, spoke)
    subscription = spoke.subscription_id or (
        naming.parse(spoke.existing.vnet_id).group.subscription_id if spoke.existing else topology.azure.subscription_id
    )
    return ResourceGroup(subscription, naming.name(topology, "resource_group", name))


def spoke_vnet(topology: Topology, name: str, spoke: Spoke) -> Resource:
    """Return the spoke's VNet."""
    name, spoke = vnet_owner(topology, name), with_vnet(topology, spoke)
    if spoke.existing:
        return naming.parse(spoke.existing.vnet_id)
    return naming.vnet(spoke_group(topology, name, spoke), naming.name(topology, "vnet", name))


def vnet_at(topology: Topology, path: Path) -> Resource:
    """Return the VNet of the spoke or the hub that contains this path of the file."""
    spoke = spoke_at(topology, path)
    return spoke_vnet(topology, str(path[1]), spoke) if spoke else hub_vnet(topology)


def spoke_cidrs(spoke: Spoke) -> tuple[str, ...]:
    """Return all ranges of the spoke's VNet."""
    return _texts(spoke.cidrs)


def spoke_route_table(topology: Topology, name: str, spoke: Spoke, key: str = "") -> Resource:
    """Return the spoke's route table, or the table with this key in `route_tables`. The key `none` means the table
    without routes.

    This topology creates the route tables, even for an existing VNet.
    """
    return naming.route_table(spoke_group(topology, name, spoke), naming.name(topology, "route_table", name, key))


def has_hub_peering(topology: Topology, spoke: Spoke) -> bool:
    """Return whether this topology creates the spoke's peering with the hub."""
    return has_hub(topology) and not spoke.vnet_of and (spoke.existing is None or spoke.existing.hub_peering)


def has_zone_link(topology: Topology, spoke: Spoke) -> bool:
    """Return whether this topology links the spoke's VNet to the private DNS zone of AKS."""
    return has_hub(topology) and not spoke.vnet_of and (spoke.existing is None or spoke.existing.zone_link)


def region(topology: Topology, spoke: Spoke | None) -> str:
    """Return the region of a spoke, or the default region."""
    return (spoke.region if spoke else None) or topology.azure.region


def has_route_table(topology: Topology, owner: Spoke | NewHub) -> bool:
    """Return whether a spoke or the hub has its own route table, with the route to the firewall or with routes of the
    file."""
    return bool(owner.routes) or firewall_ip(topology) is not None


def node_route_table(topology: Topology, name: str, spoke: Spoke) -> Resource | None:
    """Return the route table of a new cluster's nodes; None without routes, and for an existing table that AKS does
    not read."""
    cluster, nodes = spoke.new_cluster, first_subnet(topology, spoke)
    if cluster is None or nodes is None or nodes.route == naming.NO_ROUTES:
        return None
    name, vnet = vnet_owner(topology, name), with_vnet(topology, spoke)
    if nodes.route == "firewall":
        return spoke_route_table(topology, name, vnet) if has_route_table(topology, vnet) else None
    if "/" in nodes.route:
        routed = outbound_type(topology, cluster) == "userDefinedRouting"
        return existing_route_table(nodes.route, spoke_vnet(topology, name, vnet)) if routed else None
    return spoke_route_table(topology, name, vnet, nodes.route)


def has_open_table(spoke: Spoke) -> bool:
    """Return whether a subnet of the spoke has `route: none`. AzureBastionSubnet cannot have a route table."""
    return any(spoke.subnet(key).route == naming.NO_ROUTES for key in spoke.subnets if key != naming.BASTION_SUBNET)


def hub_route_table(topology: Topology, key: str) -> Resource:
    """Return a route table of a new hub: `runners`, `firewall`, or a key of `hub.route_tables`."""
    group = hub_vnet(topology).group
    return naming.route_table(group, naming.name(topology, "route_table", naming.HUB, key))


def security_group(topology: Topology, owner: str, key: str) -> Resource:
    """Return an NSG of this project in a spoke or in a new hub: of a subnet, or of `network_security_groups`."""
    group = hub_vnet(topology).group if owner == naming.HUB else spoke_group(topology, owner, topology.spokes[owner])
    return naming.security_group(group, naming.name(topology, naming.NSG, owner, key))


def existing_nsg(nsg: str, vnet: Resource) -> Resource | None:
    """Return the NSG that `nsg` of a subnet names by id, or in the short form `<resource group>/<name>` in the
    subscription of the VNet. For a key of `network_security_groups`, return None."""
    return _existing(nsg, vnet, naming.security_group) if "/" in nsg else None


def hub_nsg(topology: Topology, nsg: str, vnet: Resource) -> str:
    """Return the key of the NSG of `hub.network_security_groups` that `nsg` of a subnet names by id or in the short
    form. Return an empty text for another NSG. Azure ignores the case of ids."""
    existing = existing_nsg(nsg, vnet)
    if existing is None or not isinstance(topology.hub, NewHub):
        return ""
    same = (
        key
        for key in topology.hub.network_security_groups
        if security_group(topology, naming.HUB, key).id.casefold() == existing.id.casefold()
    )
    return next(same, "")


def nsg_of_file(topology: Topology, path: Path, nsg: str | None) -> Path | None:
    """Return the path of the NSG in `network_security_groups` that the subnet at this path names in `nsg`. Return None
    for an NSG outside the file, and without `nsg`."""
    if nsg is None:
        return None
    if "/" not in nsg:
        return (*path[:-2], "network_security_groups", nsg)
    key = hub_nsg(topology, nsg, vnet_at(topology, path))
    return ("hub", "network_security_groups", key) if key else None


def existing_route_table(route: str, vnet: Resource) -> Resource | None:
    """Return the existing route table that `route` of a subnet names, by id or in the short form; otherwise None."""
    return _existing(route, vnet, naming.route_table) if "/" in route else None


def _existing(text: str, vnet: Resource, of: Callable[[ResourceGroup, str], Resource]) -> Resource:
    if text.startswith("/"):
        return naming.parse(text)
    group, _, name = text.partition("/")
    return of(ResourceGroup(vnet.group.subscription_id, group), name)


def _texts(ranges: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(str(cidr) for cidr in sorted(ranges))


def spoke_cluster(topology: Topology, name: str, spoke: Spoke) -> Resource:
    """Return the Azure resource of the spoke's cluster, new or existing."""
    return naming.aks(spoke_group(topology, name, spoke), naming.name(topology, "cluster", name))
