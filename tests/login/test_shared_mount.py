"""Two clusters log in through one existing JWT mount of a real server."""

import pytest

from tests.login import tokens
from tests.login.applied import apply
from tests.login.chain import Chain, Cluster
from tests.login.server import Refused

PATTERNS = 'naming: {jwt_mount: jwt-shared, vault_role: "{spoke}-{app}"}\n'


@pytest.mark.slow
def test_a_role_at_a_shared_mount_does_not_name_the_cluster(undeployed: Chain) -> None:
    chain, server, other = undeployed, undeployed.server, Cluster()
    text = chain.topology.read_text().replace("{keys: pubkeys}", "{keys: existing}")
    chain.topology.write_text(PATTERNS + text.replace("{keys: issuer}", "{keys: existing}"))
    built = chain.synth(chain.topology, ["vault-auth-payments", "vault-auth-orders"])
    server.write("sys/auth/jwt-shared", {"type": "jwt"}, "admin")
    keys = [tokens.pem(cluster.keys[0]) for cluster in (chain.cluster, other)]
    server.write("auth/jwt-shared/config", {"jwt_validation_pubkeys": keys}, "admin")
    for workspace in built.values():
        apply(server, workspace)

    def login(cluster: Cluster, namespace: str, account: str, role: str) -> bool:
        token = cluster.token(namespace, account, ["vault"])
        try:
            return bool(server.login("jwt-shared", {"role": role, "jwt": token}, namespace="admin")["client_token"])
        except Refused:
            return False

    assert login(chain.cluster, "app", "default", "payments-webapp")
    assert login(other, "checkout", "checkout", "orders-checkout")
    assert not login(other, "checkout", "checkout", "payments-webapp")
    # HVN636 warns about this login.
    assert login(other, "app", "default", "payments-webapp")
    server.ask("DELETE", "sys/auth/jwt-shared", namespace="admin")
