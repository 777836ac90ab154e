"""On a real server, an app gets its additional paths and existing policies from the topology."""

from typing import Any

import pytest

from tests.login.chain import Chain
from tests.login.server import Refused

STATIC = "            - {path: webapp/config, destination: webapp-config, refresh_after: 30s}\n"
MORE = """          more_paths:
            transit/encrypt/webapp: [update]
            transit/keys/+: [read]
            transit/keys/other: [deny]
            kvv2/data/*: [deny]
          more_policies: [shop-hash, missing]
"""


@pytest.mark.slow
def test_an_app_uses_its_additional_paths_only(undeployed: Chain) -> None:
    chain, server = undeployed, undeployed.server
    chain.topology.write_text(chain.topology.read_text().replace(STATIC, STATIC + MORE))
    chain.pull_keys()
    chain.deploy()
    server.write("sys/mounts/transit", {"type": "transit"}, "admin")
    for key in ("webapp", "other"):
        server.write(f"transit/keys/{key}", {}, "admin")
    server.write("sys/policies/acl/shop-hash", {"policy": 'path "transit/hash" { capabilities = ["update"] }'}, "admin")
    server.write("kvv2/data/webapp/config", {"data": {"user": "web"}}, "admin")

    # Vault ignores a policy that does not exist.
    client = chain.login(chain.token())

    def ask(path: str, body: Any = None) -> Any:
        return server.ask("PUT" if body else "GET", path, body, token=client, namespace="admin")

    def refused(path: str, body: Any = None) -> bool:
        try:
            ask(path, body)
        except Refused as answer:
            return answer.status == 403
        return False

    text = {"plaintext": "aGk="}
    assert ask("transit/encrypt/webapp", text)["data"]["ciphertext"].startswith("vault:v1:")
    assert ask("transit/keys/webapp")["data"]["name"] == "webapp"
    assert ask("transit/hash", {"input": "aGk="})["data"]["sum"]
    assert refused("transit/encrypt/other", text)
    assert refused("transit/keys/other")
    assert refused("transit/decrypt/webapp", {"ciphertext": "x"})
    # The exact path of a secret has priority over a pattern with `deny`. A `deny` of the exact path overrides all other
    # capabilities.
    assert chain.read(client, "kvv2/data/webapp/config") == {"user": "web"}
    deny = 'path "kvv2/data/webapp/config" { capabilities = ["deny"] }'
    server.write("sys/policies/acl/shop-hash", {"policy": deny}, "admin")
    assert refused("kvv2/data/webapp/config")
    server.ask("DELETE", "sys/mounts/transit", namespace="admin")
    server.ask("DELETE", "sys/policies/acl/shop-hash", namespace="admin")
