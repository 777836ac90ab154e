"""An app of the topology gets, uses, renews and revokes credentials of a real Vault server and a real database."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.login.chain import Chain
from tests.login.postgres import Postgres, postgres
from tests.login.server import Refused

STATIC = "            - {path: webapp/config, destination: webapp-config, refresh_after: 30s}\n"
ENGINE = "          dynamic_secrets: [{{mount: database, role: {}, destination: {}, revoke: {}, restart: {}}}]\n"
RESTART = "[{kind: Deployment, name: app}]"
APP = "        {}:\n          namespace: {}\n          service_account: {}\n"
APPS = (
    STATIC
    + ENGINE.format("webapp", "webapp-database", "true", RESTART)
    + "          certificates: [{mount: pki, role: web, common_name: web.example.com, ttl: 24h, expiry_offset: 1h, "
    + f"destination: tls, restart: {RESTART}}}]\n"
    + APP.format("reports", "reports", "reports")
    + ENGINE.format("reports", "reports-database", "true", RESTART)
    + APP.format("batch", "batch", "batch")
    + ENGINE.format("batch", "batch-database", "false", RESTART)
)
CREATE = "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"


@pytest.fixture
def database() -> Iterator[Postgres]:
    with postgres() as started:
        yield started


class Apps:
    """The apps of a deployed chain, and the database engine that the topology refers to."""

    def __init__(self, chain: Chain, database: Postgres) -> None:
        self.chain, self.server, self.database = chain, chain.server, database
        chain.topology.write_text(chain.topology.read_text().replace(STATIC, APPS))
        chain.pull_keys()
        chain.deploy()
        self.server.write("sys/mounts/database", {"type": "database"}, "admin")
        self.connect("main", "root", database.password, allowed_roles="*")
        for app in ("webapp", "reports", "batch"):
            role = {"db_name": "main", "creation_statements": [CREATE], "default_ttl": "10m", "max_ttl": "1h"}
            self.server.write(f"database/roles/{app}", role, "admin")

        self.server.write("sys/mounts/pki", {"type": "pki"}, "admin")
        key: dict[str, Any] = {"key_type": "ec", "key_bits": 256}
        self.server.write("pki/root/generate/internal", {"common_name": "example.com", **key}, "admin")
        issuing = {"allowed_domains": "example.com", "allow_subdomains": True, **key}
        self.server.write("pki/roles/web", issuing, "admin")

    def connect(self, name: str, user: str, password: str, **more: str) -> None:
        """Configure the engine's connection to the database. Raises `Refused` if the database refuses the user or the
        password.
        """
        connection = {"plugin_name": "postgresql-database-plugin", "connection_url": self.database.url}
        self.server.write(
            f"database/config/{name}", {**connection, "username": user, "password": password, **more}, "admin"
        )

    def works(self, lease: Any) -> bool:
        """Return whether the database accepts the credentials of a lease."""
        try:
            self.connect("as-the-app", lease["data"]["username"], lease["data"]["password"])
        except Refused as refused:
            if "password authentication failed" not in refused.error:
                raise
            return False
        self.server.ask("DELETE", "database/config/as-the-app", namespace="admin")
        return True

    def revoked(self, lease: Any) -> None:
        """Wait until the server has no lease of this id. The server answers a revoke request before it revokes the
        lease.
        """
        body = {"lease_id": lease["lease_id"]}
        for _ in range(5000):
            try:
                self.server.ask("PUT", "sys/leases/lookup", body, namespace="admin")
            except Refused:
                return
        raise AssertionError("the lease is not revoked")

    def login(self, app: str) -> str:
        return self.chain.login(self.chain.token(app), app)

    def lease(self, token: str, app: str) -> Any:
        """Request credentials as VSO does for the app's VaultDynamicSecret, and return the lease."""
        spec = self.chain.spec("VaultDynamicSecret", app)
        return self.server.ask("GET", f"{spec['mount']}/{spec['path']}", token=token, namespace="admin")

    def certificate(self, token: str) -> Any:
        """Request a certificate as VSO does for the VaultPKISecret of webapp, and return it."""
        spec = self.chain.spec("VaultPKISecret")
        body = {"common_name": spec["commonName"], "ttl": spec["ttl"], "remove_roots_from_chain": True}
        path = f"{spec['mount']}/issue/{spec['role']}"
        return self.server.ask("PUT", path, body, token=token, namespace="admin")["data"]

    def on_lease(self, action: str, token: str, lease: Any) -> Any:
        body = {"lease_id": lease["lease_id"]}
        return self.server.ask("PUT", f"sys/leases/{action}", body, token=token, namespace="admin")


@pytest.mark.slow
def test_from_the_topology_to_a_user_in_a_database(undeployed: Chain, database: Postgres) -> None:
    apps = Apps(undeployed, database)
    webapp, reports, batch = (apps.login(app) for app in ("webapp", "reports", "batch"))

    lease = apps.lease(webapp, "webapp")
    assert apps.works(lease)
    renewed = apps.on_lease("renew", webapp, lease)
    assert (renewed["lease_id"], renewed["lease_duration"]) == (lease["lease_id"], 600)

    serial = apps.certificate(webapp)["serial_number"]

    refusals: tuple[Callable[[], Any], ...] = (
        lambda: apps.lease(reports, "webapp"),
        lambda: apps.lease(webapp, "reports"),
        lambda: apps.on_lease("revoke", reports, lease),  # the policy allows only leases of the app's own role
        lambda: apps.on_lease("revoke", batch, apps.lease(batch, "batch")),  # revoke: false
        lambda: apps.on_lease("revoke-prefix/database/creds/webapp", webapp, lease),
        lambda: apps.certificate(reports),
        lambda: apps.server.ask("PUT", "pki/revoke", {"serial_number": serial}, token=webapp, namespace="admin"),
    )
    for refused in refusals:
        with pytest.raises(Refused, match="403"):
            refused()
    assert apps.works(lease)

    apps.on_lease("revoke", webapp, lease)
    apps.revoked(lease)
    assert not apps.works(lease)

    # When Vault revokes a login, it also revokes the leases of this login.
    lease = apps.lease(webapp, "webapp")
    assert apps.works(lease)
    apps.server.ask("PUT", "auth/token/revoke-self", {}, token=webapp, namespace="admin")
    apps.revoked(lease)
    assert not apps.works(lease)
