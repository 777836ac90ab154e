"""The topology file as typed values: what may stand in it, and nothing of what it means.

Everything is immutable. What one field's text must look like is in `fields.py`; what several fields must be
together is a rule of its own in `rules/`. The JSON Schema and the reference page are made from here, so every field
carries the description that an editor shows.
"""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticKnownError

from hvn.topology.fields import (
    Audience,
    ChartVersion,
    Cidr,
    Container,
    Duration,
    Fqdn,
    Frozen,
    GithubContext,
    GithubSubject,
    Host,
    Ip,
    KubernetesVersion,
    Label,
    MaxSurge,
    Mount,
    ObjectName,
    Organization,
    PoolName,
    PrivateDnsZoneId,
    Project,
    Region,
    Registry,
    ResourceGroup,
    SecretPath,
    Slug,
    SpokeName,
    StorageAccount,
    TagKey,
    TagValue,
    TopologyName,
    Url,
    Uuid,
    VaultNamespace,
    VmSize,
    VnetId,
    Zone,
)

# Hosts that VSO's images come from: the FQDN tag AzureKubernetesService does not cover them. The chart's images are
# on Docker Hub and Quay (chart 1.4.1); the redirect hosts are those that Docker's and Red Hat's documentation list
# (docker/docs #25122, #22247; openshift-docs #70239).
VSO_IMAGE_HOSTS = (
    "auth.docker.io",
    "cdn.quay.io",
    "cdn01.quay.io",
    "cdn02.quay.io",
    "cdn03.quay.io",
    "cdn04.quay.io",
    "cdn05.quay.io",
    "cdn06.quay.io",
    "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com",
    "production.cloudflare.docker.com",
    "production.cloudfront.docker.com",
    "quay.io",
    "registry-1.docker.io",
)


class Model(BaseModel):
    """What all parts share: strict types, no unknown keys, immutable."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, use_attribute_docstrings=True)


class Azure(Model):
    """The tenant, subscription and region that everything lies in unless it says otherwise."""

    tenant_id: Uuid
    """Entra tenant of all subscriptions named in this file."""
    subscription_id: Uuid
    """Subscription of the hub, and of every spoke that names none."""
    region: Region
    """Azure region of hub, spokes and clusters, and HCP region of the HVN."""
    tags: Annotated[Mapping[TagKey, TagValue], Frozen, Field(max_length=15)] = Field(default={}, validate_default=True)
    """Tags of everything that takes tags: 15 at most, since private DNS zones and their links take no more."""


class LocalState(Model):
    """State in files in the project's folder, `state/<name>/<workspace>.tfstate`: for trying out, not for a team."""

    backend: Literal["local"]
    """Where Terraform keeps its state."""


class AzurermState(Model):
    """State in an Azure storage account, one blob a workspace, reached with Entra roles instead of account keys."""

    backend: Literal["azurerm"]
    """Where Terraform keeps its state."""
    subscription_id: Uuid | None = None
    """Subscription of the storage account; `azure.subscription_id` unless said."""
    resource_group: ResourceGroup
    """Resource group of the storage account."""
    storage_account: StorageAccount
    """The storage account's name."""
    container: Container = "tfstate"
    """The blob container's name."""


class CloudState(Model):
    """State and runs in HCP Terraform, one of its workspaces for each workspace here."""

    backend: Literal["cloud"]
    """Where Terraform keeps its state."""
    organization: Organization
    """HCP Terraform organization."""
    project: Project | None = None
    """HCP Terraform project of the workspaces; the organization's default project unless said."""
    hostname: Host = "app.terraform.io"
    """Host of HCP Terraform or of a Terraform Enterprise."""


class Hvn(Model):
    """The HashiCorp Virtual Network: the network that HashiCorp runs beside yours, in which Vault lives."""

    id: Slug
    """Id of the HVN within its HCP project."""
    cidr: Cidr
    """Range of the HVN, /16 to /25 of RFC 1918. It can never be changed: another range is another HVN."""
    project_id: Uuid | None = None
    """HCP project. With it HCP's links can be computed, and peerings planned before the HVN exists."""
    existing: bool = False
    """True: the HVN is there already and is not created here."""


class ScheduledUpgrade(Model):
    """A window for major upgrades of Vault."""

    type: Literal["SCHEDULED"]
    """Upgrade within the window."""
    day: Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
    """Day of the maintenance window."""
    window: Literal["WINDOW_12AM_4AM", "WINDOW_6AM_10AM", "WINDOW_12PM_4PM", "WINDOW_6PM_10PM"]
    """Hours of the maintenance window, in UTC."""


