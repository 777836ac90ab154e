"""The network of a topology, from the inputs of its workspaces."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.hub.inputs import hub as hub_inputs
from hvn.kinds.inputs import BuiltSubnet, RouteTable
from hvn.kinds.network.inputs import NetworkInputs, network
from hvn.kinds.peering.inputs import PeeringInputs
from hvn.kinds.peering.inputs import peering as spoke_peering
from hvn.kinds.peering_hub.inputs import peering_hub
from hvn.reach.build_firewall import LineOf, firewall_of
from hvn.reach.build_firewall import egress as firewall_egress
from hvn.reach.network import (
    AFTER_FAILOVER,
    BACKUP,
    HUB,
    HVN,
    HVNS,
    ON_PREMISES,
    RUNNERS,
    VAULT,
    Gateway,
    Half,
    HvnRoute,
    Network,
    Place,
    UserRoute,
)
from hvn.reach.nsg import HUB_NSG, SecurityGroup
from hvn.reach.nsg_lines import owner_path, with_lines
from hvn.reach.private_endpoints import policies
from hvn.reach.ranges import ALL
from hvn.reach.remote import Remotes, firewall_routes, with_transit
from hvn.topology import locations, naming, security
from hvn.topology.cluster_subnets import used_subnets, users, vnet_addresses
from hvn.topology.model import Cluster, ExistingCluster, ExistingHub, NewHub, Spoke, Topology
from hvn.topology.once import once
from hvn.topology.shared_vnets import clusters, vnets

# The ports that HCP opens: Vault's API and KMIP (hcp/docs/vault/security-overview).
VAULT_PORTS = frozenset({8200, 5696})

AKS_PODS = "Microsoft.ContainerService/managedClusters"


@once
def built(topology: Topology) -> Network:
    """Return `build(topology)`, which several rules share."""
    return build(topology)


def build(topology: Topology, line_of: LineOf | None = None) -> Network:
    """Return the network of a topology without errors. `line_of` returns the line of a firewall rule in the file."""
    address = locations.firewall_ip(topology)
    hub = hub_inputs(topology, topology.hub) if isinstance(topology.hub, NewHub) else None
    networks = {name: _with(network(topology, name, spoke), hub) for name, spoke in vnets(topology).items()}
    peerings, vault = dict(_hvn_peerings(topology)), _vault(topology)
    own_routes = _routes(hub.firewall.routes) if hub and hub.firewall else firewall_routes(topology)
    halves: dict[tuple[str, str], Half] = {}
    for name, inputs in networks.items() if locations.has_hub(topology) else ():
        unknown = "" if inputs.hub_peering else f"whether {name} and the hub are peered, outside this topology"
        # The spoke allows forwarded traffic from the firewall; the hub allows no forwarded traffic (stacks/network.py).
        halves |= {(name, HUB): Half(forwarded=True, unknown=unknown), (HUB, name): Half(False, unknown)}
    remotes = Remotes(topology, networks)
    halves |= remotes.halves
    for name, peering in peerings.items():
        # HCP creates the half in the customer's VNet; only the HVN's half has a setting for forwarded traffic.
        for hvn in HVNS if peering.backup else (HVN,):
            halves |= {(name, hvn): Half(False), (hvn, name): Half(peering.allow_forwarded_traffic)}
    result = Network(
        ranges={
            **{hvn: (place.cidr,) for hvn, place in vault.items()},
            **({HUB: _ranges(locations.hub_cidrs(topology))} if locations.has_hub(topology) else {}),
            ON_PREMISES: tuple(cidr for _, cidrs in sorted(topology.on_premises.items()) for cidr in cidrs),
            **remotes.ranges,
            **{name: _ranges(inputs.cidrs) for name, inputs in networks.items()},
        },
        places={
            VAULT: tuple(vault.values()),
            **({HUB: (replace(_hub(hub, address), routes=own_routes),)} if address else {}),
            **({RUNNERS: (_runners(topology, hub),)} if locations.has_hub(topology) else {}),
            **{place.label: (place,) for place in _hub_subnets(topology, hub)},
            **{name: tuple(_of_spoke(topology, name, inputs)) for name, inputs in networks.items()},
            **{f"on_premises.{site}": _of_site(site, cidrs) for site, cidrs in sorted(topology.on_premises.items())},
            **remotes.places,
        },
        halves=halves,
        hvn_routes=tuple(_hvn_routes(peerings)),
        firewall=replace(
            firewall_of(topology, hub, address, line_of),
            routes=own_routes,
        )
        if address
        else None,
        gateway=_gateway(topology, hub, networks),
        parts={
            **remotes.parts,
            **{
                path: part for name, inputs in networks.items() for path, part in _parts(topology, name, inputs).items()
            },
        },
        unlisted=dict(_unlisted(topology, networks)),
    )
    return with_lines(topology, result, line_of) if line_of else result


def _unlisted(topology: Topology, networks: Mapping[str, NetworkInputs]) -> Iterator[tuple[str, str]]:
    """Yield the existing VNets, with the unknown settings of their subnets that are not in the file."""
    if isinstance(topology.hub, ExistingHub):
        yield HUB, "the subnets, route tables and network security groups of the existing hub"
    for name, inputs in networks.items():
        if not inputs.new_vnet:
            yield name, f"the subnets, route tables and network security groups of the existing VNet {inputs.vnet.name}"


def _hvn_peerings(topology: Topology) -> Iterator[tuple[str, PeeringInputs]]:
    if topology.vault_peering:
        yield HUB, peering_hub(topology, topology.vault_peering)
    for name, spoke in vnets(topology).items():
        if spoke.vault_route == "direct":
            yield name, spoke_peering(topology, name, spoke)


def _hvn_routes(peerings: Mapping[str, PeeringInputs]) -> Iterator[HvnRoute]:
    for name, peering in peerings.items():
        backup = peering.backup.routes if peering.backup else ()
        for hvn, routes in ((HVN, peering.routes), (BACKUP, backup)):
            for route in routes:
                next_hop = IPv4Address(route.next_hop) if route.next_hop else None
                yield HvnRoute(IPv4Network(route.destination), name, next_hop, hvn)


def _vault(topology: Topology) -> Mapping[str, Place]:
    """Return Vault as a place in the HVN and, after a failover, in the backup HVN."""
    exposure = "whether the existing Vault cluster has a public endpoint" if topology.vault.existing else ""
    own = Place(name=VAULT, network=HVN, cidr=topology.hvn.cidr, ports=VAULT_PORTS, exposure=exposure)
    backup = topology.hvn.backup
    after = replace(own, network=BACKUP, cidr=backup.cidr, subnet=AFTER_FAILOVER) if backup else None
    return {HVN: own, **({BACKUP: after} if after else {})}


def _hub(hub: HubInputs | None, address: str) -> Place:
    """Return the firewall's address as a place. The firewall of a new hub itself accepts connections only on its DNS
    proxy; without the proxy it accepts none."""
    new = hub is not None
    proxy = hub is not None and hub.firewall is not None and hub.firewall.dns_proxy
    return Place(
        name=HUB,
        network=HUB,
        cidr=IPv4Network(address),
        ports=frozenset({53} if proxy else ()) if new else None,
        propagated=True,
        egress=firewall_egress(hub),
        unknown="" if new else "the rules of the hub's existing firewall for its own traffic",
    )


def _runners(topology: Topology, hub: HubInputs | None) -> Place:
    cidr, hop = IPv4Network(locations.runners_cidr(topology)), locations.firewall_ip(topology)
    if hub is None:
        unknown = "the route table and the network security group of the runners' existing subnet"
        # docs/how-to/existing-network.md requires this default route in an existing hub.
        routes = (UserRoute(IPv4Network("0.0.0.0/0"), IPv4Address(hop)),) if hop else ()
        return Place(name=RUNNERS, network=HUB, cidr=cidr, routes=routes, unknown=unknown)
    return replace(_subnet(RUNNERS, HUB, hub.runner_subnet, hub), subnet="")


def _hub_subnets(topology: Topology, hub: HubInputs | None) -> Iterator[Place]:
    """Yield the subnets of a new hub, except those of the firewall, the gateway and the runners."""
    if hub and isinstance(topology.hub, NewHub):
        for subnet in hub.subnets:
            place = _subnet(HUB, HUB, subnet, hub)
            yield replace(place, private_endpoints=policies(topology.hub, subnet.key))


def _with(inputs: NetworkInputs, hub: HubInputs | None) -> NetworkInputs:
    """Return the inputs with the hub's route tables and the rules of the hub's NSGs. A spoke's subnet can use these
    tables and NSGs by id."""
    if hub is None:
        return inputs
    nsgs = {nsg.resource: replace(nsg, key=f"{HUB_NSG}{nsg.key}") for nsg in hub.more_nsgs}
    subnets = tuple(
        replace(subnet, security_group=nsgs.get(subnet.security_group.resource, subnet.security_group))
        for subnet in inputs.subnets
    )
    return replace(inputs, more_tables=(*inputs.more_tables, *hub.tables), subnets=subnets)


def _of_spoke(topology: Topology, name: str, inputs: NetworkInputs) -> Iterator[Place]:
    """Yield the subnets of a spoke. For a VNet without subnets, yield the ranges of the VNet. The route tables of an
    existing VNet are unknown."""
    for subnet in inputs.subnets:
        place = _of_subnet(topology, name, name, subnet, inputs)
        yield replace(place, in_file=subnet.key) if subnet.key in topology.spokes[name].subnets else place
    if not inputs.subnets:
        unknown = f"the route tables and network security groups of the existing VNet {inputs.vnet.name}"
        for cidr in _ranges(inputs.cidrs):
            yield Place(
                name=name,
                network=name,
                cidr=cidr,
                routes=_routes(inputs.route_table),
                tag_routes=_tag_routes(inputs.route_table),
                propagated=inputs.route_table is None or inputs.route_table.bgp_route_propagation,
                unknown="" if inputs.new_vnet else unknown,
                # This is the NSG that a new subnet with this range would have.
                nsg=SecurityGroup("of a new subnet", security.of_any_subnet(topology, topology.spokes[name]))
                if inputs.new_vnet
                else None,
            )


def _of_subnet(topology: Topology, name: str, spoke: str, subnet: BuiltSubnet, inputs: NetworkInputs) -> Place:
    """Return a subnet of a spoke as a place. The nodes and pods of a cluster may use the public address of the
    cluster's load balancer."""
    place = _subnet(name, spoke, subnet, inputs)
    place = replace(place, private_endpoints=policies(topology.spokes[spoke], subnet.key))
    for one in users(topology, spoke, subnet.key):
        if one.new_cluster and locations.outbound_type(topology, one.new_cluster) == "loadBalancer":
            return replace(place, egress="the load balancer of the cluster")
    return place


