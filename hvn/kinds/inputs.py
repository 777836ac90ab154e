"""What each workspace is built from: one frozen value, computed from the topology, and nothing else.

Ranges and addresses are text here, since Terraform wants text. Sequences are tuples in a fixed order, so that equal
topologies give equal values and equal values give equal bytes.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

from hvn.topology.naming import Resource, ResourceGroup, subnet_id


@dataclass(frozen=True, slots=True)
class LocalBackend:
    """State in a file; the path is relative to the workspace's folder, `<output>/stacks/<workspace>`."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AzurermBackend:
    """State as a blob, reached with Entra roles on the container."""

    tenant_id: str
    subscription_id: str
    resource_group: str
    storage_account: str
    container: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudBackend:
    """State in a workspace of HCP Terraform."""

    hostname: str
    organization: str
    project: str | None
    name: str


Backend = LocalBackend | AzurermBackend | CloudBackend


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What every workspace has."""

    workspace: str
    backend: Backend
    tenant_id: str

    @property
    def fingerprint(self) -> str:
        """The same for equal inputs and for them alone, on every machine: what was synthesized from what."""
        kind = type(self).__name__
        return hashlib.sha256(json.dumps([kind, asdict(self)], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureInputs(Inputs):
    """What every workspace has that makes resources in Azure."""

    location: str
    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeWindow:
    """When HCP installs major versions of Vault; day and window only with type SCHEDULED."""

    type: str
    day: str | None = None
    window: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVault:
    """The Vault cluster that is created."""

    cluster_id: str
    tier: str
    upgrade: UpgradeWindow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HcpInputs(Inputs):
    """`hcp`: the HVN and the private Vault cluster, without what exists already."""

    hvn_id: str
    cidr: str
    location: str
    project_id: str | None
    new_hvn: bool
    new_vault: NewVault | None


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet of a VNet."""

    vnet: Resource
    name: str
    cidr: str

    @property
    def id(self) -> str:
        """Azure resource id."""
        return subnet_id(self.vnet, self.name)


