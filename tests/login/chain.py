"""Connect a simulated cluster and a real server by a topology. The classes simulate Kubernetes and VSO."""

import json
import pathlib
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import RSAKey

from hvn.cli import cli
from tests.conftest import Synth
from tests.login import tokens
from tests.login.applied import apply
from tests.login.server import Server

ISSUER = "https://japaneast.oic.prod-aks.azure.com/11111111-1111-4111-8111-111111111111/a-cluster/"


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
        """Return a token in the form that `kubectl create token` prints (Kubernetes 1.30 and later)."""
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

    def spec(self, kind: str, app: str = "webapp") -> Mapping[str, Any]:
        """Return the spec of an app's manifest of this kind, with its namespace."""
        manifests = [
            resource["manifest"] for resource in self.manifests.values() if resource["manifest"]["kind"] == kind
        ]
        (manifest,) = (one for one in manifests if one["spec"].get("vaultAuthRef", one["metadata"]["name"]) == app)
        return {"destination": manifest["metadata"]["namespace"], **manifest["spec"]}

    def token(self, app: str = "webapp", **changed: Any) -> str:
        """Return the token that VSO requests for the VaultAuth."""
        auth = self.spec("VaultAuth", app)
        requested = {
            "namespace": auth["destination"],
            "account": auth["jwt"]["serviceAccount"],
            "audiences": auth["jwt"]["audiences"],
        }
        return self.cluster.token(**{**requested, **changed})

    def login(self, token: str, app: str = "webapp") -> str:
        """Log in as VSO does with the VaultAuth, and return the client token."""
        auth = self.spec("VaultAuth", app)
        body = {"role": auth["jwt"]["role"], "jwt": token}
        client: str = self.server.login(auth["mount"], body, namespace=auth["namespace"])["client_token"]
        return client

    def explain(self, token: str) -> Any:
        arguments = ["login", "explain", "payments", "webapp", "--token", "-", "--topology", str(self.topology)]
        return json.loads(CliRunner().invoke(cli, [*arguments, "--format", "json"], input=token).stdout)

    def read(self, client: str, path: str) -> Any:
        return self.server.ask("GET", path, token=client, namespace="admin")["data"]["data"]
