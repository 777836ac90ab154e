"""Generate patterns of names, and names of single resources."""

from collections.abc import Iterable, Mapping
from functools import cache

from hypothesis import strategies as st

from tests.strategies.findings import own_nsgs
from tests.strategies.values import Topology, optional

PATTERNS = {
    "resource_group": "RG_{topology}.{spoke}",
    "vnet": "{spoke}_VNet",
    "subnet": "snet-{subnet}",
    "route_table": "{spoke}.rt",
    "network_security_group": "{spoke}.nsg_{subnet}",
    "peering_to_hub": "{spoke}-{topology}",
    "peering_from_hub": "hub_{spoke}",
    "dns_link": "{topology}.{spoke}",
    "firewall": "{topology}.fw",
    "firewall_policy": "{topology}.policy",
    "firewall_public_ip": "{topology}.ip",
    "nat_gateway": "{topology}.{spoke}",
    "nat_gateway_public_ip": "{topology}.{spoke}.nat",
    "firewall_management_ip": "{topology}.management",
    "managed_identity": "{spoke}_mi",
    "cluster": "{spoke}_Cluster",
    "node_resource_group": "{spoke}_nodes",
    "dns_prefix": "X-{spoke}",
    "jwt_mount": "k8s-{topology}-{spoke}",
    "vault_role": "{spoke}_{app}",
}


@cache
def naming() -> st.SearchStrategy[Topology]:
    """Return a strategy for patterns of names. If no resource uses a pattern, the check only warns."""
    return optional(**{kind: st.just(pattern) for kind, pattern in PATTERNS.items()})


@cache
def spoke_names(*, longest: bool) -> st.SearchStrategy[str]:
    """Return a strategy for names that HVN202 accepts, including long names that differ only in the last letter."""
    long = st.from_regex(r"prefix-of-thirty-letters-for-a-[a-f]", fullmatch=True)
    short = st.from_regex(r"[a-z][a-z0-9]{1,6}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
    return (long if longest else long | short).filter(
        lambda name: (
            name not in ("hub", "runners", "vault") and not name.startswith("hub-") and not name.endswith("-nodes")
        )
    )


HUB_NAMES = ("resource_group", "vnet", "dns_link", "firewall", "firewall_policy", "firewall_public_ip")
HUB_PARTS = {"subnets": ["runners"], "route_tables": ["runners"], "network_security_groups": ["runners"]}
CLUSTER_NAMES = ("managed_identity", "cluster", "node_resource_group", "dns_prefix")


NAT_NAMES = ("nat_gateway", "nat_gateway_public_ip")
MORE_ADDRESSES = ("firewall_management_ip", "nat_gateway_public_ip")


def own_names(kinds: Iterable[str], name: str, parts: Mapping[str, Iterable[str]]) -> st.SearchStrategy[Topology]:
    """Return a strategy for names of single resources; `parts` has the keys of subnets and apps."""
    # The public IP addresses of a resource group have different names.
    own = {"dns_prefix": name.replace("_", "-"), **{kind: f"{name}_{kind}" for kind in MORE_ADDRESSES}}
    each = {kind: st.just(own.get(kind, name)) for kind in kinds}
    # No subnet and no app has a key with two underscores.
    mapped = {
        field: st.just({key: f"own__{number}" for number, key in enumerate(sorted(keys))})
        for field, keys in parts.items()
        if keys
    }
    return optional(**each, **mapped)


def names_of(spoke: Topology, index: int, *, with_ci: bool) -> st.SearchStrategy[Topology]:
    """Return a strategy for the names of a spoke's resources. `index` makes the names unique."""
    existing, cluster = spoke.get("existing"), spoke.get("cluster")
    created = bool(cluster) and "existing" not in (cluster or {})
    kinds = ["resource_group", "route_table"]
    kinds += [] if existing else ["vnet"]
    if existing is None or existing.get("hub_peering"):
        kinds += ["peering_to_hub", "peering_from_hub"]
    if existing is None or existing.get("zone_link", True):
        kinds += ["dns_link"]
    if "nat_gateway" in spoke:
        kinds += NAT_NAMES
    parts = {
        "subnets": [*spoke["subnets"], *(["nodes"] if "node_cidr" in (cluster or {}) else [])],
        "network_security_groups": list(own_nsgs(spoke)),
        "route_tables": list(spoke.get("route_tables", {})),
    }
    if created:
        kinds += CLUSTER_NAMES
    if cluster:
        parts["vault_roles"] = list(cluster["apps"])
        # The policies of CI logins cover only mounts that begin like the pattern.
        kinds += ["jwt_mount"] if cluster["apps"] and not with_ci else []
    # The node resource group must not have the name of the spoke's resource group.
    own = own_names(kinds, f"Own_{index}", parts)
    return own.map(lambda names: names | ({"node_resource_group": f"Own_n{index}"} if created else {}))
