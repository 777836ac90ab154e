"""Generate networks, outbound types, API servers and tiers of clusters, and the subnets of their pools."""

from functools import cache

from hypothesis import strategies as st

from tests.strategies.nat_gateways import CLUSTER_TYPE
from tests.strategies.values import Topology, optional

FOR_PODS = {"delegation": "Microsoft.ContainerService/managedClusters"}
# Four nodes with 30 pods each need 128 addresses, in blocks. The smallest subnet has 251 addresses.
FEW = {"max_count": 3, "max_surge": "1", "max_pods": 30}
SPARE = "pool_Subnet"


@st.composite
def cluster_network(draw: st.DrawFn, spoke: Topology, spare: str) -> Topology:
    """Draw the keys that give a spoke's cluster a network, and node pools their own subnets in the range `spare`."""
    cluster = dict(spoke["cluster"])
    mode = draw(st.sampled_from(("overlay", "none", "node_subnet", *(("pod_subnet",) if spare else ()))))
    policy = draw(optional(policy=st.sampled_from(("cilium", "azure", "calico", "none"))))
    subnets = dict(spoke["subnets"])
    if mode in ("overlay", "none"):
        network = draw(st.just(policy) | st.just({"mode": mode, **policy})) if mode == "overlay" else {"mode": mode}
        if spare and cluster.get("node_pools") and draw(st.booleans()):
            name = draw(st.sampled_from(sorted(cluster["node_pools"])))
            cluster["node_pools"] = {
                **cluster["node_pools"],
                name: {**cluster["node_pools"][name], "subnet": SPARE, "max_count": 3, "min_count": 1},
            }
            subnets[SPARE] = draw(st.sampled_from(({"cidr": spare}, {"cidr": spare, "nsg": "rg-shared/NSG_1"})))
    else:
        network = {"mode": mode, **policy}
        cluster.pop("pod_cidr", None)
        pods = {"pod_subnet": SPARE} if mode == "pod_subnet" else {}
        cluster["node_pool"] = {**cluster["node_pool"], **FEW, **pods, "min_count": draw(st.integers(1, 3))}
        only = {name: pool for name, pool in cluster.get("node_pools", {}).items() if name == "open"}
        cluster.pop("node_pools", None)
        if only:
            cluster["node_pools"] = {name: {**pool, **FEW, **pods} for name, pool in only.items()}
        if pods:
            subnets[SPARE] = {"cidr": spare, **FOR_PODS}
    if draw(st.booleans()):
        key = draw(st.sampled_from(("nodes", "Node_subnet")))
        subnets[key] = {"cidr": cluster.pop("node_cidr"), **draw(node_subnets(cluster.get("outbound_type", "")))}
        if key != "nodes":
            cluster["node_subnet"] = key
    return {"subnets": subnets, "cluster": {**cluster, **({"network": network} if network else {})}}


@cache
def node_subnets(outbound_type: str) -> st.SearchStrategy[Topology]:
    """Return a strategy for the settings of the subnet `nodes`. Only some outbound types work without a route."""
    routes = ("firewall", "none") if outbound_type in ("loadBalancer", "none") else ("firewall",)
    return optional(
        route=st.sampled_from(routes),
        nsg=st.just("rg-shared/NSG_1"),
        service_endpoints=st.just(["Microsoft.Storage"]),
    )


RANGES: tuple[list[str], ...] = ([], ["198.51.100.0/24"], ["203.0.113.7/32", "198.51.100.0/25"])


@cache
def cluster_access() -> st.SearchStrategy[Topology]:
    """Return a strategy for compatible combinations of a cluster's outbound type and API server."""
    public = st.sampled_from(RANGES).map(lambda ranges: {"public": True, "authorized_ip_ranges": ranges})
    servers = optional(api_server=public | st.just({"public": False}))
    routed = optional(outbound_type=st.sampled_from(("userDefinedRouting", CLUSTER_TYPE)))
    return st.just({"outbound_type": "none"}) | st.builds(dict.__or__, servers, routed | load_balancers())


@cache
def load_balancers() -> st.SearchStrategy[Topology]:
    """Return a strategy for the outbound type loadBalancer. The ports suffice for all pools of a drawn cluster."""
    settings = optional(
        public_ips=st.just(100), ports_per_node=st.sampled_from((0, 8, 1024)), idle_timeout_minutes=st.integers(4, 100)
    )
    few = settings.filter(lambda one: not one.get("ports_per_node") or "public_ips" in one)
    return st.builds(dict.__or__, st.just({"outbound_type": "loadBalancer"}), optional(load_balancer=few))


_GROUP = "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/rg-logs/providers"
LOGS = f"{_GROUP}/Microsoft.OperationalInsights/workspaces/log-one"


@cache
def addons() -> st.SearchStrategy[Topology]:
    """Return a strategy for the add-ons of a cluster."""
    workspace = st.just(LOGS)
    return optional(addons=optional(azure_policy=st.booleans(), microsoft_defender=workspace, oms_agent=workspace))


@cache
def tiers() -> st.SearchStrategy[Topology]:
    """Return a strategy for the tier and the support plan of a cluster."""
    long_term = {"sku_tier": "Premium", "support_plan": "AKSLongTermSupport"}
    return st.just(long_term) | optional(
        sku_tier=st.sampled_from(("Free", "Standard", "Premium")), support_plan=st.just("KubernetesOfficial")
    )
