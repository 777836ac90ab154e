"""AKS sets the initial node count, the lists of ranges, the load balancer for egress, and the kubeconfig.

The kubeconfig is marked sensitive. The kubeconfig of a cluster without local accounts has no client certificate.

https://learn.microsoft.com/azure/aks/configure-load-balancer-standard;
azurerm: kubernetes_cluster_resource.go and kubernetes_cluster_data_source.go (flattenKubernetesClusterCredentials).
"""

import base64

from hvn.rehearsal.behaviours import Change
from hvn.rehearsal.cloud import Object

# A placeholder in place of a certificate or a key.
MADE_UP = base64.b64encode(b"made up by the rehearsal").decode()
RANGES = {"pod_cidrs": "pod_cidr", "service_cidrs": "service_cidr"}
LOAD_BALANCER: Object = {
    "backend_pool_type": "NodeIPConfiguration",
    "effective_outbound_ips": [],
    "idle_timeout_in_minutes": 30,
    "managed_outbound_ip_count": 1,
    "managed_outbound_ipv6_count": 0,
    "outbound_ip_address_ids": [],
    "outbound_ip_prefix_ids": [],
    "outbound_ports_allocated": 0,
}


def create(change: Change) -> None:
    """Set the computed values of a new cluster."""
    cluster = change.after
    for profile in cluster.get("network_profile") or ():
        for results, argument in RANGES.items():
            profile[results] = profile[results] or [profile[argument]] * bool(profile.get(argument))
    update(change)
    for pool in cluster["default_node_pool"]:
        pool["node_count"] = pool["node_count"] or pool.get("min_count") or 1
    if not cluster.get("private_cluster_enabled"):
        cluster |= {"fqdn": public_name(cluster["dns_prefix"], cluster["location"]), "private_fqdn": ""}
    elif cluster.get("private_dns_zone_id") == "System":
        cluster["private_fqdn"] = system_name(cluster["dns_prefix"], cluster["location"])
    cluster |= access(cluster, f"https://{cluster.get('private_fqdn') or cluster.get('fqdn')}:443")


def update(change: Change) -> None:
    """Set the load balancer if the outbound type is loadBalancer; otherwise remove it."""
    for profile in change.after.get("network_profile") or ():
        balanced = profile.get("outbound_type") == "loadBalancer"
        profile["load_balancer_profile"] = (profile.get("load_balancer_profile") or [LOAD_BALANCER]) if balanced else []


def access(cluster: Object, host: str) -> Object:
    """Return the kubeconfig of a cluster with its API server at `host`."""
    local = not cluster.get("local_account_disabled")
    config = {
        "host": host,
        "cluster_ca_certificate": MADE_UP,
        "client_certificate": MADE_UP if local else "",
        "client_key": MADE_UP if local else "",
        "username": f"clusterUser_{cluster['resource_group_name']}_{cluster['name']}",
        "password": "none",
    }
    return {"kube_config": [config], "kube_config_raw": MADE_UP}


def public_name(prefix: str, location: str) -> str:
    """Return the name of a public API server. AKS adds a hash to the prefix."""
    return f"{prefix}-1a2b3c4d.hcp.{location}.azmk8s.io"


def system_name(prefix: str, location: str) -> str:
    """Return the name of a private API server in a zone that AKS creates. The name of the zone starts with an id."""
    return f"{prefix}-1a2b3c4d.00000000-0000-4000-8000-000000000000.privatelink.{location}.azmk8s.io"


CREATE = {"azurerm_kubernetes_cluster": create}
UPDATE = {"azurerm_kubernetes_cluster": update}
