"""The inputs of `secrets-<spoke>`."""

from dataclasses import dataclass

from hvn.kinds.inputs import ClusterRef, Inputs


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