@dataclass(frozen=True, slots=True)
class Route:
    """A user-defined route whose next hop is an appliance."""

    name: str
    cidr: str
    next_hop: str


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A route table with all the routes it holds."""

    resource: Resource
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRule:
    """An allow rule of the firewall by address and port; destinations are ranges, or host names if `fqdns`."""

    name: str
    protocol: str
    sources: tuple[str, ...]
    destinations: tuple[str, ...] = ()
    fqdns: tuple[str, ...] = ()
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRule:
    """An allow rule of the firewall by host name, or by one of Azure's FQDN tags."""

    name: str
    sources: tuple[str, ...]
    fqdns: tuple[str, ...] = ()
    fqdn_tags: tuple[str, ...] = ()
    http: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FirewallInputs:
    """The Azure Firewall of the hub, its policy and its public address."""

    name: str
    policy: str
    public_ip: str
    sku_tier: str
    private_ip: str
    zones: tuple[str, ...]
    network_rules: tuple[NetworkRule, ...]
    application_rules: tuple[ApplicationRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HubInputs(AzureInputs):
    """`hub`: VNet, runners' subnet, firewall, private DNS zone of AKS with the hub's link."""

    group: ResourceGroup
    vnet: Resource
    cidr: str
    firewall_subnet: Subnet
    runner_subnet: Subnet
    runner_routes: RouteTable
    runner_security_group: str
    firewall: FirewallInputs
    dns_zone: str
    dns_link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HvnRef:
    """The HVN as another workspace names it; without a project id its link must be looked up."""

    hvn_id: str
    project_id: str | None

    @property
    def link(self) -> str | None:
        """HCP's self link (`data_source_hvn.go` of the hcp provider), if it can be computed."""
        return f"/project/{self.project_id}/hashicorp.network.hvn/{self.hvn_id}" if self.project_id else None


@dataclass(frozen=True, slots=True)
class HvnRoute:
    """A route of the HVN through a peering; `next_hop` is an appliance behind it, or nothing for the peer itself."""

    name: str
    route_id: str
    destination: str
    next_hop: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeeringInputs(Inputs):
    """`peering-hub` and `peering-<spoke>`: one peering with the HVN, the right to accept it, and its routes."""

    hvn: HvnRef
    peering_id: str
    vnet: Resource
    location: str
    allow_forwarded_traffic: bool
    routes: tuple[HvnRoute, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRef:
    """The hub as a spoke's workspace names it."""

    vnet: Resource
    cidrs: tuple[str, ...]
    dns_zone: Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkInputs(AzureInputs):
    """`network-<spoke>`: VNet, subnets, route table, both halves of the hub peering, DNS zone link.

    `group` holds what is ours; `vnet` lies in it, unless it existed before.
    """

    group: ResourceGroup
    vnet: Resource
    cidrs: tuple[str, ...]
    new_vnet: bool
    hub_peering: bool
    zone_link: bool
    subnets: tuple[Subnet, ...]
    route_table: RouteTable
    hub: HubRef
    peering_to_hub: str
    peering_from_hub: str
    dns_link: str


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


@dataclass(frozen=True, slots=True)
class PathRule:
    """What a Vault policy allows on one path."""

    path: str
    capabilities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A Vault policy: its rules are all it holds."""

    name: str
    rules: tuple[PathRule, ...]

    @property
    def document(self) -> str:
        """The policy as Vault takes it. JSON, which Vault reads as it reads HCL, but no text can end a string in it."""
        rules = {rule.path: {"capabilities": sorted(rule.capabilities)} for rule in self.rules}
        return json.dumps({"path": rules}, sort_keys=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CiRole:
    """A role of a CI mount: tokens with this audience, and with a `sub` that is one of these (or matches, if glob)."""

    name: str
    audience: str
    subjects: tuple[str, ...]
    glob: bool
    user_claim: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class CiMount:
    """A JWT mount for one CI system."""

    name: str
    path: str
    issuer: str
    roles: tuple[CiRole, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultInputs(Inputs):
    """`vault`: what all spokes share in Vault. `namespace` is None where the environment says it."""

    namespace: str | None
    kv_mount: str
    ci: tuple[CiMount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRef:
    """A cluster as the workspaces name it that work in it. With `entra` people and pipelines log in by kubelogin."""

    cluster: Resource
    entra: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRole:
    """Who logs in as an app (one service account, one audience), for how long (seconds), and what that may read."""

    name: str
    audience: str
    subject: str
    ttl: int
    max_ttl: int
    reader: Policy
    writer: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultAuthInputs(Inputs):
    """`vault-auth-<spoke>`: the JWT mount, checked with `pubkeys` or, if there are none, with the cluster's issuer."""

    namespace: str | None
    mount: str
    cluster: ClusterRef
    pubkeys: tuple[str, ...]
    bound_issuer: str | None
    roles: tuple[AppRole, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VsoInputs(Inputs):
    """`vso-<spoke>`: Vault Secrets Operator and its connection to Vault's private endpoint."""

    cluster: ClusterRef
    vault_cluster_id: str
    project_id: str | None
    release: str
    namespace: str
    repository: str
    chart_version: str
    operator_image: str
    proxy_image: str


@dataclass(frozen=True, slots=True)
class SyncedSecret:
    """A secret of Vault and the Kubernetes Secret that it becomes; `restart` as (kind, name)."""

    path: str
    destination: str
    refresh_after: str
    restart: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsApp:
    """An app as Kubernetes sees it."""

    name: str
    namespace: str
    service_account: str
    role: str
    audience: str
    secrets: tuple[SyncedSecret, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsInputs(Inputs):
    """`secrets-<spoke>`: namespaces and service accounts that are ours, and VSO's manifests for each app."""

    cluster: ClusterRef
    vault_connection: str
    vault_namespace: str
    mount: str
    kv_mount: str
    namespaces: tuple[str, ...]
    service_accounts: tuple[tuple[str, str], ...]
    apps: tuple[SecretsApp, ...]
