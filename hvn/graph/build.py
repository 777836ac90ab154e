"""Build the picture of a valid topology. Peerings, ranges and routes come from the network model of `hvn reach`."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from hvn.check.load import Checked, Loaded
from hvn.diagnostics.message import Path
from hvn.graph import nat_gateways
from hvn.graph.clusters import cluster_boxes
from hvn.graph.outside import remotes, sites
from hvn.graph.picture import Box, Edge, Kind, Picture
from hvn.kinds.kind import origin
from hvn.kinds.registry import kind_of
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.reach.build import build as reach_network
from hvn.reach.network import BACKUP, HUB, HVN, HVNS, RUNNERS, Network, Place, UserRoute, is_remote, is_spoke
from hvn.topology import kv, locations
from hvn.topology.cluster_subnets import first_subnet
from hvn.topology.model import (
    ExistingHub,
    NewHub,
    Spoke,
    Topology,
)
from hvn.topology.ranges import pool_of
from hvn.topology.shared_vnets import clusters, vnets
from hvn.topology.spoke_peerings import named_in_peerings

LineOf = Callable[[Path], int]


def of_file(loaded: Loaded, checked: Checked) -> Picture:
    """Return the picture of a valid topology file."""
    return picture(checked.topology, checked.workspaces(), lambda path: loaded.source.span(path).line)


def picture(topology: Topology, workspaces: Iterable[Workspace], line_of: LineOf) -> Picture:
    """Return the picture. `line_of` returns the line of a path in the file."""
    network = reach_network(topology)
    boxes = [
        *sites(topology),
        *remotes(topology, network),
        *_groups(topology),
        *_hub(topology, network),
        *_hvn(topology, network),
        *(box for name, spoke in vnets(topology).items() for box in _spoke(topology, network, name, spoke)),
    ]
    owned = _owned(boxes, workspaces)
    return Picture(
        topology.name,
        tuple(
            replace(
                box,
                line=line_of(box.path) if box.path else 0,
                workspaces=tuple(workspace.id for workspace in owned.get(box.id, ())),
                blocked=next((workspace.blocked for workspace in owned.get(box.id, ()) if workspace.blocked), ""),
            )
            for box in boxes
        ),
        tuple(_edges(topology, network)),
    )


def _owned(boxes: list[Box], workspaces: Iterable[Workspace]) -> dict[str, list[Workspace]]:
    """Return the workspaces of each box by the box's id. A workspace belongs to the innermost box that contains its
    section of the file."""
    by_path = {box.path: box.id for box in boxes if box.path}
    owned: dict[str, list[Workspace]] = {}
    for workspace in workspaces:
        path = origin(kind_of(workspace.id), workspace.id)
        while path and path not in by_path:
            path = path[:-1]
        if path:
            owned.setdefault(by_path[path], []).append(workspace)
    return owned


def _groups(topology: Topology) -> Iterator[Box]:
    """Yield the subscriptions, with the pools of their spokes, and the HCP project."""
    own = locations.hub_vnet(topology).group if locations.has_hub(topology) else None
    hub = own.subscription_id if own else topology.azure.subscription_id
    pools: dict[str, set[str]] = {hub: set()}
    for name, spoke in vnets(topology).items():
        pools.setdefault(_subscription(topology, name, spoke), set()).add(_pool(topology, spoke))
    for subscription in (hub, *sorted(pools.keys() - {hub})):
        yield Box(id=_group(subscription), kind=Kind.SUBSCRIPTION, title=f"subscription {subscription}")
        for pool, cidr in sorted(topology.address_pools.items(), key=lambda item: item[1]):
            if pool in pools[subscription]:
                yield Box(
                    id=f"{_group(subscription)}/{pool}",
                    kind=Kind.POOL,
                    title=f"pool {pool} {cidr}",
                    inside=_group(subscription),
                    path=("address_pools", pool),
                )
    yield Box(id="hcp", kind=Kind.HCP, title="HashiCorp Cloud Platform", facts=_filled(topology.hvn.project_id))


def _group(subscription: str) -> str:
    return f"subscription:{subscription}"


def _subscription(topology: Topology, name: str, spoke: Spoke) -> str:
    return locations.spoke_vnet(topology, name, spoke).group.subscription_id


def _pool(topology: Topology, spoke: Spoke) -> str:
    """Return the pool of the spoke's first range; every range of a valid spoke is in a pool."""
    return pool_of(topology, spoke.cidrs[0]) or ""


