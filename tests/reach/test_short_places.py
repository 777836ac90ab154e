"""`hvn reach` accepts a place without the start of its path."""

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
