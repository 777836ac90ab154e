"""The private API servers of new clusters: AKS puts a private endpoint into the subnet of the first nodes.

Its NSG and routes are those of other private endpoints (private_endpoints.py), and the stacks set no policies for this
subnet. Only questions of people consider the endpoint; `hvn check` and `hvn review` ask about the nodes.
"""

from collections.abc import Mapping
from dataclasses import replace

from hvn.reach.network import Network, Place
from hvn.topology.model import Topology
from hvn.topology.shared_vnets import lacks_vnet, vnet_owner


def with_api_servers(topology: Topology, network: Network) -> Network:
    """Return the network with the private API server of each cluster in its subnet."""
    names = {}
    for name, spoke in sorted(topology.spokes.items()):
        new = spoke.new_cluster
        if new and not new.api_server.public and not lacks_vnet(topology, name):
            for place in network.places[vnet_owner(topology, name)]:
                if place.subnet == new.node_key:
                    names[place.network, place.cidr] = name

    def of(places: Mapping[str, tuple[Place, ...]]) -> Mapping[str, tuple[Place, ...]]:
        return {key: tuple(named(place) for place in some) for key, some in places.items()}

    def named(place: Place) -> Place:
        name = names.get((place.network, place.cidr))
        return replace(place, api_server=name) if name else place

    return replace(network, places=of(network.places), parts=of(network.parts))
