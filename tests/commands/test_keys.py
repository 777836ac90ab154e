"""Run `hvn keys` with the keys of a foreign cluster, and with unusual files."""

import json
import pathlib
import shutil

import pytest
from click.testing import CliRunner, Result

from hvn.cli import cli
from tests.conftest import SAMPLE
from tests.topology.test_jwks import rsa_key

OWN = json.loads((SAMPLE.parent / "jwks" / "payments.json").read_text())


@pytest.fixture
def topology(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return the sample topology without key files."""
    shutil.copy(SAMPLE, tmp_path)
    (tmp_path / "jwks").mkdir()
    return tmp_path / "topology.yaml"


def keys(topology: pathlib.Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["keys", *arguments, "--topology", str(topology)])


@pytest.mark.parametrize(("old", "new"), [("", ""), ("japaneast", "westeurope")])
def test_keys_that_check_would_refuse_are_not_written(topology: pathlib.Path, old: str, new: str) -> None:
    file = topology.parent / "keys.json"
    file.write_text(json.dumps({"issuer": OWN["issuer"].replace(old, new), "keys": [rsa_key()[0]]}))
    result = keys(topology, "pull", "payments", "--file", str(file))
    written = (topology.parent / "jwks" / "payments.json").exists()
    assert (result.exit_code, written) == ((2, False) if old else (0, True)), result.output
    assert ("HVN613" in result.output) == bool(old)


@pytest.mark.parametrize("action", ["check", "pull"])
def test_link_loop_is_reported(topology: pathlib.Path, action: str) -> None:
    loop = topology.parent / "jwks" / "payments.json"
    loop.symlink_to(loop)
    result = keys(topology, action)
    assert result.exit_code == 2
    assert "payments.json" in result.output
