"""Generate AKS clusters with node pools and upgrade settings."""

from functools import cache

from hypothesis import strategies as st

from tests.strategies.apps import apps
from tests.strategies.cluster_network import addons, cluster_access, tiers
from tests.strategies.values import LONG, MIRROR, Topology, optional, uuids, zones

PODS = ("100.64.0.0/16", "10.128.0.0/14")
_GROUP = "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/rg-images/providers"
REGISTRIES = [f"{_GROUP}/Microsoft.ContainerRegistry/registries/{name}" for name in ("Platform0001", "x" * 50)]
SERVICES = ("100.65.0.0/20", "10.132.0.0/20")


# The smallest pod range, a /16, has a /24 for 256 nodes. The first pool and its surge need 120 nodes, three additional
# pools with the default surge of 10% need 132, and the pool `open` needs 4.
MOST_NODES = 60
MOST_MORE_NODES = 40
LABELS = st.just({"example.com/tier": "batch", "empty": ""})
# HVN527: the local disk of the smallest generated size has 150 GiB.
OS_DISKS = optional(os_disk_type=st.just("Managed"), os_disk_size_gb=st.integers(30, 2048)) | optional(
    os_disk_type=st.just("Ephemeral"), os_disk_size_gb=st.integers(30, 150)
)


@cache
@st.composite
def clusters(draw: st.DrawFn, nodes: str, *, with_apps: bool) -> Topology:
    pool = draw(st.integers(1, MOST_NODES))
    tainted = draw(st.booleans())
    more = draw(more_nodes(for_apps=tainted))
    version = draw(st.sampled_from(("1.36", "1.35.4")))
    return {
        "kubernetes_version": version,
        "node_cidr": nodes,
        "node_pool": {
            "vm_size": draw(st.sampled_from(("Standard_D4ds_v5", "Standard_E8-4ads_v5"))),
            "min_count": draw(st.integers(1, pool)),
            "max_count": pool,
            **draw(
                optional(
                    max_surge=st.sampled_from(("1", str(MOST_NODES), "33%", "100%")),
                    drain_timeout_minutes=st.integers(1, 1440),
                    node_soak_minutes=st.integers(0, 30),
                    zones=zones(),
                    max_pods=st.integers(30, 250),
                    os_sku=st.sampled_from(("Ubuntu", "AzureLinux")),
                    host_encryption=st.booleans(),
                    labels=LABELS,
                )
            ),
            **draw(OS_DISKS),
            **({"only_critical_addons": True} if tainted else {}),
        },
        **({"node_pools": more} if more else {}),
        **draw(optional(prevent_destroy=st.booleans(), upgrades=upgrades(patches=version == "1.36"))),
        **draw(cluster_access()),
        **draw(tiers()),
        **draw(addons()),
        **draw(optional(registries=st.sampled_from(([], REGISTRIES[:1], REGISTRIES)))),
        **draw(optional(pod_cidr=st.sampled_from(PODS), service_cidr=st.sampled_from(SERVICES))),
        **draw(
            optional(admin_groups=st.lists(uuids(), max_size=2))
            | st.builds(
                lambda groups: {**groups, "azure_rbac": True}, optional(admin_groups=st.lists(uuids(), max_size=1))
            )
        ),
        **draw(logins(with_apps=with_apps)),
    }


@cache
@st.composite
def logins(draw: st.DrawFn, *, with_apps: bool) -> Topology:
    """Draw the settings that new and existing clusters share."""
    return {
        **draw(optional(existing_namespaces=st.sampled_from((["shop"], ["shop", "other"], ["default", LONG])))),
        **draw(
            optional(
                vso=optional(
                    version=st.sampled_from(("1.4.0", "0.10.0")),
                    image_registry=st.sampled_from((MIRROR, f"{MIRROR}/mirror/of.images")),
                )
            )
        ),
        "vault_login": {"keys": draw(st.sampled_from(("issuer", "pubkeys", "existing")))},
        "apps": draw(apps()) if with_apps else {},
    }


@cache
@st.composite
def existing_clusters(draw: st.DrawFn, index: int, nodes: str, *, with_apps: bool) -> Topology:
    """Draw an existing cluster; `index` makes its id unique."""
    group = "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/Rg_Aks"
    facts = {
        "cluster_id": f"{group}/providers/Microsoft.ContainerService/managedClusters/Aks_{index}",
        "node_cidrs": [nodes],
        **draw(optional(pod_cidr=st.sampled_from(PODS), entra=st.booleans())),
    }
    return {"existing": facts, **draw(logins(with_apps=with_apps))}


SURGE = {"max_surge": "1", "drain_timeout_minutes": 5, "node_soak_minutes": 1}


@cache
@st.composite
def more_nodes(draw: st.DrawFn, *, for_apps: bool) -> Topology:
    """Draw additional node pools. With `for_apps`, one pool accepts every pod."""
    pools: Topology = {}
    for name in draw(st.lists(st.sampled_from(("a", "apps", "batch9999", "batch9999999")), max_size=3, unique=True)):
        mode = draw(st.sampled_from((None, "User", "System")))
        spot = mode != "System" and draw(st.booleans())
        most = draw(st.integers(1, MOST_MORE_NODES))
        pools[name] = {
            "vm_size": "Standard_D4ds_v5",
            "min_count": draw(st.integers(1 if mode == "System" else 0, most)),
            "max_count": most,
            **({"mode": mode} if mode else {}),
            **({"spot": True} if spot else {}),
            **draw(
                optional(
                    zones=zones(),
                    max_pods=st.integers(30, 250),
                    os_sku=st.sampled_from(("Ubuntu", "AzureLinux")),
                    host_encryption=st.booleans(),
                    labels=LABELS,
                    taints=st.just(["workload=batch:NoSchedule", "a=:PreferNoSchedule"]),
                )
            ),
            **draw(OS_DISKS),
            **(
                {}
                if spot
                else draw(
                    optional(max_surge=st.just("1"), drain_timeout_minutes=st.just(5), node_soak_minutes=st.just(1))
                )
            ),
        }
    if for_apps:
        pools["open"] = {"vm_size": "Standard_D4s_v5", "min_count": 0, "max_count": 3}
    return pools


@cache
@st.composite
def upgrades(draw: st.DrawFn, *, patches: bool) -> Topology:
    """Draw upgrade channels, with maintenance windows where these have an effect. With `patches`, AKS may install
    patches.
    """
    kubernetes = draw(st.sampled_from((None, "none", "patch"))) if patches else None
    node_os = draw(st.sampled_from((None, "NodeImage", "SecurityPatch", "Unmanaged", "None")))
    windows = st.fixed_dictionaries(
        {"day": st.sampled_from(("Monday", "Sunday"))},
        optional={
            "start_time": st.sampled_from(("00:00", "23:59")),
            "hours": st.integers(4, 24),
            "utc_offset": st.sampled_from(("+09:00", "-05:30")),
        },
    )
    return {
        **({"channel": kubernetes} if kubernetes else {}),
        **({"node_os_channel": node_os} if node_os else {}),
        **(draw(optional(window=windows)) if patches and kubernetes != "none" else {}),
        **(draw(optional(node_os_window=windows)) if node_os not in ("Unmanaged", "None") else {}),
    }