def _subnet(name: str, network: str, subnet: BuiltSubnet, inputs: HubInputs | NetworkInputs) -> Place:
    """Return a subnet as a place. `inputs` has the route tables and the NAT gateway of the network."""
    nsg, nat = subnet.security_group, inputs.nat_gateway
    table = next((one for one in inputs.tables if one.resource == subnet.route_table), None)
    existing = subnet.route_table if table is None else None
    return Place(
        name=name,
        network=network,
        cidr=IPv4Network(subnet.cidr),
        routes=_routes(table),
        tag_routes=_tag_routes(table),
        service_endpoints=subnet.service_endpoints,
        egress=f"the NAT gateway {nat.resource.name}" if nat and subnet.id in {one.id for one in nat.subnets} else "",
        nsg=SecurityGroup(nsg.resource.name, nsg.rules, nsg.key, owner_path(network, subnet.key, nsg.key)),
        subnet=subnet.key,
        # The propagation of an existing table is unknown, like its routes.
        propagated=table.bgp_route_propagation if table else existing is None,
        existing_table=existing is not None,
        exposure=_exposure(subnet),
        unknown=f"the routes of the existing route table {existing.name}" if existing else "",
    )


def _exposure(subnet: BuiltSubnet) -> str:
    """Return the unknown setting whether the subnet's Azure service has a public address; empty for nodes, pods and
    virtual machines."""
    service = subnet.delegation.service if subnet.delegation else ""
    if subnet.name == naming.BASTION_SUBNET:
        service = "Azure Bastion"
    return f"whether {service} has a public address" if service not in ("", AKS_PODS) else ""


