"""`spokes.<spoke>.cluster.load_balancer`: the egress of a cluster with the outbound type loadBalancer."""

from typing import Annotated

from pydantic import Field

from hvn.topology.fields import Limit
from hvn.topology.model.base import Model

PORTS = 64_000
"""SNAT ports of a public IP address: https://learn.microsoft.com/azure/aks/configure-load-balancer-standard."""

_AKS = "https://learn.microsoft.com/azure/aks/configure-load-balancer-standard"
_ADDRESSES = Limit(why="AKS manages 1 to 100 outbound addresses of a load balancer", see=_AKS)
_PORTS = Limit(why="AKS accepts a multiple of 8, and an address has 64,000 ports", see=_AKS)
_TIMEOUT = Limit(
    why="azurerm accepts 4 to 100 minutes",
    see="https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/kubernetes_cluster",
)


class LoadBalancer(Model):
    """AKS's load balancer for the outbound type loadBalancer."""

    public_ips: Annotated[int, Field(ge=1, le=100, examples=[2]), _ADDRESSES] = 1
    """Number of public IP addresses, each with 64,000 SNAT ports."""
    ports_per_node: Annotated[int, Field(ge=0, le=PORTS, multiple_of=8, examples=[4000]), _PORTS] = 0
    """SNAT ports of each node. 0: AKS divides the ports among the nodes."""
    idle_timeout_minutes: Annotated[int, Field(ge=4, le=100, examples=[10]), _TIMEOUT] = 30
    """Minutes after which the load balancer drops an idle TCP connection."""
