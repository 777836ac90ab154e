"""Run `hvn keys`, create keys for the tests, and read the written key files."""

import json
import pathlib
from typing import Any

from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import ec

from hvn.cli import cli
from tests.topology.test_jwks import ec_key, rsa_key

DISCOVERY = "/tenant/.well-known/openid-configuration"
KEYS = "/tenant/openid/v1/jwks"


def run(topology: pathlib.Path, *arguments: str, given: str | bytes | None = None) -> Result:
    action, *rest = arguments
    return CliRunner().invoke(cli, ["keys", action, *rest, "--topology", str(topology)], input=given)


def written(topology: pathlib.Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((topology.parent / "jwks" / "payments.json").read_text())
    return found


def a_key(kid: str) -> dict[str, Any]:
    return {**rsa_key()[0], "kid": kid}


ONE, TWO, THREE = a_key("one"), a_key("two"), a_key("three")
CURVE = ec_key(ec.SECP256R1(), "P-256")[0]


def kids(topology: pathlib.Path) -> list[str]:
    return [key["kid"] for key in written(topology)["keys"]]
