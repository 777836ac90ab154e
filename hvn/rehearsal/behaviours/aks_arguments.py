"""azurerm checks combinations of an AKS cluster's arguments only at apply; AKS refuses a service range that overlaps
the VNet's subnets.

azurerm: kubernetes_cluster_validate.go (validateKubernetesCluster), kubernetes_nodepool.go (ExpandDefaultNodePool),
kubernetes_cluster_resource.go; AKS: ServiceCidrOverlapExistingSubnetsCidr (Azure/azure-cli#20810,
learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes/servicecidroverlapexistingsubnetscidr-error), pods
with and without a subnet (MicrosoftDocs/azure-docs#87678).
"""

import ipaddress
from typing import Any

from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import same

# A change of one of these arguments rotates the node pool.
ROTATING = (
    "name",
    *("fips_enabled", "host_encryption_enabled", "kubelet_config", "kubelet_disk_type", "linux_os_config", "max_pods"),
    *("node_public_ip_enabled", "only_critical_addons_enabled", "os_disk_size_gb", "os_disk_type", "pod_subnet_id"),
    *("snapshot_id", "ultra_ssd_enabled", "vm_size", "vnet_subnet_id", "zones"),
)


def create(change: Change) -> None:
    """Refuse a cluster with an invalid combination of arguments, or with a service range that overlaps a subnet."""
    cluster = change.after
    _network(change, (cluster.get("network_profile") or [{}])[0])
    refuse_sizes(cluster["default_node_pool"][0])
    zone, private = cluster.get("private_dns_zone_id"), cluster.get("private_cluster_enabled")
    own_zone = zone not in {None, "System", "None"}
    identity = (cluster.get("identity") or [{}])[0].get("type")
    if own_zone and identity != "UserAssigned" and not cluster.get("service_principal"):
        raise Refusal(
            "a user assigned identity or a service principal must be used when using a custom private dns zone"
        )
    if cluster.get("dns_prefix_private_cluster") and not (private and own_zone):
        raise Refusal(
            "`dns_prefix_private_cluster` should only be set for private cluster with custom private dns zone"
        )


def update(change: Change) -> None:
    """Refuse invalid sizes of the node pool, and a rotation of the node pool without `temporary_name_for_rotation`."""
    before, after = change.before["default_node_pool"][0], change.after["default_node_pool"][0]
    refuse_sizes(after)
    if bool(before.get("pod_subnet_id")) != bool(after.get("pod_subnet_id")):
        raise Refusal("InvalidParameter", "All or none of the agentpools should set podsubnet")
    rotating = [name for name in ROTATING if (before.get(name) or None) != (after.get(name) or None)]
    if rotating and not after.get("temporary_name_for_rotation"):
        raise Refusal(
            "`temporary_name_for_rotation` must be specified when updating any of the following properties "
            f"{[f'default_node_pool.0.{name}' for name in rotating]}"
        )


def _network(change: Change, profile: Any) -> None:
    service, dns = profile.get("service_cidr"), profile.get("dns_service_ip")
    azure = profile.get("network_plugin") == "azure"
    if profile.get("pod_cidr") and azure and profile.get("network_plugin_mode") != "overlay":
        raise Refusal(
            "`pod_cidr` and `azure` cannot be set together unless specifying `network_plugin_mode` to `overlay`"
        )
    if bool(service) != bool(dns):
        raise Refusal("`dns_service_ip` and `service_cidr` should all be empty or both should be set")
    if service:
        _outside(change, service)


def _outside(change: Change, service: str) -> None:
    try:
        wanted = ipaddress.ip_network(service, strict=False)
    except ValueError as error:
        # The provider's pattern also accepts an invalid range such as 999.0.0.0/16.
        raise Refusal("creating Kubernetes Cluster: unexpected status 400 (400 Bad Request)", str(error)) from None
    vnet = _vnet(str(change.after["default_node_pool"][0].get("vnet_subnet_id")))
    for subnet in change.cloud.find("azurerm_subnet"):
        for prefix in subnet["address_prefixes"] if same(_vnet(subnet["id"]), vnet) else ():
            if ipaddress.ip_network(prefix).overlaps(wanted):
                raise Refusal(
                    "creating Kubernetes Cluster: unexpected status 400 (400 Bad Request) with error: "
                    "ServiceCidrOverlapExistingSubnetsCidr",
                    f"The specified service CIDR {service} is conflicted with an existing subnet CIDR {prefix}",
                )


def _vnet(subnet: str) -> str:
    return subnet.rpartition("/subnets/")[0]


def refuse_sizes(pool: Any, *, empty: bool = False) -> None:
    """Refuse invalid numbers of a node pool's nodes. If `empty` is true, the pool may have no nodes."""
    least, most = pool.get("min_count") or 0, pool.get("max_count") or 0
    if not pool.get("auto_scaling_enabled"):
        if least or most:
            raise Refusal(
                f"`max_count`({most}) and `min_count`({least}) must be set to `null` when `auto_scaling_enabled` is "
                "set to `false`"
            )
        return
    for name, value in (("max_count", most), ("min_count", least)):
        if not value and not (empty and name == "min_count"):
            raise Refusal(f"`{name}` must be configured when `auto_scaling_enabled` is set to `true`")
    if least > most:
        raise Refusal("`max_count` must be >= `min_count`")


CREATE = {"azurerm_kubernetes_cluster": create}
UPDATE = {"azurerm_kubernetes_cluster": update}
