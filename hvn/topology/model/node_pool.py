"""`spokes.<spoke>.cluster.node_pool` and `node_pools`: the nodes of a cluster."""

from collections.abc import Mapping
from math import ceil
from typing import Annotated, Literal

from pydantic import Field

from hvn.topology.fields import (
    Distinct,
    Frozen,
    Limit,
    MaxSurge,
    NodeLabelKey,
    NodeLabelValue,
    SubnetName,
    Taint,
    VmSize,
    Zone,
)
from hvn.topology.model.base import Model
from hvn.topology.model.hub import ZONES

_NODES = Limit(
    why="a node pool has at most 1,000 nodes; only a user pool can be empty",
    see="https://learn.microsoft.com/azure/aks/quotas-skus-regions",
)
_DRAIN = Limit(
    why="AKS accepts a drain timeout of 1 to 1,440 minutes",
    see="https://learn.microsoft.com/azure/aks/upgrade-aks-node-pools-rolling",
)
_SOAK = Limit(
    why="azurerm accepts 0 to 30 minutes",
    see="https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/kubernetes_cluster",
)
_PODS = Limit(
    why="AKS allows 10 to 250 pods on a node",
    see="https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning",
)
_DISK = Limit(
    why="AKS supports OS disks of 30 to 2048 GiB, as managed disks or on the VM's own disk",
    see="https://learn.microsoft.com/azure/aks/concepts-storage",
)
_OS = Limit(
    why="with these values AKS upgrades the operating system with Kubernetes; fixed versions block later upgrades",
    see="https://learn.microsoft.com/azure/aks/upgrade-os-version",
)
_MODES = Limit(
    why="AKS has two modes",
    see="https://learn.microsoft.com/azure/aks/use-system-pools",
)

MOST_PODS, DEFAULT_PODS = 250, 30
"""Largest number of pods on a node, and AKS's default if pods use addresses of the nodes' subnet."""


class _Pool(Model):
    """The settings that all node pools have."""

    vm_size: VmSize
    """VM size of the nodes. A change replaces the nodes through a temporary pool, without cordon and drain."""
    max_count: Annotated[int, Field(ge=1, le=1000, examples=[5]), _NODES]
    """Largest number of nodes."""
    drain_timeout_minutes: Annotated[int, Field(ge=1, le=1440, examples=[30]), _DRAIN] = 30
    """Minutes that an upgrade waits for the pods of a node before the upgrade fails."""
    node_soak_minutes: Annotated[int, Field(ge=0, le=30, examples=[5]), _SOAK] = 0
    """Minutes that an upgrade waits after each node."""
    max_surge: MaxSurge = "10%"
    """Additional nodes during an upgrade. AKS rounds a percentage up."""
    zones: Annotated[tuple[Zone, ...], Field(max_length=3), Distinct, ZONES] = ()
    """Availability zones of the nodes; the VM size must be available in each. A change replaces the nodes."""
    max_pods: Annotated[int, Field(ge=10, le=MOST_PODS, examples=[110]), _PODS] | None = None
    """Largest number of pods on a node. A change replaces the nodes. [default: 250, with mode node_subnet 30]"""
    pod_subnet: SubnetName | None = None
    """Key of `subnets` for the pool's pods, with the mode pod_subnet. A change replaces the nodes."""
    os_disk_type: Annotated[Literal["Managed", "Ephemeral"], _DISK] = "Managed"
    """Ephemeral: the OS disk is on the VM's local storage. A change replaces the nodes."""
    os_disk_size_gb: Annotated[int, Field(ge=30, le=2048, examples=[128]), _DISK] | None = None
    """Size of the OS disk in GiB. A change replaces the nodes. [default: AKS chooses by VM size]"""
    os_sku: Annotated[Literal["Ubuntu", "AzureLinux"], _OS] = "Ubuntu"
    """Operating system of the nodes. After a change, AKS reimages the nodes one by one."""
    host_encryption: bool = False
    """True: the VM hosts encrypt temporary disks and disk caches. The subscription needs the feature
    `Microsoft.Compute/EncryptionAtHost`. A change replaces the nodes."""
    labels: Annotated[Mapping[NodeLabelKey, NodeLabelValue], Frozen] = Field(default={}, validate_default=True)
    """Kubernetes labels of the nodes."""

    @property
    def most_nodes(self) -> int:
        """Return the number of nodes during an upgrade with `max_count` nodes."""
        return self.max_count + self.surge(self.max_count)

    def surge(self, nodes: int) -> int:
        """Return the number of nodes that an upgrade adds: `max_surge`, or its percentage of the nodes rounded up."""
        if self.max_surge.endswith("%"):
            return ceil(nodes * int(self.max_surge[:-1]) / 100)
        return int(self.max_surge)


class NodePool(_Pool):
    """The first node pool, `system`, which runs AKS's system pods."""

    min_count: Annotated[int, Field(ge=1, le=1000, examples=[2]), _NODES]
    """Smallest number of nodes."""
    only_critical_addons: bool = False
    """True: a taint excludes apps, which need another pool. A change replaces the nodes."""


class MoreNodes(_Pool):
    """An additional node pool."""

    min_count: Annotated[int, Field(ge=0, le=1000, examples=[0]), _NODES]
    """Smallest number of nodes."""
    mode: Annotated[Literal["User", "System"], _MODES] = "User"
    """System: the pool also runs AKS's system pods."""
    taints: tuple[Taint, ...] = ()
    """Taints of the nodes."""
    subnet: SubnetName | None = None
    """Key of `subnets` for the pool's nodes. A change replaces the nodes. [default: the first pool's]"""
    spot: bool = False
    """True: spot nodes, which Azure may evict at any time. A change replaces the pool."""