def _of_site(site: str, cidrs: tuple[IPv4Network, ...]) -> tuple[Place, ...]:
    unknown = f"the routes and firewalls of the on-premises network {site}"
    return tuple(
        Place(name=f"on_premises.{site}", network=ON_PREMISES, cidr=cidr, unknown=unknown) for cidr in sorted(cidrs)
    )


def _gateway(topology: Topology, hub: HubInputs | None, networks: Mapping[str, NetworkInputs]) -> Gateway | None:
    """Return the hub's gateway. Return None without a hub, and for a new hub without GatewaySubnet and Route Server. In
    an existing hub the gateway's routes are unknown; a Route Server can connect networks without a gateway."""
    routes = None
    if not locations.has_hub(topology):
        return None
    if hub and hub.gateway is None and hub.route_server is None:
        return None
    if hub and hub.gateway:
        tables = [hub.gateway.routes, *(one.hub.gateway_routes for one in networks.values() if one.hub)]
        routes = tuple(route for table in tables for route in _routes(table))
    users = {name for name, one in networks.items() if one.use_remote_gateways or not one.hub_peering}
    announced = {name for name, one in networks.items() if one.use_remote_gateways}
    remote = with_transit(topology)
    return Gateway(
        routes=routes,
        used_by=frozenset({HUB, *users, *(name for name, used in remote.items() if used)}),
        announced=frozenset({HUB, *announced, *remote}),
        type=locations.gateway_type(topology),
        route_server=bool(hub and hub.route_server),
    )