class OtherUpgrade(Model):
    """Major upgrades of Vault without a window."""

    type: Literal["AUTOMATIC", "MANUAL"]
    """AUTOMATIC: whenever HashiCorp releases one; MANUAL: when you start it, within HashiCorp's time limit."""


class GithubCi(Model):
    """GitHub Actions logs in to Vault with its own tokens, so that no secret is stored for it."""

    issuer: Url = "https://token.actions.githubusercontent.com"
    """Issuer of the tokens; enterprises may have their own."""
    audience: Url
    """Audience that the workflow asks for, for example the URL of the organization."""
    subject_prefix: GithubSubject
    """What `sub` begins with: `gh api repos/OWNER/REPO/actions/oidc/customization/sub` prints it as
    sub_claim_prefix. It cannot be built from the name: newer repositories have numbers in it."""
    plan: Annotated[tuple[GithubContext, ...], Field(min_length=1)] = ("pull_request",)
    """What may plan: `pull_request`, `environment:NAME` or `ref:refs/heads/BRANCH`."""
    apply: Annotated[tuple[GithubContext, ...], Field(min_length=1)]
    """What may apply: best an environment with reviewers, `environment:NAME`."""


class HcpTerraformCi(Model):
    """HCP Terraform's runs log in to Vault with their own tokens (dynamic provider credentials)."""

    hostname: Host = "app.terraform.io"
    """Host of HCP Terraform; its URL is the issuer, without a slash at the end."""
    organization: Organization
    """Organization of the workspaces."""
    project: Project
    """Project of the workspaces."""


class Ci(Model):
    """Who may plan and apply the workspaces that configure Vault: one mount each, never one for both."""

    github: GithubCi | None = None
    """Login for GitHub Actions."""
    hcp_terraform: HcpTerraformCi | None = None
    """Login for HCP Terraform."""


class Vault(Model):
    """The private Vault cluster in the HVN. It never has a public endpoint."""

    cluster_id: Slug
    """Id of the cluster within its HCP project."""
    tier: Literal[
        "dev",
        "standard_small",
        "standard_medium",
        "standard_large",
        "plus_small",
        "plus_medium",
        "plus_large",
    ] = "standard_small"
    """Size and features. `dev` is one node without upgrades, metrics or audit logs, and none can be scaled down to."""
    upgrade: Annotated[ScheduledUpgrade | OtherUpgrade, Field(discriminator="type")] | None = None
    """When major versions of Vault are installed; HCP decides unless said."""
    namespace: VaultNamespace = "admin"
    """Vault namespace that holds mounts, roles and policies."""
    kv_mount: Mount = "kvv2"
    """Path of the kv version 2 secrets engine that apps read from."""
    ci: Ci = Ci()
    """Logins for CI; none unless said."""
    existing: bool = False
    """True: the cluster is there already and is not created here."""


class Firewall(Model):
    """The Azure Firewall that every spoke's traffic leaves through."""

    cidr: Cidr
    """Range of AzureFirewallSubnet, /26 or larger."""
    sku_tier: Literal["Standard", "Premium"] = "Standard"
    """Basic is left out: it has no DNS proxy, which rules by host name need. A change replaces firewall and policy."""
    private_ip: Ip | None = None
    """The firewall's address: the first usable one of its subnet unless said. Azure assigns it; the hub's apply
    fails if it gave another."""
    zones: Annotated[tuple[Zone, ...], Field(max_length=3)] = ()
    """Availability zones of the firewall and its public address; Azure chooses unless said. A change replaces both;
    taken out, both stay in their zones."""
    allow_fqdns: tuple[Fqdn, ...] = VSO_IMAGE_HOSTS
    """Host names that the pools may reach over HTTPS, besides what AKS needs: by default the registries of Vault
    Secrets Operator's images. A list given here replaces the default."""


class Runners(Model):
    """Where Terraform runs: Vault and the clusters are private, so it must stand inside the network."""

    cidr: Cidr
    """Range of the runners' subnet."""
    allow_fqdns: tuple[Fqdn, ...] = ()
    """Host names that the runners may reach over HTTPS, in addition to the built-in list: the package index and npm
    registry that set-up uses, mirrors, artifact storage of the CI."""


