"""`hvn` and `vault`: the HVN, the Vault cluster in it, and the logins of CI."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field

from hvn.topology.fields import (
    AzureDevOpsIssuer,
    AzureDevOpsSubject,
    Frozen,
    GithubContext,
    GithubIssuer,
    GithubSubject,
    Host,
    HvnCidr,
    Limit,
    Mount,
    Organization,
    Project,
    Region,
    Slug,
    TeamName,
    Url,
    Uuid,
    VaultNamespace,
)
from hvn.topology.model.base import Model
from hvn.topology.model.engines import DatabaseEngines, PkiEngines
from hvn.topology.model.streams import Stream

_CLUSTER = Limit(
    why="the hcp provider accepts only these values",
    see="https://registry.terraform.io/providers/hashicorp/hcp/latest/docs/resources/vault_cluster",
)
_CONTEXTS = Limit(
    why="without a context the role does not accept any token of GitHub, and every login fails",
    see="https://docs.github.com/en/actions/reference/security/oidc",
)


class BackupHvn(Model):
    """The backup HVN in another region. If the HVN's region fails, HCP moves the Vault cluster into the backup HVN.

    A person selects the backup HVN as the cluster's backup network in HCP's portal; `hvn workspaces` prints the step.
    Source: https://developer.hashicorp.com/hcp/docs/vault/cross-region-disaster-recovery
    """

    id: Slug
    """Id of the backup HVN in the HCP project of the HVN."""
    cidr: HvnCidr
    """Range of the backup HVN, /16 to /25 of RFC 1918, outside every other range."""
    region: Region | None = None
    """HCP region, different from the HVN's region. [default: none, required for a new HVN]"""


class Hvn(Model):
    """The HashiCorp Virtual Network (HVN): the network that HashiCorp runs for you, with the Vault cluster in it."""

    id: Slug
    """Id of the HVN in its HCP project."""
    cidr: HvnCidr
    """Range of the HVN, /16 to /25 of RFC 1918. HCP cannot change the range of an HVN: a different range needs a new
    HVN."""
    region: Region | None = None
    """Region of a new HVN, which HCP must support on Azure. [default: azure.region]"""
    project_id: Uuid | None = None
    """Id of the HCP project. With this id, Terraform can plan peerings before the HVN exists."""
    existing: bool = False
    """True: the HVN and the backup HVN are managed outside this project."""
    backup: BackupHvn | None = None
    """HVN for disaster recovery, with the same peerings, routes and firewall rules. [default: none]"""

    @property
    def cidrs(self) -> tuple[IPv4Network, ...]:
        """Return the ranges in which Vault may have its address: of the HVN, then of the backup HVN."""
        return (self.cidr, self.backup.cidr) if self.backup else (self.cidr,)


class ScheduledUpgrade(Model):
    """A maintenance window for major upgrades of Vault."""

    type: Annotated[Literal["SCHEDULED"], _CLUSTER]
    """Upgrade in the maintenance window."""
    day: Annotated[
        Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"],
        _CLUSTER,
    ]
    """Day of the maintenance window."""
    window: Annotated[
        Literal["WINDOW_12AM_4AM", "WINDOW_6AM_10AM", "WINDOW_12PM_4PM", "WINDOW_6PM_10PM"],
        _CLUSTER,
    ]
    """Hours of the maintenance window, in UTC."""


class OtherUpgrade(Model):
    """Major upgrades of Vault without a maintenance window."""

    type: Annotated[Literal["AUTOMATIC", "MANUAL"], _CLUSTER]
    """AUTOMATIC: HashiCorp upgrades Vault after a release. MANUAL: you start the upgrade, within HashiCorp's time
    limit."""


class GithubCi(Model):
    """Login of GitHub Actions to Vault with GitHub's own tokens: no secret is stored in GitHub."""

    issuer: GithubIssuer = "https://token.actions.githubusercontent.com"
    """Issuer; an enterprise may have its own."""
    audience: Url
    """Audience that the workflow requests, for example the URL of the organization."""
    subject_prefix: GithubSubject
    """Beginning of the claim `sub`. The repository's name is not enough: newer repositories have ids in the prefix."""
    plan: Annotated[tuple[GithubContext, ...], Field(min_length=1), _CONTEXTS] = ("pull_request", "ref:refs/heads/main")
    """Ends of the claim `sub` for jobs that may plan."""
    apply: Annotated[tuple[GithubContext, ...], Field(min_length=1), _CONTEXTS]
    """Ends of `sub` for jobs that may apply. Use an environment with required reviewers."""


