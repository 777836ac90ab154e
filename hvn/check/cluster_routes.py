"""The routes that cut the nodes and pods of a cluster off from each other, from the runners or from the internet."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, collapse_addresses
from itertools import chain

from hvn.diagnostics.message import Message, Text, Words
from hvn.reach.answer import reach
from hvn.reach.network import INTERNET, RUNNERS, Network, Place
from hvn.reach.ranges import ALL, is_public
from hvn.reach.select import select
from hvn.topology import locations
from hvn.topology.cluster_subnets import used_subnets
from hvn.topology.model import Cluster, Topology
from hvn.topology.once import once
from hvn.topology.shared_vnets import lacks_vnet, vnet_owner

KUBELET, API_SERVER = 10250, 443
NODES = Message("AKS needs all ports between nodes and pods, also inside a subnet")
API = Message("the runners install VSO through the API server, which has a private endpoint in this subnet")
EGRESS = Message("nodes do not become ready without the registries and the API of AKS")
REMOVE = Message("remove the route, or exclude these addresses from its destination")
Cut = tuple[Message, Message, Message]
"""The message, the reason and the fix of a finding."""


def cuts(topology: Topology, network: Network, start: Place, to: IPv4Network) -> Iterator[Cut]:
    """Yield the cuts of a subnet's route to this range. The firewall's rules may allow traffic between nodes."""
    by_vnet = _clusters(topology)
    for name in by_vnet.get(start.network, ()) if start.in_spoke else chain.from_iterable(by_vnet.values()):
        spoke = topology.spokes[name]
        keys = used_subnets(topology, spoke)
        nodes = [place for place in network.places[vnet_owner(topology, name)] if place.subnet in keys]
        if start in nodes:
            yield from _of_nodes(network, start, to, nodes)
        if new := spoke.new_cluster:
            if start in nodes and locations.outbound_type(topology, new) != "none":
                yield from _of_egress(topology, new, start, to)
            first = [place for place in nodes if place.subnet == new.node_key and not new.api_server.public]
            for runners in network.places.get(RUNNERS, ()):
                for one in first:
                    yield from _of_runners(network, start, to, runners, one)


@once
def _clusters(topology: Topology) -> Mapping[str, list[str]]:
    """Return the spokes with a cluster by the owner of their VNet, in the order of the file."""
    names: dict[str, list[str]] = {}
    for name, spoke in topology.spokes.items():
        if spoke.cluster and not lacks_vnet(topology, name):
            names.setdefault(vnet_owner(topology, name), []).append(name)
    return names


def _of_nodes(network: Network, start: Place, to: IPv4Network, nodes: list[Place]) -> Iterator[Cut]:
    for end in (place.part(to) for place in nodes):
        if _leads(network, start, to, end):
            for answer in reach(network, start.label, end.in_question, KUBELET):
                if answer.request.blocked_by:
                    reason = Words(answer.request.blocked_by)
                    message = Message(
                        "from {one} to {other}: {reason}", one=start.label, other=end.label, reason=reason
                    )
                    route = Text(f"{{destination: {end.cidr}, next_hop: vnet}}")
                    yield message, NODES, REMOVE if to == end.cidr else Message("add a route: {route}", route=route)


def _of_runners(network: Network, start: Place, to: IPv4Network, runners: Place, nodes: Place) -> Iterator[Cut]:
    """Yield a cut if the route leads from the runners to a private API server, or back."""
    for end, other in ((nodes, runners), (runners, nodes)):
        if start == other and _leads(network, start, to, part := end.part(to)):
            source, destination = (
                (part.in_question, start.label) if part.name == RUNNERS else (start.label, part.in_question)
            )
            for answer in reach(network, source, destination, API_SERVER):
                if answer.blocked_by and not answer.cut_by_firewall:
                    reason = Words(answer.blocked_by)
                    message = Message("from {one} to {two}: {reason}", one=RUNNERS, two=nodes.label, reason=reason)
                    yield message, API, REMOVE


def _of_egress(topology: Topology, cluster: Cluster, start: Place, to: IPv4Network) -> Iterator[Cut]:
    """Yield a cut if the first of several routes without an exit leads to this range, and all together cover the
    internet. HVN515 reports a default route without a firewall."""
    if to != min(_dead(start), default=None) or not lacks_exit(start):
        return
    if to != ALL or locations.outbound_type(topology, cluster) != "userDefinedRouting":
        yield Message("{start} has no route to the internet", start=start.label), EGRESS, REMOVE


def _dead(start: Place) -> list[IPv4Network]:
    """Return the destinations of the routes without an exit."""
    return [one.cidr for one in start.routes if one.type == "None" or (one.type == INTERNET and not start.egress)]


def lacks_exit(start: Place) -> bool:
    """Return whether a subnet's routes without an exit cover the internet."""
    dead = _dead(start)
    live = [one for one in start.routes if one.cidr not in dead and one.cidr != ALL and is_public(one.cidr)]
    return list(collapse_addresses(dead)) == [ALL] and not live and not start.tag_routes


def _leads(network: Network, start: Place, to: IPv4Network, end: Place) -> bool:
    """Return whether the subnet `start` uses its user-defined route to this range for the range `end`."""
    chosen = select(network, start, end)
    return chosen in start.routes and chosen is not None and chosen.cidr == to
