"""`spokes.<spoke>.cluster.apps`: the apps, their logins to Vault, and their secrets."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from hvn.topology.fields import (
    Audience,
    CertificateName,
    Duration,
    EngineMount,
    EngineRole,
    Frozen,
    IdentityName,
    Label,
    Limit,
    Mount,
    ObjectName,
    PolicyName,
    PolicyPath,
    SecretKey,
    SecretPath,
    TeamName,
    TemplateText,
)
from hvn.topology.model.base import Model

_RESTART = Limit(
    why="Vault Secrets Operator restarts these kinds of workloads",
    see="https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference",
)
_RENEWAL = Limit(
    why="the operator accepts at most 90, and treats 0 as its default",
    see="https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference",
)


_CAPABILITIES = Limit(
    why="Vault's policies have these capabilities; this project refuses sudo, because sudo allows root-protected paths",
    see="https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities",
)
Capability = Annotated[Literal["create", "delete", "deny", "list", "patch", "read", "update"], _CAPABILITIES]


class RestartTarget(Model):
    """A workload that restarts when a secret changes."""

    kind: Annotated[Literal["Deployment", "DaemonSet", "StatefulSet"], _RESTART]
    """Kind of the workload."""
    name: ObjectName
    """Name of the workload, in the app's namespace."""


Capabilities = Annotated[tuple[Capability, ...], Field(min_length=1), _CAPABILITIES]
PolicyPaths = Annotated[Mapping[PolicyPath, Capabilities], Frozen]
Templates = Annotated[Mapping[SecretKey, TemplateText], Frozen]


class Secret(Model):
    """A secret in Vault that the operator syncs to a Kubernetes Secret."""

    path: SecretPath
    """Path below the kv mount, without `data/`."""
    mount: Mount | None = None
    """Path of the kv engine. [default: kv_mount of the app's namespace in Vault]"""
    destination: ObjectName
    """Name of the Kubernetes Secret."""
    refresh_after: Duration = "60s"
    """Interval at which the operator reads the secret from Vault."""
    restart: tuple[RestartTarget, ...] = ()
    """Workloads that restart when the secret changes."""
    templates: Templates = Field(default={}, validate_default=True)
    """Additional keys of the Kubernetes Secret, as Go templates of the values (`.Secrets`)."""


class DynamicSecret(Model):
    """[Credentials](../how-to/dynamic-secrets.md) that a secrets engine creates for this app."""

    mount: EngineMount
    """Path of the engine."""
    role: EngineRole
    """The app may read only `<mount>/creds/<role>`."""
    static: bool = False
    """True: a static role of the database engine. Vault rotates the password of one user, without a lease. The app may
    read only `<mount>/static-creds/<role>`."""
    destination: ObjectName
    """Name of the Kubernetes Secret."""
    renewal_percent: Annotated[int, Field(ge=1, le=90, examples=[67]), _RENEWAL] = 67
    """Percentage of the lease's duration after which the operator renews the lease."""
    revoke: bool = True
    """True: the app may revoke leases of the role, so the operator revokes the credentials of a removed secret."""
    restart: tuple[RestartTarget, ...] = ()
    """Workloads that restart when the credentials change."""
    templates: Templates = Field(default={}, validate_default=True)
    """Additional keys of the Kubernetes Secret, like `templates` of `secrets`."""

    @property
    def path(self) -> str:
        """Return the path of the credentials below the engine."""
        return f"{'static-creds' if self.static else 'creds'}/{self.role}"


class Certificate(Model):
    """A certificate from a PKI engine. The app cannot revoke the certificate: the right would cover all
    certificates of the engine."""

    mount: EngineMount
    """Path of the engine."""
    role: EngineRole
    """The app may write only `<mount>/issue/<role>`."""
    common_name: CertificateName
    """Name that the role allows."""
    alt_names: tuple[CertificateName, ...] = ()
    """Additional DNS names."""
    ttl: Duration
    """Lifetime of the certificate, which the role may limit."""
    expiry_offset: Duration
    """Time before the expiry at which the operator gets a new certificate."""
    destination: ObjectName
    """Name of the Kubernetes Secret, with `tls.crt` and `tls.key`."""
    restart: tuple[RestartTarget, ...] = ()
    """Workloads that restart when the certificate changes."""

    @property
    def path(self) -> str:
        """Return the path that issues the certificate, below the engine."""
        return f"issue/{self.role}"


class App(Model):
    """A workload that reads secrets with one service account. In Vault, the app has one role, a policy to read, and a
    policy for people who write static secrets."""

    namespace: Label
    """Kubernetes namespace of the workload."""
    service_account: ObjectName = "default"
    """Service account that logs in to Vault."""
    audience: Audience = "vault"
    """Audience of the service account's token."""
    ttl: Duration = "1h"
    """Lifetime of the Vault token without renewal."""
    max_ttl: Duration = "24h"
    """Lifetime of the Vault token with renewals. Renewals do not check the service account: an app can read secrets
    until `max_ttl`, even after the deletion of the account."""
    vault_namespace: TeamName | None = None
    """A key of `vault.namespaces`: the namespace with all secrets of this app. [default: vault.namespace]"""
    secrets: tuple[Secret, ...] = ()
    """Static secrets that the app may read."""
    dynamic_secrets: tuple[DynamicSecret, ...] = ()
    """Credentials that the app may get."""
    certificates: tuple[Certificate, ...] = ()
    """Certificates that the app may get."""
    more_paths: PolicyPaths = Field(default={}, validate_default=True)
    """Additional paths of the app's policy with their capabilities, for engines that the app itself calls."""
    more_policies: tuple[PolicyName, ...] = ()
    """Existing policies in `vault.namespace` that the login also gets. This project does not read them."""
    workload_identity: IdentityName | None = None
    """Name of a new managed identity with which the service account logs in to Azure. Pods need the label
    `azure.workload.identity/use: "true"`. Assign the identity's roles with your own Terraform."""

    @property
    def synced(self) -> Iterator[tuple[str, int, "Synced"]]:
        """Yield each secret with its field and its index in the field."""
        fields: Mapping[str, tuple[Synced, ...]] = {
            "secrets": self.secrets,
            "dynamic_secrets": self.dynamic_secrets,
            "certificates": self.certificates,
        }
        for field, secrets in fields.items():
            yield from ((field, index, secret) for index, secret in enumerate(secrets))


Synced = Secret | DynamicSecret | Certificate
"""A secret of any kind, with its Kubernetes Secret and its restart targets."""
