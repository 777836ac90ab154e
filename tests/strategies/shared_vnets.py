"""Generate clusters in the VNet of another spoke."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hypothesis import strategies as st

from tests.strategies.cluster import clusters, existing_clusters
from tests.strategies.names import spoke_names
from tests.strategies.nat_gateways import CLUSTER_TYPE
from tests.strategies.no_firewall import has_firewall, hub_of, without_firewall
from tests.strategies.values import Topology, optional, tags
from tests.strategies.vault import in_engines

SUBNET = "Blue_1"


@st.composite
def with_shared_vnet(draw: st.DrawFn, topology: Topology, *, longest: bool) -> Topology:
    """Draw a spoke with a cluster in the VNet of another spoke, if a VNet has a free quarter."""
    # HVN321: a spoke with its own region has no cluster.
    hosts = {name: spoke for name, spoke in topology["spokes"].items() if "region" not in spoke}
    rooms = {name: room for name, spoke in hosts.items() if (room := next(_free(spoke), None))}
    if not rooms or not draw(st.booleans()):
        return topology
    host = draw(st.sampled_from(sorted(rooms)))
    spoke, with_apps = topology["spokes"][host], topology["spokes"][host]["vault_route"] != "none"
    own = draw(st.booleans())
    cluster = draw(
        clusters("", with_apps=with_apps) if own else existing_clusters(99, rooms[host], with_apps=with_apps)
    )
    if own:
        cluster = {**cluster, "node_subnet": SUBNET}
        del cluster["node_cidr"]
        if cluster.get("outbound_type") == CLUSTER_TYPE:
            del cluster["outbound_type"]
        if not has_firewall(hub_of(topology)):
            cluster = without_firewall({"cluster": cluster})["cluster"]
    apps = draw(in_engines(cluster["apps"], topology["vault"]))
    # HVN628: the identities of both clusters are in one resource group, where each name is unique.
    cluster["apps"] = {
        name: {key: value for key, value in app.items() if key != "workload_identity"} for name, app in apps.items()
    }
    name = draw(spoke_names(longest=longest).filter(lambda name: name not in topology["spokes"]))
    guest = {"vnet_of": host, "cluster": cluster, **draw(optional(tags=tags(9)))}
    shared = {**spoke, "subnets": {**spoke["subnets"], SUBNET: rooms[host]}}
    return {**topology, "spokes": {**topology["spokes"], host: shared, name: guest}}


def _free(spoke: Topology) -> Iterator[str]:
    """Yield the quarters of a VNet without subnets."""
    new = [spoke["cidr"], *spoke.get("more_cidrs", ())] if "cidr" in spoke else spoke["existing"]["cidrs"]
    cluster = spoke.get("cluster", {})
    used = [one["cidr"] if isinstance(one, dict) else one for one in spoke["subnets"].values()]
    used += [cluster["node_cidr"]] if "node_cidr" in cluster else cluster.get("existing", {}).get("node_cidrs", [])
    used += spoke.get("existing", {}).get("subnets_in_use", [])
    for cidr in new:
        for quarter in IPv4Network(cidr).subnets(3 - len(new)):
            if not any(quarter.overlaps(IPv4Network(one)) for one in used):
                yield str(quarter)
