"""The inputs of the secrets engines that the topology declares."""

from collections.abc import Iterator
from dataclasses import dataclass

from hvn.topology import engines
from hvn.topology.durations import seconds
from hvn.topology.engines import CONNECTION
from hvn.topology.model import DatabaseEngine as DatabaseFields
from hvn.topology.model import PkiEngine as PkiFields
from hvn.topology.model import Topology
from hvn.topology.policies import below


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseRole:
    """A role of a database engine, with TTLs in seconds."""

    name: str
    creation_statements: tuple[str, ...]
    revocation_statements: tuple[str, ...]
    default_ttl: int
    max_ttl: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseEngine:
    """A database engine with one connection. Vault fills user and password into the URL. `namespace` is empty for the
    topology's namespace."""

    namespace: str
    path: str
    connection_url: str
    username: str
    roles: tuple[DatabaseRole, ...]

    @property
    def resource(self) -> str:
        """Return the name of the mount in Terraform."""
        return _resource(self.namespace, "database", self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class PkiRole:
    """A role of a PKI engine, with its TTL in seconds."""

    name: str
    allowed_domains: tuple[str, ...]
    allow_subdomains: bool
    max_ttl: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PkiEngine:
    """A PKI engine, with its TTL in seconds. `namespace` is empty for the topology's namespace."""

    namespace: str
    path: str
    max_ttl: int
    roles: tuple[PkiRole, ...]

    @property
    def resource(self) -> str:
        """Return the name of the mount in Terraform."""
        return _resource(self.namespace, "pki", self.path)


def _resource(namespace: str, kind: str, path: str) -> str:
    """Return a name in Terraform. Namespaces have no underscore, so the names of two mounts differ."""
    return f"namespace_{namespace}_{kind}_{path}" if namespace else f"{kind}_{path}"


def connection_of(mount: str) -> str:
    """Return the name in Terraform of the connection of a mount with this name. Paths may contain underscores, so a
    suffix could give the connection of `a` and the mount `a_connection` one name."""
    return f"connection_{mount}"


def role_of(mount: str, role: str) -> str:
    """Return the name in Terraform of a role of a mount with this name. Roles have no underscore, so the names of two
    roles differ."""
    return f"role_{role}_{mount}"


def database_engines(topology: Topology) -> tuple[DatabaseEngine, ...]:
    """Return the database engines, by namespace and path."""
    return tuple(
        DatabaseEngine(
            namespace=one.namespace,
            path=one.mount,
            connection_url=_url(one.engine),
            username=one.engine.username,
            roles=tuple(
                DatabaseRole(
                    name=name,
                    creation_statements=role.creation_statements,
                    revocation_statements=role.revocation_statements,
                    default_ttl=seconds(role.default_ttl),
                    max_ttl=seconds(role.max_ttl),
                )
                for name, role in sorted(one.engine.roles.items())
            ),
        )
        for one in engines.declared(topology)
        if isinstance(one.engine, DatabaseFields)
    )


def _url(engine: DatabaseFields) -> str:
    """Return the connection URL with Vault's templates of user and password:
    https://developer.hashicorp.com/vault/api-docs/secret/databases/postgresql"""
    place = f"{engine.host}:{engine.port}/{engine.database}"
    return f"postgresql://{{{{username}}}}:{{{{password}}}}@{place}?sslmode={engine.sslmode}"


def pki_engines(topology: Topology) -> tuple[PkiEngine, ...]:
    """Return the PKI engines, by namespace and path."""
    return tuple(
        PkiEngine(
            namespace=one.namespace,
            path=one.mount,
            max_ttl=seconds(one.engine.max_ttl),
            roles=tuple(
                PkiRole(
                    name=name,
                    allowed_domains=tuple(sorted({*role.allowed_domains})),
                    allow_subdomains=role.allow_subdomains,
                    max_ttl=seconds(role.max_ttl),
                )
                for name, role in sorted(one.engine.roles.items())
            ),
        )
        for one in engines.declared(topology)
        if isinstance(one.engine, PkiFields)
    )


def paths(topology: Topology) -> Iterator[str]:
    """Yield the API's paths that Terraform reads to refresh the engines (vault provider 5.6.0:
    resource_mount.go, resource_database_secret_backend_connection.go, …_role.go, resource_pki_secret_backend_role.go).
    """
    for one in engines.declared(topology):
        inside = below(one.namespace)
        yield f"{inside}sys/mounts/{one.mount}"
        if isinstance(one.engine, DatabaseFields):
            yield f"{inside}{one.mount}/config/{CONNECTION}"
        yield from (f"{inside}{one.mount}/roles/{role}" for role in sorted(one.engine.roles))
