"""On a real server, apps read the secrets in the namespaces of their teams."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.login.chain import Chain
from tests.login.postgres import Postgres, postgres
from tests.login.server import Refused

STATIC = "            - {path: webapp/config, destination: webapp-config, refresh_after: 30s}\n"
IN_TEAM = """            - {path: webapp/config, destination: webapp-config}
            - {path: webapp/config, mount: extra, destination: webapp-extra}
          vault_namespace: shop
          dynamic_secrets:
            - {mount: database, role: webapp, destination: webapp-database, restart: [{kind: Deployment, name: app}]}
"""
ENGINES = "  kv_mount: kvv2\n  namespaces: {shop: {kv_mount: kv, more_kv_mounts: [extra]}, data: {}}\n"
TEAM, OTHER = "admin/shop", "admin/data"
CREATE = "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"


@pytest.fixture
def database() -> Iterator[Postgres]:
    with postgres() as started:
        yield started


def lease_engine(chain: Chain, database: Postgres) -> None:
    """Set up the team's database engine, to which the topology refers."""
    chain.server.write("sys/mounts/database", {"type": "database"}, TEAM)
    connection = {"plugin_name": "postgresql-database-plugin", "connection_url": database.url, "allowed_roles": "*"}
    login = {"username": "root", "password": database.password}
    chain.server.write("database/config/main", {**connection, **login}, TEAM)
    for name in ("webapp", "other"):
        role = {"db_name": "main", "creation_statements": [CREATE], "default_ttl": "10m", "max_ttl": "1h"}
        chain.server.write(f"database/roles/{name}", role, TEAM)


@pytest.mark.slow
def test_an_app_reads_in_the_namespace_of_its_team_only(undeployed: Chain, database: Postgres) -> None:
    chain, server = undeployed, undeployed.server
    text = chain.topology.read_text().replace(STATIC, IN_TEAM).replace("  kv_mount: kvv2\n", ENGINES)
    chain.topology.write_text(text)
    chain.pull_keys()
    chain.deploy()
    lease_engine(chain, database)
    for mount, namespace in (("kv", TEAM), ("extra", TEAM), ("kvv2", OTHER), ("kvv2", "admin")):
        server.write(f"{mount}/data/webapp/config", {"data": {"in": f"{namespace}/{mount}"}}, namespace)

    token = chain.token()
    client = chain.login(token)
    assert chain.explain(token)["allow"]

    def ask(path: str, namespace: str, method: str = "GET", body: Any = None) -> Any:
        return server.ask(method, path, body, token=client, namespace=namespace)

    lease = chain.spec("VaultDynamicSecret")
    assert lease["namespace"] == TEAM
    specs = [one["manifest"]["spec"] for one in chain.manifests.values()]
    static = {one["mount"]: one for one in specs if one.get("type") == "kv-v2" and one["path"] == "webapp/config"}
    assert {one["namespace"] for one in static.values()} == {TEAM}
    for mount in ("kv", "extra"):
        path = f"{mount}/data/{static[mount]['path']}"
        assert ask(path, TEAM)["data"]["data"] == {"in": f"{TEAM}/{mount}"}

    got = ask(f"{lease['mount']}/{lease['path']}", TEAM)
    body = {"lease_id": got["lease_id"]}
    assert ask("sys/leases/renew", TEAM, "PUT", body)["lease_id"] == got["lease_id"]

    other = server.ask("GET", "database/creds/other", namespace=TEAM)["lease_id"]
    for path, namespace, sent in (
        ("kvv2/data/webapp/config", OTHER, None),
        ("kvv2/data/webapp/config", "admin", None),
        ("database/creds/other", TEAM, None),
        ("sys/mounts", TEAM, None),
        ("sys/leases/renew", TEAM, {"lease_id": other}),
        ("sys/leases/revoke", TEAM, {"lease_id": other}),
    ):
        with pytest.raises(Refused) as refused:
            ask(path, namespace, "PUT" if sent else "GET", sent)
        assert refused.value.status == 403, path

    ask("sys/leases/revoke", TEAM, "PUT", body)
    for _ in range(5000):
        try:
            server.ask("PUT", "sys/leases/lookup", body, namespace=TEAM)
        except Refused:
            return
    raise AssertionError("the lease is not revoked")
