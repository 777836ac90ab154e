"""Run `hvn login explain` on the sample topology, with KEY as the key of payments."""

import json
import pathlib
import shutil
import time
from typing import Any

from click.testing import CliRunner, Result

from hvn.cli import cli
from tests.conftest import SAMPLE
from tests.login import tokens
from tests.private_keys import rsa_key

KEY = rsa_key(0)
STRANGER = rsa_key(1)
ISSUER = "https://japaneast.oic.prod-aks.azure.com/11111111-1111-4111-8111-111111111111/cluster/"


def sample(folder: pathlib.Path) -> pathlib.Path:
    """Copy the sample topology into a folder, with the public key of KEY for payments. Return the file."""
    shutil.copy(SAMPLE, folder)
    numbers = KEY.public_key().public_numbers()
    key = {
        "kty": "RSA",
        "kid": "one",
        "n": tokens.b64(numbers.n.to_bytes(256, "big")),
        "e": tokens.b64(numbers.e.to_bytes(3, "big")),
    }
    (folder / "jwks").mkdir()
    (folder / "jwks" / "payments.json").write_text(json.dumps({"issuer": ISSUER, "keys": [key]}))
    return folder / "topology.yaml"


def claims(**more: Any) -> dict[str, Any]:
    """Return the claims of a token with which the app webapp of payments logs in."""
    now = int(time.time())
    made = {"iss": ISSUER, "sub": "system:serviceaccount:app:default", "aud": ["vault"], "exp": now + 600, "iat": now}
    return {**made, "nbf": now, **more}


def run(topology: pathlib.Path, *arguments: str, stdin: str | None = None) -> Result:
    """Run the command and return the result."""
    return CliRunner().invoke(cli, ["login", "explain", *arguments, "--topology", str(topology)], input=stdin)


def explained(topology: pathlib.Path, *arguments: str, stdin: str | None = None) -> dict[str, Any]:
    """Run the command, and return its JSON."""
    result = run(topology, *arguments, "--format", "json", stdin=stdin)
    answer: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == (0 if answer["allow"] else 1)
    return answer


def of_token(topology: pathlib.Path, token: str, *more: str) -> dict[str, Any]:
    """Return the explanation of a login of webapp with a token."""
    return explained(topology, "payments", "webapp", "--token", "-", *more, stdin=token)


def of_claims(topology: pathlib.Path, claims: dict[str, Any], *more: str) -> dict[str, Any]:
    """Return the explanation of a login of webapp with claims."""
    return explained(topology, "payments", "webapp", "--claims", "-", *more, stdin=json.dumps(claims))


def role_file(folder: pathlib.Path, **fields: Any) -> str:
    """Write a role as Vault prints it, and return the path of the file."""
    file = folder / "webapp.json"
    role = {"role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"], **fields}
    file.write_text(json.dumps({"data": role}))
    return str(file)
