"""`spokes.<spoke>.cluster`: the AKS cluster and Vault Secrets Operator."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from hvn.diagnostics.message import Path
from hvn.topology.fields import (
    ChartVersion,
    Cidr,
    ClusterId,
    Frozen,
    KubernetesVersion,
    Label,
    Limit,
    NodePoolName,
    Registry,
    RegistryId,
    SubnetName,
    Uuid,
)
from hvn.topology.model.addons import Addons
from hvn.topology.model.app import App
from hvn.topology.model.base import Model
from hvn.topology.model.cluster_network import ApiServer, ClusterNetwork
from hvn.topology.model.load_balancer import LoadBalancer
from hvn.topology.model.node_pool import DEFAULT_PODS, MOST_PODS, MoreNodes, NodePool
from hvn.topology.model.subnet import NODE_SUBNET
from hvn.topology.model.upgrades import Upgrades

_KEYS = Limit(
    why="a JWT mount checks tokens with public keys or with one OIDC issuer; the kubernetes method cannot reach a "
    "private cluster",
    see="https://developer.hashicorp.com/vault/api-docs/auth/jwt",
)

_OUTBOUND = Limit(
    why="managedNATGateway and the preview `block` need a VNet that AKS manages",
    see="https://learn.microsoft.com/azure/aks/egress-outboundtype",
)
_TIERS = Limit(
    why="AKS has three tiers, and two support plans",
    see="https://learn.microsoft.com/azure/aks/free-standard-pricing-tiers",
)


_NODES = Limit(
    why="a cluster has at least one node subnet, and the firewall rules and `reach` need the ranges of all node "
    "subnets",
    see="https://learn.microsoft.com/azure/aks/node-pools",
)


class Vso(Model):
    """Vault Secrets Operator (VSO), from HashiCorp's Helm chart."""

    version: ChartVersion = "1.4.1"
    """Version of the chart, which is also the version of the operator."""
    image_registry: Registry | None = None
    """A mirror registry with the chart's images in the same repositories. [default: Docker Hub and Quay]"""


class VaultLogin(Model):
    """The keys with which Vault checks the tokens of this cluster's service accounts."""

    keys: Annotated[Literal["pubkeys", "issuer", "existing"], _KEYS] = "pubkeys"
    """pubkeys: committed public keys, `jwks/<spoke>.json` beside this file; commit the new keys after a rotation.
    issuer: keys that Vault reads from the cluster's public OIDC issuer. existing: the keys of an existing JWT mount
    with the path `names.jwt_mount`."""