class VaultPeering(Model):
    """The hub's own peering with the HVN: for the runners, and for `via-hub` spokes."""

    transit_pools: tuple[PoolName, ...] = ()
    """Pools whose spokes reach Vault through the hub's firewall. Adding the first one replaces the hub's peering."""


class NewHub(Model):
    """A hub that is created here."""

    subscription_id: Uuid | None = None
    """Subscription of the hub; `azure.subscription_id` unless said."""
    cidr: Cidr
    """Range of the hub's VNet."""
    firewall: Firewall
    """The Azure Firewall in the hub."""
    runners: Runners
    """The runners' subnet in the hub."""
    vault_peering: VaultPeering | None = None
    """The hub's own peering with the HVN; none unless said."""


class HubFacts(Model):
    """What has to be known about a hub that somebody else made."""

    vnet_id: VnetId
    """Resource id of the hub's VNet."""
    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)]
    """All ranges of the hub's VNet."""
    firewall_private_ip: Ip
    """Address of the firewall or appliance that the spokes' default route points to."""
    private_dns_zone_id: PrivateDnsZoneId
    """Resource id of the private DNS zone of AKS, linked to the hub."""
    runners_cidr: Cidr
    """Range of the subnet in which Terraform runs."""


class ExistingHub(Model):
    """A hub that is there already."""

    existing: HubFacts
    """What has to be known about it."""
    vault_peering: VaultPeering | None = None
    """The hub's own peering with the HVN; none unless said."""


class RestartTarget(Model):
    """A workload that is restarted when a secret has changed."""

    kind: Literal["Deployment", "DaemonSet", "StatefulSet"]
    """Kind of the workload."""
    name: ObjectName
    """Its name, in the app's namespace."""


class Secret(Model):
    """One secret of Vault that becomes a Kubernetes Secret."""

    path: SecretPath
    """Path below the kv mount, without `data/`."""
    destination: ObjectName
    """Name of the Kubernetes Secret."""
    refresh_after: Duration = "60s"
    """How often Vault is asked for a newer version."""
    restart: tuple[RestartTarget, ...] = ()
    """Workloads to restart when the secret has changed."""


class App(Model):
    """A workload that reads secrets: one service account, one role, one policy."""

    namespace: Label
    """Kubernetes namespace of the workload."""
    service_account: ObjectName = "default"
    """Service account that logs in to Vault."""
    audience: Audience = "vault"
    """Audience of the token that logs in."""
    ttl: Duration = "1h"
    """How long a login lasts before it must be renewed."""
    max_ttl: Duration = "24h"
    """How long a login can be renewed. Renewing checks neither token nor keys, so this is how long an app whose
    service account was deleted, or whose cluster's keys changed, can still read."""
    secrets: Annotated[tuple[Secret, ...], Field(min_length=1)]
    """The secrets it may read, and nothing else."""


class NodePool(Model):
    """The cluster's node pool: it autoscales between two numbers of nodes."""

    vm_size: VmSize
    """Size of the nodes. A change replaces the pool's nodes by way of a second pool, without cordon and drain."""
    min_count: Annotated[int, Field(ge=1, le=1000, examples=[2])]
    """Least number of nodes."""
    max_count: Annotated[int, Field(ge=1, le=1000, examples=[5])]
    """Greatest number of nodes."""
    max_surge: MaxSurge = "10%"
    """Nodes added while an upgrade runs: a number or a percentage, rounded up."""
    zones: Annotated[tuple[Zone, ...], Field(max_length=3)] = ()
    """Availability zones of the nodes. The VM size must exist in each of them. A change replaces the nodes,
    without cordon and drain."""


class Vso(Model):
    """Vault Secrets Operator, from HashiCorp's chart."""

    version: ChartVersion = "1.4.1"
    """Version of the chart, which is that of the operator."""
    image_registry: Registry | None = None
    """A mirror that has the chart's images under their own names; Docker Hub and Quay unless said."""


class VaultLogin(Model):
    """How Vault checks the tokens of this cluster's service accounts."""

    keys: Literal["pubkeys", "issuer"] = "pubkeys"
    """pubkeys: public keys committed as `jwks/<spoke>.json` beside this file, to be renewed when AKS rotates them, or
    logins fail from the next one on; issuer: Vault fetches them from the cluster's OIDC issuer, which is public even
    for a private cluster."""


