"""The secrets engines that the topology creates: where the file declares them, and which apps use their roles."""

from collections.abc import Iterator
from dataclasses import dataclass

from hvn.diagnostics.message import Path
from hvn.topology.apps import apps
from hvn.topology.model import DatabaseEngine, DynamicSecret, PkiEngine, Secret, Topology, Vault
from hvn.topology.model.vault import TeamNamespace

CONNECTION = "main"
"""The name of the connection in each database engine."""
FIELDS = ("database_engines", "pki_engines")


@dataclass(frozen=True, slots=True)
class Declared:
    """An engine with its path in the file, its namespace (empty for `vault.namespace`) and its mount."""

    at: Path
    namespace: str
    mount: str
    engine: DatabaseEngine | PkiEngine

    @property
    def field(self) -> str:
        """Return the name of the app's field that uses the engine."""
        return "dynamic_secrets" if isinstance(self.engine, DatabaseEngine) else "certificates"


def declared(topology: Topology) -> Iterator[Declared]:
    """Yield the engines that the topology creates, by namespace and mount."""
    yield from _of(("vault",), "", topology.vault)
    for name, namespace in sorted(topology.vault.namespaces.items()):
        yield from _of(("vault", "namespaces", name), name, namespace)


def _of(at: Path, name: str, place: Vault | TeamNamespace) -> Iterator[Declared]:
    for mount, database in sorted(place.database_engines.items()):
        yield Declared((*at, "database_engines", mount), name, mount, database)
    for mount, pki in sorted(place.pki_engines.items()):
        yield Declared((*at, "pki_engines", mount), name, mount, pki)


@dataclass(frozen=True, slots=True)
class Use:
    """A secret of an app that names a role of an engine. `static` is true for a static role."""

    at: Path
    namespace: str
    mount: str
    role: str
    field: str
    static: bool


def uses(topology: Topology) -> Iterator[Use]:
    """Yield the dynamic secrets and the certificates of all apps."""
    for at, _, app in apps(topology):
        for field, index, secret in app.synced:
            if not isinstance(secret, Secret):
                static = isinstance(secret, DynamicSecret) and secret.static
                yield Use((*at, field, index), app.vault_namespace or "", secret.mount, secret.role, field, static)
