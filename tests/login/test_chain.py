"""Apply the sample's workspaces to a real server, and read a secret with tokens like those of a cluster."""

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from tests.login.chain import Chain, Cluster
from tests.login.server import Refused

PATH = "kvv2/data/webapp/config"


@pytest.mark.slow
def test_from_the_topology_to_a_secret(chain: Chain) -> None:
    server = chain.server
    writer = server.write("auth/token/create", {"policies": ["platform_payments_webapp_write"]}, "admin")
    people = writer["auth"]["client_token"]
    server.ask("POST", PATH, {"data": {"password": "first"}}, token=people, namespace="admin")
    server.write("kvv2/data/orders/checkout", {"data": {"password": "another app's"}}, "admin")

    secret = chain.spec("VaultStaticSecret")
    assert f"{secret['mount']}/data/{secret['path']}" == PATH
    token = chain.token()
    client = chain.login(token)
    assert chain.explain(token)["allow"]
    assert chain.read(client, PATH) == {"password": "first"}

    for path in ("kvv2/data/orders/checkout", "kvv2/data/webapp", "kvv2/metadata/webapp/config", "sys/mounts"):
        with pytest.raises(Refused) as refused:
            chain.read(client, path)
        assert refused.value.status == 403
    with pytest.raises(Refused, match="403"):
        server.ask("POST", PATH, {"data": {"password": "forged"}}, token=client, namespace="admin")
    with pytest.raises(Refused, match="403"):
        chain.read(people, PATH)

    for changed, error in (
        ({"account": "other"}, "invalid subject (sub) claim"),
        ({"namespace": "dev"}, "invalid subject (sub) claim"),
        ({"audiences": ["https://kubernetes.default.svc"]}, "invalid audience (aud) claim"),
        ({"seconds": -120}, "token is expired"),
    ):
        token = chain.token(**changed)
        with pytest.raises(Refused) as refused:
            chain.login(token)
        assert error in refused.value.error
        assert chain.explain(token)["message"] == refused.value.error

    # After a rotation of the secret the same login reads the new value.
    server.ask("POST", PATH, {"data": {"password": "second"}}, token=people, namespace="admin")
    assert chain.read(client, PATH) == {"password": "second"}


@pytest.mark.slow
def test_rotated_keys(chain: Chain) -> None:
    chain.server.write(PATH, {"data": {"password": "first"}}, "admin")
    before = chain.login(chain.token())
    chain.cluster.rotate()
    with pytest.raises(Refused) as refused:
        chain.login(chain.token())
    assert refused.value.error.endswith("no known key successfully validated the token signature")
    # A client token from before the rotation can still read, so a rotation does not cause an immediate outage.
    assert chain.read(before, PATH) == {"password": "first"}

    check = ["keys", "check", "payments", "--file", "-", "--topology", str(chain.topology)]
    assert CliRunner().invoke(cli, check, input=chain.cluster.jwks()).exit_code == 1
    chain.pull_keys()
    chain.deploy()
    assert CliRunner().invoke(cli, check, input=chain.cluster.jwks()).exit_code == 0
    assert chain.read(chain.login(chain.token()), PATH) == {"password": "first"}


@pytest.mark.slow
def test_token_of_another_cluster_is_refused(chain: Chain) -> None:
    """The other cluster has different keys, but the same issuer, namespace and service account."""
    chain.cluster = Cluster()
    with pytest.raises(Refused, match="no known key"):
        chain.login(chain.token())
