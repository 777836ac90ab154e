"""The inputs of `aks-<spoke>`."""

from dataclasses import dataclass

from hvn.kinds.inputs import AzureInputs, Subnet
from hvn.topology.naming import Resource, ResourceGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePoolInputs:
    """The cluster's node pool."""

    vm_size: str
    min_count: int
    max_count: int
    max_surge: str
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AksInputs(AzureInputs):
    """`aks-<spoke>`: the cluster's identity, what that may do, and the private cluster."""

    group: ResourceGroup
    cluster: str
    identity: str
    dns_prefix: str
    node_group: str
    kubernetes_version: str
    vnet: Resource
    node_subnet: Subnet
    route_table: Resource
    dns_zone: Resource
    pod_cidr: str
    service_cidr: str
    dns_service_ip: str
    node_pool: NodePoolInputs
    admin_groups: tuple[str, ...]
