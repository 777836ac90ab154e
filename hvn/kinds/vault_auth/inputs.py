"""The inputs of `vault-auth-<spoke>`, and their derivation from the topology."""

from collections.abc import Iterator
from dataclasses import dataclass

from hvn.kinds import common
from hvn.kinds.inputs import ClusterRef, Inputs
from hvn.kinds.kind import Site
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.topology import kv, naming, policies
from hvn.topology.durations import seconds
from hvn.topology.jwks import Jwks
from hvn.topology.model import AnyCluster, App, Spoke, Topology
from hvn.topology.policies import PathRule, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRole:
    """An app's login: one service account, one audience, lifetimes in seconds, and the policies.

    `writer` is None for an app without static secrets. The content of `existing_policies` is unknown.
    """

    app: str
    name: str
    audience: str
    subject: str
    ttl: int
    max_ttl: int
    reader: Policy
    writer: Policy | None
    existing_policies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultAuthInputs(Inputs):
    """`vault-auth-<spoke>`: the JWT mount. Vault checks tokens with `pubkeys`, or with the issuer's keys. With
    `existing_mount` the mount and its keys are managed outside this project."""

    namespace: str | None
    mount: str
    existing_mount: bool
    cluster: ClusterRef
    pubkeys: tuple[str, ...]
    bound_issuer: str | None
    roles: tuple[AppRole, ...]


def workspace(site: Site) -> Workspace | None:
    """Return the workspace of the apps' logins, or None without apps. With `keys: pubkeys` and without committed keys,
    the workspace is blocked."""
    cluster = site.spoke.cluster
    if cluster is None or not cluster.apps:
        return None
    keys = site.keys.get(site.name)
    missing = cluster.vault_login.keys == "pubkeys" and keys is None
    return Workspace(
        id=site.id("vault-auth"),
        inputs=None if missing else vault_auth(site.topology, site.name, site.spoke, cluster, keys),
        after=(WorkspaceId("vault"), site.id("aks")),
        blocked=_no_keys(site.name) if missing else "",
    )


def _no_keys(spoke: str) -> str:
    return (
        f"the cluster's public keys are missing: `bin/hvn keys pull {spoke} --issuer URL`, or --kubeconfig FILE, "
        f"writes jwks/{spoke}.json beside the topology file"
    )


def vault_auth(topology: Topology, name: str, spoke: Spoke, cluster: AnyCluster, keys: Jwks | None) -> VaultAuthInputs:
    """Return the inputs of a spoke's JWT mount. Without `keys` Vault fetches the keys from the cluster's issuer."""
    return VaultAuthInputs(
        **common.common(topology, WorkspaceId("vault-auth", name)),
        namespace=common.vault_namespace(topology),
        mount=naming.name(topology, "jwt_mount", name),
        existing_mount=cluster.vault_login.keys == "existing",
        cluster=common.cluster_ref(topology, name, spoke, cluster),
        pubkeys=keys.pubkeys if keys else (),
        bound_issuer=keys.issuer if keys else None,
        roles=tuple(_role(topology, name, app, cluster.apps[app]) for app in sorted(cluster.apps)),
    )


def own_rules(topology: Topology, app: App) -> Iterator[PathRule]:
    """Yield the rules for an app's secrets, without `more_paths`."""
    inside = policies.below(app.vault_namespace)
    leased = [(secret.mount, secret.role) for secret in app.dynamic_secrets if not secret.static]
    static = [(secret.mount, secret.role) for secret in app.dynamic_secrets if secret.static]
    revoked = [(secret.mount, secret.role) for secret in app.dynamic_secrets if secret.revoke and not secret.static]
    issued = [(certificate.mount, certificate.role) for certificate in app.certificates]
    yield from policies.secrets(_places(topology, app))
    yield from policies.credentials(leased, revoked, inside)
    yield from policies.static_credentials(static, inside)
    yield from policies.certificates(issued, inside)


def _places(topology: Topology, app: App) -> tuple[tuple[str, str], ...]:
    """Return mount and path of each static secret. The mount begins below the login's namespace."""
    inside = policies.below(app.vault_namespace)
    return tuple((f"{inside}{mount}", path) for mount, path in kv.places(topology, app))


def _role(topology: Topology, spoke: str, name: str, app: App) -> AppRole:
    places = _places(topology, app)
    more = policies.more(app.more_paths, policies.below(app.vault_namespace))
    return AppRole(
        app=name,
        name=naming.name(topology, "vault_role", spoke, name),
        audience=app.audience,
        subject=f"system:serviceaccount:{app.namespace}:{app.service_account}",
        ttl=seconds(app.ttl),
        max_ttl=seconds(app.max_ttl),
        reader=policies.reader(topology.name, spoke, name, (*own_rules(topology, app), *more)),
        writer=policies.writer(topology.name, spoke, name, places) if places else None,
        existing_policies=tuple(sorted({*app.more_policies})),
    )
