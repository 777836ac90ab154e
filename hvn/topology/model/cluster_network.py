"""`spokes.<spoke>.cluster.network` and `api_server`: the addresses of the pods, and access to the API server."""

from typing import Annotated, Literal

from pydantic import Field

from hvn.topology.fields import Cidr, Limit
from hvn.topology.model.base import Model

_MODES = Limit(
    why="Azure CNI has three modes, and `none` is for other plugins; AKS supports kubenet only until 31 March 2028",
    see="https://learn.microsoft.com/azure/aks/concepts-network-cni-overview",
)
_POLICIES = Limit(
    why="AKS has three engines for network policies",
    see="https://learn.microsoft.com/azure/aks/use-network-policies",
)
_AUTHORIZED = Limit(
    why="AKS accepts up to 200 ranges",
    see="https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges",
)


class ClusterNetwork(Model):
    """The network of the pods. A change replaces the cluster, except from `policy: none` to an engine."""

    mode: Annotated[Literal["overlay", "node_subnet", "pod_subnet", "none"], _MODES] = "overlay"
    """Addresses of the pods. overlay: in `pod_cidr`. node_subnet: in the nodes' subnets. pod_subnet: in the pool's
    `pod_subnet`. none: in `pod_cidr`; you install a CNI plugin and policy engine."""
    policy: Annotated[Literal["cilium", "azure", "calico", "none"], _POLICIES] = "cilium"
    """Engine for network policies. azure: supported until 30 September 2028. none: AKS ignores network
    policies."""

    @property
    def engine(self) -> str | None:
        """Return the engine for network policies that AKS installs, or None."""
        return None if "none" in (self.mode, self.policy) else self.policy


class ApiServer(Model):
    """Access to the cluster's API server."""

    public: bool = False
    """True: the API server has a public address. A change replaces the cluster."""
    authorized_ip_ranges: Annotated[tuple[Cidr, ...], Field(max_length=200), _AUTHORIZED] = ()
    """Ranges that may reach a public API server. [default: all]"""