def _filled(*texts: str | None) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _hub(topology: Topology, network: Network) -> Iterator[Box]:
    hub = topology.hub
    if not isinstance(hub, NewHub | ExistingHub):
        return
    vnet = locations.hub_vnet(topology)
    existing = isinstance(hub, ExistingHub)
    yield Box(
        id=HUB,
        kind=Kind.HUB,
        title="hub",
        facts=(vnet.name, *map(str, network.ranges[HUB])),
        inside=_group(vnet.group.subscription_id),
        existing=existing,
        path=("hub",),
    )
    section: Path
    if network.firewall:
        firewall = locations.new_firewall(topology)
        product = f"Azure Firewall {firewall.sku_tier}" if firewall else "firewall or appliance"
        section = ("hub", "firewall") if firewall else ("hub", "existing", "firewall_private_ip")
        yield _in_hub("firewall", Kind.FIREWALL, (str(network.firewall.address), product), section, existing)
    # The network model always gives an existing hub a gateway, because the hub's routes are unknown.
    if network.gateway and (isinstance(hub, NewHub) or hub.existing.gateway or topology.on_premises):
        section = ("hub", "existing", "gateway") if existing else ("hub", "gateway")
        # This project never manages the gateway or Route Server itself, even if it manages the subnet.
        subnet = (hub.gateway or hub.route_server) if isinstance(hub, NewHub) else None
        if isinstance(hub, NewHub) and not hub.gateway:
            section = ("hub", "route_server")
        cidr = str(subnet.cidr) if subnet else ""
        routes = network.gateway.routes
        known = ("routes unknown",) if routes is None else _next_hops(network, routes)
        yield _in_hub("gateway", Kind.GATEWAY, (*_filled(cidr), *known), section, existing=True)
    for place in network.places.get(RUNNERS, ()):
        section = ("hub", "existing", "runners_cidr") if existing else ("hub", "runners")
        yield _in_hub(place.name, Kind.SUBNET, (str(place.cidr), *_routes(network, place)), section, existing)
    keys = hub.subnets if isinstance(hub, NewHub) else {}
    for place in (place for label, places in network.places.items() if label.startswith("hub/") for place in places):
        section = ("hub", "subnets", place.subnet) if place.subnet in keys else ("hub", place.subnet)
        yield _in_hub(place.subnet, Kind.SUBNET, (str(place.cidr), *_routes(network, place)), section, existing)
    if isinstance(hub, NewHub):
        yield from nat_gateways.of_hub(topology, hub)


def _in_hub(title: str, kind: Kind, facts: tuple[str, ...], path: Path, existing: bool) -> Box:
    return Box(id=f"hub.{title}", kind=kind, title=title, facts=facts, inside=HUB, existing=existing, path=path)


def _routes(network: Network, place: Place) -> Iterator[str]:
    """Yield the routes of a place, or the reason why they are unknown."""
    if place.unknown and not place.routes:
        yield f"unknown: {place.unknown}"
    yield from _next_hops(network, place.routes)


def _next_hops(network: Network, routes: Iterable[UserRoute]) -> Iterator[str]:
    for route in routes:
        is_firewall = network.firewall and route.next_hop == network.firewall.address
        yield f"{route.cidr} → {'firewall' if is_firewall else route.next_hop or route.type}"


def _hvn(topology: Topology, network: Network) -> Iterator[Box]:
    vault, backup = topology.vault, topology.hvn.backup
    yield Box(
        id=HVN,
        kind=Kind.HVN,
        title=f"HVN {topology.hvn.id}",
        facts=(*map(str, network.ranges[HVN]), *_hvn_routes(network, HVN)),
        inside="hcp",
        existing=topology.hvn.existing,
        path=("hvn",),
    )
    if backup:
        yield Box(
            id=BACKUP,
            kind=Kind.HVN,
            title=f"backup HVN {backup.id}",
            facts=(*map(str, network.ranges[BACKUP]), *_hvn_routes(network, BACKUP)),
            inside="hcp",
            existing=topology.hvn.existing,
            path=("hvn", "backup"),
        )
    yield Box(
        id="vault",
        kind=Kind.VAULT,
        title=f"Vault {vault.cluster_id}",
        facts=(
            *(() if vault.existing else (f"tier {vault.tier}",)),
            f"namespace {vault.namespace}",
            f"kv {', '.join(kv.mounts(topology, None))}",
            *(f"namespace {name}: kv {', '.join(kv.mounts(topology, name))}" for name in sorted(vault.namespaces)),
        ),
        inside=HVN,
        existing=vault.existing,
        path=("vault",),
    )


