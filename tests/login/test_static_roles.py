"""On real servers, a static role of the topology rotates the password of a database user."""

from collections.abc import Iterator

import pytest

from tests.login.chain import Chain
from tests.login.postgres import Postgres, postgres
from tests.login.server import Refused

STATIC = "            - {path: webapp/config, destination: webapp-config, refresh_after: 30s}\n"
ROLE = """          dynamic_secrets:
            - {mount: accounts, role: webapp, static: true, destination: db, restart: [{kind: Deployment, name: app}]}
"""
CREATE = "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}'"


@pytest.fixture
def database() -> Iterator[Postgres]:
    with postgres() as started:
        yield started


@pytest.mark.slow
def test_an_app_reads_the_password_that_vault_rotates(undeployed: Chain, database: Postgres) -> None:
    chain, server = undeployed, undeployed.server
    chain.topology.write_text(chain.topology.read_text().replace(STATIC, STATIC + ROLE))
    chain.pull_keys()
    chain.deploy()
    server.write("sys/mounts/accounts", {"type": "database"}, "admin")

    def connect(name: str, user: str, password: str, **more: str) -> None:
        connection = {"plugin_name": "postgresql-database-plugin", "connection_url": database.url}
        body = {**connection, "username": user, "password": password, **more}
        server.write(f"accounts/config/{name}", body, "admin")

    connect("main", "root", database.password, allowed_roles="*")
    # The engine's first lease creates the database user that the static roles use.
    server.write("accounts/roles/maker", {"db_name": "main", "creation_statements": [CREATE]}, "admin")
    for role in ("webapp", "other"):
        user = server.ask("GET", "accounts/creds/maker", namespace="admin")["data"]["username"]
        body = {"db_name": "main", "username": user, "rotation_period": "24h"}
        server.write(f"accounts/static-roles/{role}", body, "admin")

    spec = chain.spec("VaultDynamicSecret")
    client = chain.login(chain.token())
    path = f"{spec['mount']}/{spec['path']}"
    first = server.ask("GET", path, token=client, namespace="admin")
    assert not first["lease_id"]
    connect("first", first["data"]["username"], first["data"]["password"])

    server.write("accounts/rotate-role/webapp", {}, "admin")
    second = server.ask("GET", path, token=client, namespace="admin")["data"]
    assert (second["username"], second["password"] != first["data"]["password"]) == (first["data"]["username"], True)
    connect("second", second["username"], second["password"])

    for other in ("accounts/static-creds/other", "accounts/creds/maker", "accounts/static-roles/webapp"):
        with pytest.raises(Refused, match="403"):
            server.ask("GET", other, token=client, namespace="admin")
    server.ask("DELETE", "sys/mounts/accounts", namespace="admin")