class Cluster(Model):
    """An AKS cluster that this project creates."""

    kubernetes_version: KubernetesVersion
    """A minor version is an alias for its newest patch."""
    node_cidr: Cidr | None = None
    """Range of a new subnet for the nodes, instead of a subnet of `subnets`."""
    node_subnet: SubnetName | None = None
    """Key of `subnets` for the nodes of the first pool. With `vnet_of`, a subnet of the other spoke. [default:
    `nodes`]"""
    network: ClusterNetwork = ClusterNetwork()
    """The network of the pods."""
    pod_cidr: Cidr = IPv4Network("100.64.0.0/16")
    """Range of the pods. An overlay uses a /24 per node. Clusters may share a range. Pods cannot reach other hosts
    in the range."""
    service_cidr: Cidr = IPv4Network("100.65.0.0/20")
    """Range of the Kubernetes Services."""
    outbound_type: (
        Annotated[Literal["userDefinedRouting", "loadBalancer", "userAssignedNATGateway", "none"], _OUTBOUND] | None
    ) = None
    """Egress of the nodes. userDefinedRouting: the firewall. loadBalancer: a load balancer of AKS with a public
    address. userAssignedNATGateway: the spoke's `nat_gateway`. none: no egress, but a private registry for AKS's own
    images. [default: userDefinedRouting; without a firewall loadBalancer]"""
    load_balancer: LoadBalancer | None = None
    """The load balancer of the outbound type loadBalancer. If you remove the key, AKS keeps its settings. Add the key
    only after a deploy of `outbound_type: loadBalancer`: otherwise azurerm replaces the cluster."""
    api_server: ApiServer = ApiServer()
    """Access to the API server."""
    sku_tier: Annotated[Literal["Free", "Standard", "Premium"], _TIERS] = "Standard"
    """Free: no SLA, and up to 1,000 nodes. Premium: long-term support."""
    support_plan: Annotated[Literal["KubernetesOfficial", "AKSLongTermSupport"], _TIERS] = "KubernetesOfficial"
    """AKSLongTermSupport: a second year of fixes for the minor version, in the Premium tier."""
    node_pool: NodePool
    """The first node pool, with the name `system`."""
    node_pools: Annotated[Mapping[NodePoolName, MoreNodes], Frozen] = Field(default={}, validate_default=True)
    """Additional node pools, by name."""
    prevent_destroy: bool = True
    """False: Terraform may destroy and replace the cluster."""
    upgrades: Upgrades = Field(default_factory=Upgrades)
    """Automatic upgrades and their maintenance windows."""
    admin_groups: tuple[Uuid, ...] = ()
    """Object ids of the Entra groups that administer the cluster. A group or `azure_rbac` turns on Microsoft Entra
    integration, which Azure cannot turn off again, and disables local accounts."""
    azure_rbac: bool = False
    """True: Azure role assignments also grant rights in the cluster. Without a group, Terraform needs a role."""
    registries: tuple[RegistryId, ...] = ()
    """Azure container registries from which the nodes may pull images (role AcrPull). A registry with ABAC repository
    permissions ignores the role. A registry without a private endpoint also needs a firewall rule."""
    addons: Addons = Addons()
    """Add-ons that AKS runs in the cluster."""
    vault_login: VaultLogin = VaultLogin()
    """The keys with which Vault checks this cluster's tokens."""
    vso: Vso = Vso()
    """Vault Secrets Operator in this cluster."""
    existing_namespaces: tuple[Label, ...] = ()
    """App namespaces that are managed outside this project. This project creates all other app namespaces."""
    apps: Annotated[Mapping[Label, App], Frozen] = Field(default={}, validate_default=True)
    """The workloads that read secrets, by name."""

    @property
    def node_key(self) -> str:
        """Return the key of the subnet with the nodes of the first pool."""
        return self.node_subnet or NODE_SUBNET

    @property
    def pod_range(self) -> IPv4Network | None:
        """Return the range of the pods, or None if pods use addresses of the VNet."""
        return self.pod_cidr if self.network.mode in ("overlay", "none") else None

    @property
    def entra(self) -> bool:
        """Return whether the cluster has Microsoft Entra integration and no local accounts. Azure RBAC needs Entra."""
        return bool(self.admin_groups) or self.azure_rbac

    @property
    def pinned(self) -> bool:
        """Return whether the Kubernetes version names a patch."""
        return self.kubernetes_version.count(".") == 2

    @property
    def upgrade_channel(self) -> str:
        """Return the channel of Kubernetes upgrades. For a version with a patch, return `none`: after an automatic
        upgrade, the next apply would be a downgrade, which AKS refuses."""
        return "none" if self.pinned else self.upgrades.channel

    def max_pods(self, pool: NodePool | MoreNodes) -> int:
        """Return the largest number of pods on a node of a pool. AKS's default is lower if pods use the nodes'
        subnet."""
        return pool.max_pods or (DEFAULT_PODS if self.network.mode == "node_subnet" else MOST_PODS)

    @property
    def pools(self) -> Mapping[Path, NodePool | MoreNodes]:
        """Return all node pools by their path below the cluster."""
        return {
            ("node_pool",): self.node_pool,
            **{("node_pools", name): pool for name, pool in sorted(self.node_pools.items())},
        }


class ClusterFacts(Model):
    """Facts about the existing cluster."""

    cluster_id: ClusterId
    """Resource id of the cluster. Its OIDC issuer must be enabled."""
    node_cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1), _NODES]
    """All ranges of the node subnets, and, without an overlay, of the pod subnets."""
    pod_cidr: Cidr | None = None
    """Overlay range of the pods. [default: the cluster has no overlay]"""
    entra: bool = True
    """False: the cluster has no Entra integration. Then the states of `vso` and `secrets` contain the administrator's
    certificate."""


class ExistingCluster(Model):
    """An AKS cluster that is managed outside this project."""

    existing: ClusterFacts
    """Facts about the cluster."""
    vault_login: VaultLogin = VaultLogin()
    """The keys with which Vault checks this cluster's tokens."""
    vso: Vso = Vso()
    """Vault Secrets Operator in this cluster."""
    existing_namespaces: tuple[Label, ...] = ()
    """App namespaces that are managed outside this project. This project creates all other app namespaces."""
    apps: Annotated[Mapping[Label, App], Frozen] = Field(default={}, validate_default=True)
    """The workloads that read secrets, by name."""


def _cluster_tag(value: Any) -> str:
    """Return the tag of the intended kind of cluster, so that the validator reports only errors of this kind."""
    existing = "existing" in value if isinstance(value, Mapping) else isinstance(value, ExistingCluster)
    return "<existing>" if existing else "<new>"


AnyCluster = Annotated[
    Annotated[Cluster, Tag("<new>")] | Annotated[ExistingCluster, Tag("<existing>")],
    Discriminator(_cluster_tag),
]
