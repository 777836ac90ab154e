"""The secrets engines that the topology declares: database and PKI."""

from cdktf import TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_vault.database_secret_backend_connection import (
    DatabaseSecretBackendConnection,
    DatabaseSecretBackendConnectionPostgresql,
)
from cdktf_cdktf_provider_vault.database_secret_backend_role import DatabaseSecretBackendRole
from cdktf_cdktf_provider_vault.mount import Mount
from cdktf_cdktf_provider_vault.pki_secret_backend_role import PkiSecretBackendRole

from hvn.kinds.vault.engines import DatabaseEngine, PkiEngine, connection_of, role_of
from hvn.topology.engines import CONNECTION

# Only Vault knows the password of a database after its first rotation, and the key of a CA.
KEPT = TerraformResourceLifecycle(prevent_destroy=True)


def database_engine(stack: TerraformStack, engine: DatabaseEngine, namespace: str | None) -> None:
    """Build a database engine with its connection and roles, in the namespace with this path.

    The connection has no password. The provider sends the password only if Terraform has one, and Vault keeps its own
    password in an update (provider 5.6.0, setDatabaseConnectionDataWithUserPass).
    """
    name = engine.resource
    mount = Mount(
        stack,
        name,
        namespace=namespace,
        path=engine.path,
        type="database",
        description="Database credentials of the apps",
        lifecycle=KEPT,
    )
    connection = DatabaseSecretBackendConnection(
        stack,
        connection_of(name),
        namespace=namespace,
        backend=mount.path,
        name=CONNECTION,
        postgresql=DatabaseSecretBackendConnectionPostgresql(
            connection_url=engine.connection_url, username=engine.username
        ),
        allowed_roles=[role.name for role in engine.roles],
        # With verification, Vault would log in to the database, but Vault has no password at the first apply.
        verify_connection=False,
    )
    for role in engine.roles:
        DatabaseSecretBackendRole(
            stack,
            role_of(name, role.name),
            namespace=namespace,
            backend=mount.path,
            name=role.name,
            db_name=connection.name,
            creation_statements=list(role.creation_statements),
            revocation_statements=list(role.revocation_statements) or None,
            default_ttl=role.default_ttl,
            max_ttl=role.max_ttl,
        )


def pki_engine(stack: TerraformStack, engine: PkiEngine, namespace: str | None) -> None:
    """Build a PKI engine with its roles, in the namespace with this path. An administrator creates the CA manually."""
    name = engine.resource
    mount = Mount(
        stack,
        name,
        namespace=namespace,
        path=engine.path,
        type="pki",
        description="Certificates of the apps",
        max_lease_ttl_seconds=engine.max_ttl,
        lifecycle=KEPT,
    )
    for role in engine.roles:
        PkiSecretBackendRole(
            stack,
            role_of(name, role.name),
            namespace=namespace,
            backend=mount.path,
            name=role.name,
            allowed_domains=list(role.allowed_domains),
            allow_bare_domains=True,
            allow_subdomains=role.allow_subdomains,
            # The defaults of Vault would also allow *.example.com, localhost, and certificates for any address.
            allow_wildcard_certificates=False,
            allow_localhost=False,
            allow_ip_sans=False,
            # Vault reads a text of digits as seconds, and returns this form.
            max_ttl=str(role.max_ttl),
        )
