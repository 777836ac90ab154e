"""`login explain --config FILE --role FILE` reads the real output of `bao read -format=json`. Vault's CLI prints the
same format."""

import json
import pathlib
import subprocess
import time

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from tests.login import tokens
from tests.login.server import BAO, Refused, Server
from tests.private_keys import rsa_key

KEY = rsa_key(0)


def printed(server: Server, path: str, file: pathlib.Path) -> str:
    """Write the output of the command `bao` into a file, and return the file."""
    environment = {"BAO_ADDR": server.url, "BAO_TOKEN": server.token, "HOME": str(file.parent)}
    done = subprocess.run([BAO, "read", "-format=json", path], env=environment, capture_output=True, check=True)
    file.write_bytes(done.stdout)
    return str(file)


@pytest.mark.parametrize("level", [5, "5", 6])
def test_files_that_the_server_prints(server: Server, tmp_path: pathlib.Path, level: object) -> None:
    mount = f"files-{level!r}".replace("'", "t")
    server.write(f"sys/auth/{mount}", {"type": "jwt"})
    server.write(f"auth/{mount}/config", {"jwt_validation_pubkeys": tokens.pem(KEY)})
    role = {"role_type": "jwt", "user_claim": "sub", "bound_claims": {"level": 5}, "clock_skew_leeway": -1}
    server.write(f"auth/{mount}/role/ops", role)
    token = tokens.token({"sub": "somebody", "exp": int(time.time()) + 600, "level": level}, KEY)
    try:
        server.login(mount, {"role": "ops", "jwt": token})
        answer = (200, "")
    except Refused as refused:
        answer = (refused.status, refused.error)

    config = printed(server, f"auth/{mount}/config", tmp_path / "config.json")
    ops = printed(server, f"auth/{mount}/role/ops", tmp_path / "ops.json")
    arguments = ["login", "explain", "--config", config, "--role", ops, "--token", "-", "--format", "json"]
    result = CliRunner().invoke(cli, arguments, input=token)
    explained = json.loads(result.stdout)
    assert (explained["status"], explained["message"]) == answer
    assert result.exit_code == (answer[0] != 200)