class AzureDevOpsCi(Model):
    """Login of Azure Pipelines to Vault with the tokens of two service connections (workload identity federation)."""

    issuer: AzureDevOpsIssuer
    """Issuer of both service connections."""
    plan: AzureDevOpsSubject
    """Subject of the service connection for plans."""
    apply: AzureDevOpsSubject
    """Subject of the service connection for applies. Protect the connection with an approval and a branch control."""


class HcpTerraformCi(Model):
    """Login of HCP Terraform's runs to Vault with their own tokens (dynamic provider credentials)."""

    hostname: Host = "app.terraform.io"
    """Host of HCP Terraform. The host's URL, without a slash at the end, is the issuer of the tokens."""
    organization: Organization
    """Organization of the workspaces."""
    project: Project
    """Project of the workspaces."""


class Ci(Model):
    """Logins of the pipelines that plan and apply the workspaces of Vault. Each login has its own mount."""

    github: GithubCi | None = None
    """Login of GitHub Actions. [default: none]"""
    azure_devops: AzureDevOpsCi | None = None
    """Login of Azure Pipelines. [default: none]"""
    hcp_terraform: HcpTerraformCi | None = None
    """Login of HCP Terraform. [default: none]"""

    @property
    def has_login(self) -> bool:
        """Return whether pipelines of any CI system can log in."""
        return bool(self.github or self.azure_devops or self.hcp_terraform)


class TeamNamespace(Model):
    """The Vault namespace of a team, with its secrets engines."""

    kv_mount: Mount = "kvv2"
    """Path of the kv version 2 engine that the team's apps read."""
    more_kv_mounts: tuple[Mount, ...] = ()
    """Paths of additional kv version 2 engines."""
    database_engines: DatabaseEngines = Field(default={}, validate_default=True)
    """The team's database engines."""
    pki_engines: PkiEngines = Field(default={}, validate_default=True)
    """The team's PKI engines."""


class Vault(Model):
    """The private Vault cluster in the HVN. The cluster never has a public endpoint."""

    cluster_id: Slug
    """Id of the cluster in its HCP project."""
    tier: Annotated[
        Literal[
            "dev",
            "standard_small",
            "standard_medium",
            "standard_large",
            "plus_small",
            "plus_medium",
            "plus_large",
        ],
        _CLUSTER,
    ] = "standard_small"
    """Size and features of the cluster. `dev` is one node without upgrade settings, metrics and audit logs. HCP cannot
    scale a cluster down to `dev`."""
    upgrade: Annotated[ScheduledUpgrade | OtherUpgrade, Field(discriminator="type")] | None = None
    """Time of major upgrades of Vault. [default: HCP decides]"""
    audit_log: Stream | None = None
    """Stream of the audit log, with the key from `TF_VAR_vault_audit_log_key`. [default: none]"""
    metrics: Stream | None = None
    """Stream of the metrics, with the key from `TF_VAR_vault_metrics_key`. [default: none]"""
    namespace: VaultNamespace = "admin"
    """Vault namespace of the mounts, roles and policies."""
    kv_mount: Mount = "kvv2"
    """Path of the kv version 2 secrets engine that the apps read."""
    more_kv_mounts: tuple[Mount, ...] = ()
    """Paths of additional kv version 2 engines."""
    database_engines: DatabaseEngines = Field(default={}, validate_default=True)
    """Database engines by path. A person applies `vault`, because the SQL runs with an administrator's rights."""
    pki_engines: PkiEngines = Field(default={}, validate_default=True)
    """PKI engines by path."""
    namespaces: Annotated[Mapping[TeamName, TeamNamespace], Frozen] = Field(default={}, validate_default=True)
    """Namespaces below `namespace`, one for each team. Apps log in to `namespace`, and read secrets in one team's
    namespace."""
    ci: Ci = Ci()
    """Logins of CI. [default: none]"""
    existing: bool = False
    """True: the cluster is managed outside this project."""
