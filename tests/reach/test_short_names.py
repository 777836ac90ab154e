"""The start of a path is optional in questions of `hvn reach`."""

import pathlib

import pytest
import yaml
from click.testing import CliRunner

from hvn.cli import cli
from tests.check.cases import merged
from tests.conftest import SAMPLE
from tests.strategies import dump

SAMPLED = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("tokyo", "on_premises.tokyo"),
        ("payments.cluster", "spokes.payments.cluster"),
        ("payments.app", "payments/app"),
        ("spokes.payments.app", "payments/app"),
        ("orders", "orders"),  # the spoke, not the site
    ],
)
def test_the_start_of_a_path_is_optional(name: str, label: str, tmp_path: pathlib.Path) -> None:
    patch = {
        "on_premises": {"tokyo": ["192.168.0.0/16"], "orders": ["192.0.2.0/24"]},
        "spokes": {"payments": {"subnets": {"app": "10.64.32.0/24"}}},
    }
    file = tmp_path / "topology.yaml"
    file.write_text(dump(merged(SAMPLED, patch)), encoding="utf-8")
    short, full = (
        CliRunner().invoke(cli, ["reach", one, "--to", "vault", "--topology", str(file)]) for one in (name, label)
    )
    assert (short.exit_code, short.stdout) == (0, full.stdout)


@pytest.mark.parametrize("name", ["10.64.0.0/33", "10.264.0.1", "10.64.0"])
def test_an_invalid_address_is_no_unknown_name(name: str) -> None:
    done = CliRunner().invoke(cli, ["reach", name, "--to", "vault", "--topology", str(SAMPLE)])
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{name} is not an IPv4 address" in " ".join(done.stderr.split())
