"""The inputs of `secrets-<spoke>`, and their derivation from the topology."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from hvn.kinds import common
from hvn.kinds.inputs import ClusterRef, Inputs
from hvn.kinds.kind import Site
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.topology import kv, locations, naming, tags
from hvn.topology.model import AnyCluster, App, Certificate, DynamicSecret, Secret, Spoke, Synced, Topology
from hvn.topology.naming import VSO_NAMESPACE, ResourceGroup


@dataclass(frozen=True, slots=True)
class SyncedSecret:
    """A secret in Vault with its Kubernetes Secret.

    `restart` lists workloads as (kind, name), `templates` lists more keys as (key, template).
    """

    mount: str
    path: str
    destination: str
    refresh_after: str
    restart: tuple[tuple[str, str], ...]
    templates: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedSecret:
    """Credentials of a role of a secrets engine, at `path` of the engine's mount, with their Kubernetes Secret. The
    credentials of a `static` role have no lease."""

    mount: str
    path: str
    destination: str
    static: bool
    renewal_percent: int
    revoke: bool
    restart: tuple[tuple[str, str], ...]
    templates: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCertificate:
    """A certificate of a role of a PKI engine, and its Kubernetes Secret."""

    mount: str
    role: str
    common_name: str
    alt_names: tuple[str, ...]
    ttl: str
    expiry_offset: str
    destination: str
    restart: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppIdentity:
    """The managed identity of an app. `policy_owns_tags`: Azure Policy owns the tags."""

    group: ResourceGroup
    name: str
    location: str
    tags: tuple[tuple[str, str], ...]
    policy_owns_tags: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsApp:
    """An app in Kubernetes: its service account, login, secrets and managed identity. `vault_namespace` is the team's
    namespace with the secrets; empty if the secrets are in the login's namespace."""

    name: str
    namespace: str
    service_account: str
    role: str
    audience: str
    vault_namespace: str
    secrets: tuple[SyncedSecret, ...]
    dynamic_secrets: tuple[LeasedSecret, ...]
    certificates: tuple[IssuedCertificate, ...]
    identity: AppIdentity | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsInputs(Inputs):
    """`secrets-<spoke>`: the namespaces and service accounts to create, and VSO's manifests for each app."""

    cluster: ClusterRef
    vault_connection: str
    vault_namespace: str
    mount: str
    namespaces: tuple[str, ...]
    service_accounts: tuple[tuple[str, str], ...]
    apps: tuple[SecretsApp, ...]


# Kubernetes creates the service account `default` in every namespace, and refuses to create it again.
DEFAULT_SERVICE_ACCOUNT = "default"


def workspace(site: Site) -> Workspace | None:
    """Return the workspace of the apps' secrets, or None without a cluster with apps."""
    cluster = site.spoke.cluster
    if cluster is None or not cluster.apps:
        return None
    return Workspace(
        id=site.id("secrets"),
        inputs=secrets(site.topology, site.name, site.spoke, cluster),
        after=(site.id("vault-auth"), site.id("vso")),
    )


def secrets(topology: Topology, name: str, spoke: Spoke, cluster: AnyCluster) -> SecretsInputs:
    """Return the inputs for the apps of a spoke in Kubernetes. Apps may share a namespace."""
    apps = [(app, cluster.apps[app]) for app in sorted(cluster.apps)]
    created = {app.namespace for _, app in apps} - set(cluster.existing_namespaces)
    accounts = {(app.namespace, app.service_account) for _, app in apps}
    return SecretsInputs(
        **common.common(topology, WorkspaceId("secrets", name)),
        cluster=common.cluster_ref(topology, name, spoke, cluster),
        # This is the chart's default connection. VSO reads a reference as namespace/name.
        vault_connection=f"{VSO_NAMESPACE}/default",
        vault_namespace=topology.vault.namespace,
        mount=naming.name(topology, "jwt_mount", name),
        namespaces=tuple(sorted(created)),
        service_accounts=tuple(sorted(account for account in accounts if account[1] != DEFAULT_SERVICE_ACCOUNT)),
        apps=tuple(_app(topology, name, app, value) for app, value in apps),
    )


def _identity(topology: Topology, spoke: str, app: App) -> AppIdentity | None:
    if app.workload_identity is None:
        return None
    return AppIdentity(
        group=locations.spoke_group(topology, spoke, topology.spokes[spoke]),
        name=app.workload_identity,
        location=topology.azure.region,
        tags=tags.tags(topology, spoke),
        policy_owns_tags="tags" in topology.azure.policy_owned,
    )


def _app(topology: Topology, spoke: str, name: str, app: App) -> SecretsApp:
    return SecretsApp(
        name=name,
        namespace=app.namespace,
        service_account=app.service_account,
        role=naming.name(topology, "vault_role", spoke, name),
        audience=app.audience,
        vault_namespace=f"{topology.vault.namespace}/{app.vault_namespace}" if app.vault_namespace else "",
        secrets=tuple(
            SyncedSecret(
                mount=kv.mount_of(topology, app, secret),
                path=secret.path,
                destination=secret.destination,
                refresh_after=secret.refresh_after,
                restart=_restart(secret),
                templates=tuple(sorted(secret.templates.items())),
            )
            for secret in _sorted(app.secrets)
        ),
        dynamic_secrets=tuple(
            LeasedSecret(
                mount=secret.mount,
                path=secret.path,
                static=secret.static,
                destination=secret.destination,
                renewal_percent=secret.renewal_percent,
                revoke=secret.revoke and not secret.static,
                restart=_restart(secret),
                templates=tuple(sorted(secret.templates.items())),
            )
            for secret in _sorted(app.dynamic_secrets)
        ),
        certificates=tuple(
            IssuedCertificate(
                mount=secret.mount,
                role=secret.role,
                common_name=secret.common_name,
                alt_names=tuple(sorted(set(secret.alt_names))),
                ttl=secret.ttl,
                expiry_offset=secret.expiry_offset,
                destination=secret.destination,
                restart=_restart(secret),
            )
            for secret in _sorted(app.certificates)
        ),
        identity=_identity(topology, spoke, app),
    )


AnySecret = TypeVar("AnySecret", Secret, DynamicSecret, Certificate)


def _sorted(secrets: Iterable[AnySecret]) -> list[AnySecret]:
    return sorted(secrets, key=lambda secret: secret.destination)


def _restart(secret: Synced) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({(target.kind, target.name) for target in secret.restart}))