def _hvn_routes(network: Network, hvn: str) -> Iterator[str]:
    for route in network.hvn_routes:
        if route.hvn == hvn:
            target = f"firewall {route.next_hop}" if route.next_hop else f"peering {route.network}"
            yield f"{route.cidr} → {target}"


def _spoke(topology: Topology, network: Network, name: str, spoke: Spoke) -> Iterator[Box]:
    id_ = f"spokes.{name}"
    places = network.places[name]
    tables = Counter(tuple(_routes(network, place)) for place in places if place.routes)
    # The spoke shows the most common routes of its subnets; a subnet shows its routes only if they differ.
    usual = tables.most_common(1)[0][0] if tables else ()
    yield Box(
        id=id_,
        kind=Kind.SPOKE,
        title=name,
        facts=(*map(str, network.ranges[name]), f"Vault: {spoke.vault_route}", *usual),
        inside=f"{_group(_subscription(topology, name, spoke))}/{_pool(topology, spoke)}",
        existing=spoke.existing is not None,
        path=("spokes", name),
    )
    for place in places:
        if place.subnet in spoke.subnets:
            yield Box(
                id=f"{id_}.subnets.{place.subnet}",
                kind=Kind.SUBNET,
                title=place.subnet,
                facts=(str(place.cidr), *_differing(tuple(_routes(network, place)), usual)),
                inside=id_,
                path=("spokes", name, "subnets", place.subnet),
            )
    yield from nat_gateways.of_spoke(topology, name, spoke)
    for owner, one in clusters(topology, name).items():
        if one.cluster:
            yield from cluster_boxes(id_, owner, first_subnet(topology, one), one.cluster, shares=owner != name)


def _differing(routes: tuple[str, ...], usual: tuple[str, ...]) -> tuple[str, ...]:
    """Return the routes of a subnet if they differ from the usual routes of its spoke."""
    if routes == usual:
        return ()
    return routes or ("no user-defined route",)


def _edges(topology: Topology, network: Network) -> Iterator[Edge]:
    """Yield one edge for each peering, and one for each on-premises network."""
    named = named_in_peerings(topology)
    for one, other in sorted(network.halves):
        # Each peering has two halves. Draw only the half from the peer to the hub, or to an HVN.
        if other in HVNS or (other == HUB and one not in HVNS):
            yield _peering(topology, network, one, other)
        # Two peered spokes have two halves too: draw the half of the spoke with the peering in its section.
        elif is_spoke(one) and (is_remote(other) or other in named[one]):
            yield _own_peering(topology, network, one, other)
    if network.gateway:
        for site in sorted(topology.on_premises):
            yield Edge(
                source=f"on_premises.{site}",
                target="hub.gateway",
                label="VPN or ExpressRoute",
                accepted="managed outside this project",
                existing=True,
            )


def _own_peering(topology: Topology, network: Network, one: str, other: str) -> Edge:
    """Return the edge of a peering in `spokes.<spoke>.peerings`."""
    halves = "its half" if network.halves[one, other].unknown else "both halves"
    target = f"spokes.{other}" if other in topology.spokes else other
    accepted = f"{WorkspaceId('network', one)} creates {halves}"
    return Edge(source=f"spokes.{one}", target=target, label="VNet peering", accepted=accepted)


def _peering(topology: Topology, network: Network, one: str, other: str) -> Edge:
    box = f"spokes.{one}" if one in topology.spokes else one
    if other in HVNS:
        workspace = WorkspaceId("peering", one)
        accepted = f"{workspace}; HCP accepts with a role on the VNet of {one}"
        return Edge(source=box, target=other, label="HCP peering, accepted by HCP", accepted=accepted, to_hvn=True)
    if is_remote(one):
        accepted = "hub creates " + ("the hub's half" if network.halves[one, other].unknown else "both halves")
        return Edge(source=box, target=other, label="VNet peering", accepted=accepted)
    outside = bool(network.halves[one, other].unknown)
    accepted = "managed outside this project" if outside else f"network-{one} creates both halves"
    return Edge(source=box, target=other, label="VNet peering", accepted=accepted, existing=outside)