class Cluster(Model):
    """A private AKS cluster."""

    kubernetes_version: KubernetesVersion
    """Minor version (an alias for its newest patch) or full version, in quotes."""
    node_cidr: Cidr
    """Range of the nodes' subnet, inside the spoke."""
    pod_cidr: Cidr = IPv4Network("100.64.0.0/16")
    """Overlay range of the pods: a /24 for each node. Clusters may share it; nothing they reach may lie in it."""
    service_cidr: Cidr = IPv4Network("100.65.0.0/20")
    """Range of Kubernetes Services. AKS's own default, 10.0.0.0/16, would hit most hubs."""
    node_pool: NodePool
    """The cluster's node pool."""
    admin_groups: tuple[Uuid, ...] = ()
    """Object ids of Entra groups that administer the cluster. With any, local accounts are off. Taken out again, Entra
    stays on in the cluster: change the groups, do not remove the last one."""
    vault_login: VaultLogin = VaultLogin()
    """How Vault checks this cluster's tokens."""
    vso: Vso = Vso()
    """Vault Secrets Operator in this cluster."""
    existing_namespaces: tuple[Label, ...] = ()
    """Namespaces of apps that are there already, or that somebody else makes; all others are created here."""
    apps: Annotated[Mapping[Label, App], Frozen] = Field(default={}, validate_default=True)
    """The workloads that read secrets, by name."""


class VnetFacts(Model):
    """What has to be known about a spoke's VNet that somebody else made."""

    vnet_id: VnetId
    """Resource id of the VNet."""
    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)]
    """All ranges of the VNet; each lies in a pool."""
    hub_peering: bool = False
    """True: the peering with the hub is created here as well."""
    zone_link: bool = True
    """False: the VNet is linked to the private DNS zone of AKS already; a second link would be refused."""


class Spoke(Model):
    """A spoke: a VNet, how it reaches Vault, and the cluster in it."""

    cidr: Cidr | None = None
    """Range of the spoke's VNet, inside one pool. Either this or `existing`."""
    existing: VnetFacts | None = None
    """A VNet that is there already. Either this or `cidr`."""
    subscription_id: Uuid | None = None
    """Subscription of the spoke; `azure.subscription_id` unless said."""
    vault_route: Literal["direct", "via-hub", "none"]
    """direct: own peering with the HVN · via-hub: through the hub's firewall, range in a transit pool ·
    none: no way at all, range in another pool."""
    subnets: Annotated[Mapping[Label, Cidr], Frozen] = Field(default={}, validate_default=True)
    """Further subnets by name, each with the spoke's route table."""
    cluster: Cluster | None = None
    """The private AKS cluster in this spoke."""


def _hub_tag(value: Any) -> str:
    """Which of the two a mapping is meant to be: the validator then reports against that one alone."""
    there = "existing" in value if isinstance(value, Mapping) else isinstance(value, ExistingHub)
    return "<existing>" if there else "<new>"


Hub = Annotated[
    Annotated[NewHub, Tag("<new>")] | Annotated[ExistingHub, Tag("<existing>")],
    Discriminator(_hub_tag),
]
State = Annotated[LocalState | AzurermState | CloudState, Field(discriminator="backend")]


def _whole_number(value: Any) -> Any:
    """To Python `true` equals 1."""
    if isinstance(value, bool):
        raise PydanticKnownError("int_type")
    return value


class Topology(Model):
    """A hub-and-spoke network on Azure, the HVN beside it, the clusters in it and the apps that read secrets."""

    version: Annotated[Literal[1], BeforeValidator(_whole_number)]
    """Version of this file's format."""
    name: TopologyName
    """Prefix of every name that is made from this file. Two files that share a subscription, an HVN or a private DNS
    zone need two names; a Vault namespace takes one of them."""
    azure: Azure
    """Tenant, subscription, region and tags."""
    state: State
    """Where Terraform keeps its state."""
    hvn: Hvn
    """The network that HashiCorp runs."""
    vault: Vault
    """The private Vault cluster in the HVN."""
    address_pools: Annotated[Mapping[PoolName, Cidr], Field(min_length=1), Frozen]
    """The addressing plan, at least one range: every spoke lies in one of them."""
    hub: Hub
    """The hub, created here or existing."""
    spokes: Annotated[Mapping[SpokeName, Spoke], Frozen] = Field(default={}, validate_default=True)
    """The spokes by name."""
