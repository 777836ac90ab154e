"""From the topology to a secret: the sample's workspaces on a real server, and tokens like a cluster's.

The test does the work of Kubernetes and VSO as the manifests describe it.
"""

import json
import pathlib
import shutil
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import RSAKey

from hvn.cli import cli
from tests.conftest import SAMPLE, Synth
from tests.login import tokens
from tests.login.applied import apply
from tests.login.server import Refused, Server

ISSUER = "https://japaneast.oic.prod-aks.azure.com/11111111-1111-4111-8111-111111111111/a-cluster/"
PATH = "kvv2/data/webapp/config"


class Cluster:
    """The part of a cluster that issues tokens: the TokenRequest API and its signing keys."""

    def __init__(self) -> None:
        self.keys = [rsa.generate_private_key(65537, 2048)]

    def rotate(self) -> None:
        """Sign with a new key from now on; the old keys stay published."""
        self.keys.append(rsa.generate_private_key(65537, 2048))

    def jwks(self) -> str:
        published = [RSAKey.import_key(key.public_key()) for key in self.keys]
        return json.dumps({"issuer": ISSUER, "keys": [{**key.as_dict(private=False)} for key in published]})

    def token(self, namespace: str, account: str, audiences: list[str], seconds: int = 600) -> str:
        """Return a token like `kubectl create token` prints (Kubernetes 1.30 and later)."""
        now = int(time.time())
        claims = {
            "aud": audiences,
            "exp": now + seconds,
            "iat": now,
            "iss": ISSUER,
            "jti": str(uuid.uuid4()),
            "kubernetes.io": {"namespace": namespace, "serviceaccount": {"name": account, "uid": str(uuid.uuid4())}},
            "nbf": now,
            "sub": f"system:serviceaccount:{namespace}:{account}",
        }
        kid = RSAKey.import_key(self.keys[-1].public_key()).thumbprint()
        return tokens.token(claims, self.keys[-1], kid=kid)


@dataclass
class Chain:
    """A cluster, a server, and the topology that connects them."""

    server: Server
    cluster: Cluster
    topology: pathlib.Path
    synth: Synth

    def pull_keys(self) -> None:
        arguments = ["keys", "pull", "payments", "--file", "-", "--topology", str(self.topology)]
        result = CliRunner().invoke(cli, arguments, input=self.cluster.jwks())
        assert result.exit_code == 0, result.output

    def deploy(self) -> None:
        made = self.synth(self.topology, ["vault", "vault-auth-payments", "secrets-payments"])
        for workspace in ("vault", "vault-auth-payments"):
            apply(self.server, made[workspace])
        self.manifests = made["secrets-payments"]["resource"]["kubernetes_manifest"]

    def spec(self, kind: str) -> Mapping[str, Any]:
        manifests = (resource["manifest"] for resource in self.manifests.values())
        (manifest,) = (manifest for manifest in manifests if manifest["kind"] == kind)
        return {"destination": manifest["metadata"]["namespace"], **manifest["spec"]}

    def token(self, **changed: Any) -> str:
        """Return the token that VSO requests by the VaultAuth."""
        auth = self.spec("VaultAuth")
        requested = {
            "namespace": auth["destination"],
            "account": auth["jwt"]["serviceAccount"],
            "audiences": auth["jwt"]["audiences"],
        }
        return self.cluster.token(**{**requested, **changed})

    def login(self, token: str) -> str:
        """Log in as VSO does by the VaultAuth, and return the client token."""
        auth = self.spec("VaultAuth")
        body = {"role": auth["jwt"]["role"], "jwt": token}
        client: str = self.server.login(auth["mount"], body, namespace=auth["namespace"])["client_token"]
        return client

    def explain(self, token: str) -> Any:
        arguments = ["login", "explain", "payments", "webapp", "--token", "-", "--topology", str(self.topology)]
        return json.loads(CliRunner().invoke(cli, [*arguments, "--format", "json"], input=token).stdout)

    def read(self, client: str, path: str) -> Any:
        return self.server.ask("GET", path, token=client, namespace="admin")["data"]["data"]


@pytest.fixture
def chain(server: Server, synth: Synth, tmp_path: pathlib.Path) -> Chain:
    shutil.copy(SAMPLE, tmp_path)
    try:
        server.ask("GET", "sys/namespaces/admin")
    except Refused:
        server.write("sys/namespaces/admin", {})
    made = Chain(server, Cluster(), tmp_path / "topology.yaml", synth)
    made.pull_keys()
    made.deploy()
    return made


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
    # The outage is delayed: a client token from before the rotation still reads.
    assert chain.read(before, PATH) == {"password": "first"}

    check = ["keys", "check", "payments", "--file", "-", "--topology", str(chain.topology)]
    assert CliRunner().invoke(cli, check, input=chain.cluster.jwks()).exit_code == 1
    chain.pull_keys()
    chain.deploy()
    assert CliRunner().invoke(cli, check, input=chain.cluster.jwks()).exit_code == 0
    assert chain.read(chain.login(chain.token()), PATH) == {"password": "first"}


@pytest.mark.slow
def test_token_of_another_cluster_is_refused(chain: Chain) -> None:
    """Only the keys differ: issuer, namespace and service account are the same."""
    chain.cluster = Cluster()
    with pytest.raises(Refused, match="no known key"):
        chain.login(chain.token())