def _parts(topology: Topology, name: str, inputs: NetworkInputs) -> dict[str, tuple[Place, ...]]:
    """Return the subnets of a spoke by their paths in the file. The subnets of nodes and pods also have the path of
    their cluster, which may belong to another spoke; the name of such a spoke means its cluster."""
    parts: dict[str, tuple[Place, ...]] = {}
    for owner, spoke in clusters(topology, name).items():
        if places := tuple(_of_cluster(topology, name, inputs, f"spokes.{owner}.cluster", spoke)):
            parts[f"spokes.{owner}.cluster"] = places
            if owner != name:
                parts[owner] = places
    for subnet in inputs.subnets:
        if subnet.key in topology.spokes[name].subnets:
            path = f"spokes.{name}.subnets.{subnet.key}"
            place = _of_subnet(topology, path, name, subnet, inputs)
            parts[path] = (replace(place, subnet="", in_file=subnet.key),)
    return parts


def _of_cluster(topology: Topology, name: str, inputs: NetworkInputs, cluster: str, spoke: Spoke) -> Iterator[Place]:
    """Yield the subnets of a cluster's nodes and pods in the VNet of the spoke `name`."""
    used, new = used_subnets(topology, spoke), spoke.new_cluster
    first = new.node_key if new else naming.NODE_SUBNET
    for subnet in inputs.subnets:
        if subnet.key in used:
            place = _of_subnet(topology, cluster, name, subnet, inputs)
            yield replace(place, subnet="", public=_open_to(new)) if subnet.key == first else place
    if isinstance(spoke.cluster, ExistingCluster):
        listed = [IPv4Network(subnet.cidr) for subnet in inputs.subnets]
        outside = [cidr for cidr in vnet_addresses(topology, spoke) if not any(cidr.subnet_of(one) for one in listed)]
        unknown = (
            f"the route tables and network security groups of the existing cluster's subnets in {inputs.vnet.name}"
        )
        for cidr in outside:
            yield Place(name=cluster, network=name, cidr=cidr, propagated=True, unknown=unknown)


def _open_to(cluster: Cluster | None) -> tuple[IPv4Network, ...] | None:
    """Return the sources that reach the public API server of a cluster; None for a private API server."""
    if cluster is None or not cluster.api_server.public:
        return None
    return tuple(sorted(cluster.api_server.authorized_ip_ranges)) or (ALL,)


def _routes(table: RouteTable | None) -> tuple[UserRoute, ...]:
    """Return the routes to ranges, without the routes to service tags."""
    return tuple(
        UserRoute(IPv4Network(route.cidr), IPv4Address(route.next_hop) if route.next_hop else None, route.next_hop_type)
        for route in (table.routes if table else ())
        if route.cidr[0].isdigit()
    )


def _tag_routes(table: RouteTable | None) -> tuple[str, ...]:
    return tuple(route.cidr for route in (table.routes if table else ()) if not route.cidr[0].isdigit())


def _ranges(cidrs: tuple[str, ...]) -> tuple[IPv4Network, ...]:
    return tuple(map(IPv4Network, cidrs))
