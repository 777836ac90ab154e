"""Inputs of `hub`, `network-<spoke>` and `aks-<spoke>`."""

from hvn.kinds.derive import common
from hvn.kinds.inputs import (
    AksInputs,
    FirewallInputs,
    HubInputs,
    HubRef,
    NetworkInputs,
    NodePoolInputs,
    Route,
    RouteTable,
    Subnet,
)
from hvn.topology import firewall, naming
from hvn.topology.model import Cluster, NewHub, Spoke, Topology


def hub(topology: Topology, given: NewHub) -> HubInputs:
    """The hub's own network and firewall."""
    name, network = topology.name, common.hub_vnet(topology)
    return HubInputs(
        **common.in_azure(topology, "hub"),
        group=network.group,
        vnet=network,
        cidr=str(given.cidr),
        firewall_subnet=Subnet(network, "AzureFirewallSubnet", str(given.firewall.cidr)),
        runner_subnet=Subnet(network, naming.RUNNER_SUBNET, str(given.runners.cidr)),
        # Nothing but the default route: with a route for the spokes their replies, which come straight over the
        # peering, would take another way than the requests.
        runner_routes=RouteTable(
            naming.route_table(network.group, f"rt-{name}-runners"),
            (Route("default", "0.0.0.0/0", common.firewall_ip(topology)),),
        ),
        runner_security_group=f"nsg-{name}-runners",
        firewall=FirewallInputs(
            name=f"afw-{name}",
            policy=f"afwp-{name}",
            public_ip=f"pip-{name}-afw",
            sku_tier=given.firewall.sku_tier,
            private_ip=common.firewall_ip(topology),
            zones=tuple(sorted(set(given.firewall.zones))),
            network_rules=firewall.network_rules(topology),
            application_rules=firewall.application_rules(topology),
        ),
        dns_zone=naming.aks_zone(topology.azure.region),
        dns_link=f"link-{name}-hub",
    )


def network(topology: Topology, name: str, spoke: Spoke) -> NetworkInputs:
    """A spoke's VNet and its way to the hub."""
    routes = [Route("default", "0.0.0.0/0", common.firewall_ip(topology))]
    if spoke.vault_route == "via-hub":
        # A direct spoke must not have this route: the peering's own system route to the HVN has to win.
        routes.append(Route("hvn", str(topology.hvn.cidr), common.firewall_ip(topology)))
    return NetworkInputs(
        **common.in_azure(topology, f"network-{name}"),
        group=common.spoke_group(topology, name, spoke),
        vnet=common.spoke_vnet(topology, name, spoke),
        cidrs=common.spoke_cidrs(spoke),
        new_vnet=spoke.existing is None,
        hub_peering=spoke.existing is None or spoke.existing.hub_peering,
        zone_link=spoke.existing is None or spoke.existing.zone_link,
        subnets=_subnets(topology, name, spoke),
        route_table=RouteTable(common.spoke_route_table(topology, name, spoke), tuple(routes)),
        hub=HubRef(
            vnet=common.hub_vnet(topology), cidrs=common.hub_cidrs(topology), dns_zone=common.dns_zone(topology)
        ),
        peering_to_hub="to-hub" if spoke.existing is None else f"to-{topology.name}-hub",
        peering_from_hub=f"to-{topology.name}-{name}",
        dns_link=f"link-{topology.name}-{name}",
    )


def _subnets(topology: Topology, name: str, spoke: Spoke) -> tuple[Subnet, ...]:
    ranges = dict(spoke.subnets)
    if spoke.cluster:
        ranges[naming.NODE_SUBNET] = spoke.cluster.node_cidr
    vnet = common.spoke_vnet(topology, name, spoke)
    return tuple(Subnet(vnet, subnet, str(ranges[subnet])) for subnet in sorted(ranges))


def aks(topology: Topology, name: str, spoke: Spoke, cluster: Cluster) -> AksInputs:
    """The private cluster in a spoke."""
    vnet = common.spoke_vnet(topology, name, spoke)
    pool = cluster.node_pool
    return AksInputs(
        **common.in_azure(topology, f"aks-{name}"),
        group=common.spoke_group(topology, name, spoke),
        cluster=common.cluster_ref(topology, name, spoke, cluster).cluster.name,
        identity=f"id-{topology.name}-{name}-aks",
        dns_prefix=f"{topology.name}-{name}",
        node_group=naming.node_group(topology.name, name),
        kubernetes_version=cluster.kubernetes_version,
        vnet=vnet,
        node_subnet=Subnet(vnet, naming.NODE_SUBNET, str(cluster.node_cidr)),
        route_table=common.spoke_route_table(topology, name, spoke),
        dns_zone=common.dns_zone(topology),
        pod_cidr=str(cluster.pod_cidr),
        service_cidr=str(cluster.service_cidr),
        # Not the first address of the range: that is the `kubernetes` Service's.
        dns_service_ip=str(cluster.service_cidr[10]),
        node_pool=NodePoolInputs(
            vm_size=pool.vm_size,
            min_count=pool.min_count,
            max_count=pool.max_count,
            max_surge=pool.max_surge,
            zones=tuple(sorted(set(pool.zones))),
        ),
        admin_groups=tuple(sorted(set(cluster.admin_groups))),
    )
