"""Engines in the topology file create users in a database and certificates, on real servers and with Vault's CLI."""

import os
import pathlib
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from hvn.check.load import load
from hvn.topology.manual_steps import manual_steps
from tests.login.chain import Chain
from tests.login.postgres import Postgres, postgres
from tests.login.server import BAO, Refused

STATIC = "            - {path: webapp/config, destination: webapp-config, refresh_after: 30s}\n"
RESTART = "restart: [{kind: Deployment, name: app}]"
CREATE = "CREATE ROLE \\\"{{name}}\\\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"
ENGINES = f"""  kv_mount: kvv2
  database_engines:
    declared-db:
      host: 127.0.0.1
      port: PORT
      username: root
      sslmode: require
      roles:
        webapp: {{creation_statements: ["{CREATE}"], default_ttl: 10m, max_ttl: 1h}}
        reports: {{creation_statements: ["{CREATE}", "COMMENT ON ROLE \\"{{{{name}}}}\\" IS '$1 %s {{{{.}}}} #'"]}}
  pki_engines:
    declared_ca:
      max_ttl: 1000h
      roles: {{web: {{allowed_domains: [example.com], allow_subdomains: true, max_ttl: 24h}}}}
"""
APPS = f"""{STATIC}          dynamic_secrets: [{{mount: declared-db, role: webapp, destination: db, {RESTART}}}]
          certificates:
            - {{mount: declared_ca, role: web, common_name: web.example.com, ttl: 12h, expiry_offset: 1h,
               destination: tls, {RESTART}}}
        reports:
          namespace: reports
          service_account: reports
          dynamic_secrets: [{{mount: declared-db, role: reports, destination: db, {RESTART}}}]
"""


@pytest.fixture
def database() -> Iterator[Postgres]:
    with postgres() as started:
        yield started


@pytest.fixture
def chain(undeployed: Chain, database: Postgres) -> Iterator[Chain]:
    text = undeployed.topology.read_text().replace("  kv_mount: kvv2\n", ENGINES).replace(STATIC, APPS)
    undeployed.topology.write_text(text.replace("PORT", str(database.port)))
    undeployed.pull_keys()
    undeployed.deploy()
    yield undeployed
    for mount in ("declared-db", "declared_ca"):
        undeployed.server.ask("DELETE", f"sys/mounts/{mount}", namespace="admin")


def cli(chain: Chain, folder: pathlib.Path, command: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command of a manual step with OpenBao's CLI as `vault`, and return the finished process."""
    (folder / "vault").unlink(missing_ok=True)
    (folder / "vault").symlink_to(BAO)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(folder)}
    server = {"BAO_ADDR": chain.server.url, "BAO_TOKEN": chain.server.token}
    arguments = ["bash", "-c", command]
    return subprocess.run(arguments, input=text, env=environment | server, capture_output=True, text=True, check=False)


def commands(chain: Chain, mount: str) -> tuple[str, ...]:
    loaded = load(chain.topology)
    assert loaded.topology
    (step,) = (one for one in manual_steps(loaded.topology) if any(mount in command for command in one.commands))
    assert step.after == "vault"
    return step.commands


@pytest.mark.slow
def test_a_declared_database_engine_gives_each_app_its_own_users(
    chain: Chain, database: Postgres, tmp_path: pathlib.Path
) -> None:
    server = chain.server
    webapp, reports = (chain.login(chain.token(app), app) for app in ("webapp", "reports"))

    def lease(token: str, app: str) -> Any:
        spec = chain.spec("VaultDynamicSecret", app)
        return server.ask("GET", f"{spec['mount']}/{spec['path']}", token=token, namespace="admin")

    def works(one: Any) -> bool:
        connection = {"plugin_name": "postgresql-database-plugin", "connection_url": database.url, **one["data"]}
        try:
            server.write("declared-db/config/as-the-app", connection, "admin")
        except Refused as refused:
            assert "password authentication failed" in refused.error  # noqa: PT017 - other errors are not expected
            return False
        server.ask("DELETE", "declared-db/config/as-the-app", namespace="admin")
        return True

    with pytest.raises(Refused, match="500"):
        lease(webapp, "webapp")  # Vault has no password yet

    write, rotate = commands(chain, "declared-db")
    wrong = cli(chain, tmp_path, write, "a-wrong-password")
    assert wrong.returncode, wrong.stdout
    right = cli(chain, tmp_path, write, database.password)
    assert not right.returncode, right.stderr
    root = {"data": {"username": "root", "password": database.password}}
    assert works(root)
    rotated = cli(chain, tmp_path, rotate)
    assert not rotated.returncode, rotated.stderr
    assert not works(root)

    one = lease(webapp, "webapp")
    assert one["lease_duration"] == 600
    assert works(one)
    renewed = server.ask("PUT", "sys/leases/renew", {"lease_id": one["lease_id"]}, token=webapp, namespace="admin")
    assert renewed["lease_id"] == one["lease_id"]

    chain.deploy()  # a second apply writes the connection without a password
    assert works(lease(webapp, "webapp"))
    assert works(lease(reports, "reports"))
    stored = server.ask("GET", "declared-db/roles/reports", namespace="admin")["data"]["creation_statements"]
    assert stored[1] == "COMMENT ON ROLE \"{{name}}\" IS '$1 %s {{.}} #'"

    body = {"lease_id": one["lease_id"]}
    for token, app in ((reports, "webapp"), (webapp, "reports")):
        with pytest.raises(Refused, match="403"):
            lease(token, app)
    for path in ("declared-db/config/main", "declared-db/roles/webapp", "declared-db/rotate-root/main"):
        with pytest.raises(Refused, match="403"):
            server.ask("PUT", path, {}, token=webapp, namespace="admin")
    with pytest.raises(Refused, match="403"):
        server.ask("PUT", "sys/leases/revoke", body, token=reports, namespace="admin")

    server.ask("PUT", "sys/leases/revoke", {**body, "sync": True}, namespace="admin")
    assert not works(one)


@pytest.mark.slow
def test_a_declared_pki_engine_issues_certificates_for_the_domains_of_the_role(
    chain: Chain, tmp_path: pathlib.Path
) -> None:
    server, webapp = chain.server, chain.login(chain.token("webapp"), "webapp")
    spec = chain.spec("VaultPKISecret")
    path = f"{spec['mount']}/issue/{spec['role']}"

    def issue(**changed: str) -> Any:
        body = {"common_name": spec["commonName"], "ttl": spec["ttl"], **changed}
        return server.ask("PUT", path, body, token=webapp, namespace="admin")["data"]

    with pytest.raises(Refused):
        issue()  # no CA yet
    (root,) = commands(chain, "declared_ca")
    created = cli(chain, tmp_path, root)
    assert not created.returncode, created.stderr

    assert "PRIVATE KEY" in issue()["private_key"]
    # The role limits the lifetime.
    long = issue(ttl="900h")
    assert long["expiration"] - issue()["expiration"] < 13 * 3600
    for refused in ({"common_name": "web.example.net"}, {"common_name": "*.example.com"}, {"ip_sans": "10.0.0.4"}):
        with pytest.raises(Refused, match="400"):
            issue(**refused)
    reports = chain.login(chain.token("reports"), "reports")
    with pytest.raises(Refused, match="403"):
        server.ask("PUT", path, {"common_name": "web.example.com"}, token=reports, namespace="admin")
    assert server.ask("GET", f"{spec['mount']}/roles/web", namespace="admin")["data"]["max_ttl"] == 24 * 3600
