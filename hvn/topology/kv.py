"""The kv engines of Vault, and the engine of each static secret."""

from collections.abc import Iterator

from hvn.topology.model import App, Secret, Topology


def mounts(topology: Topology, namespace: str | None) -> tuple[str, ...]:
    """Return the paths of the kv engines in a namespace of a team, or in the topology's namespace; empty for an unknown
    namespace. The first engine is the default."""
    place = topology.vault.namespaces.get(namespace) if namespace else topology.vault
    return (place.kv_mount, *place.more_kv_mounts) if place else ()


def mount_of(topology: Topology, app: App, secret: Secret) -> str:
    """Return the path of the kv engine that contains a secret of an app."""
    return secret.mount or next(iter(mounts(topology, app.vault_namespace)), topology.vault.kv_mount)


def places(topology: Topology, app: App) -> Iterator[tuple[str, str]]:
    """Yield the kv engine and the path of each static secret of an app."""
    yield from ((mount_of(topology, app, secret), secret.path) for secret in app.secrets)
