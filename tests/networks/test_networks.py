"""As a topology, each public network in this folder passes the check, keeps the source's names and ranges, and
rehearses without errors.

The first comment of a file names the source, the omitted parts, and the reason. Each file also has the parts that the
tool needs: HVN, Vault, a subnet for the runners, and an app if the network has a cluster. Ids are placeholders.
`expected.yaml` has the warnings of each file, and facts of its source in the form of facts.py.
"""

import pathlib
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from hvn.check.load import load, require
from hvn.cli import cli
from tests.conftest import Synth
from tests.findings import reported
from tests.networks.facts import facts
from tests.rehearsal.conftest import NO_TERRAFORM

FOLDER = pathlib.Path(__file__).parent
EXPECTED: dict[str, Any] = yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))
FILES = sorted(file for file in FOLDER.glob("*.yaml") if file.name != "expected.yaml")

each_network = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def test_every_file_is_in_the_table() -> None:
    assert {file.stem for file in FILES} == set(EXPECTED)


@each_network
def test_a_public_network_has_the_expected_warnings_only(file: pathlib.Path) -> None:
    loaded = load(file)
    findings = sorted(f"{finding.id} {finding.path}" for finding in reported(loaded.findings))
    assert findings == EXPECTED[file.stem]["warnings"]
    assert loaded.checked


@each_network
def test_the_terraform_has_the_names_and_ranges_of_the_source(file: pathlib.Path, synth: Synth) -> None:
    spokes = require(file).topology.spokes
    built = synth(file, only=["hub", *(f"{kind}-{spoke}" for spoke in spokes for kind in ("network", "aks"))])
    assert set(EXPECTED[file.stem]["facts"]) - facts(built) == set()


@pytest.mark.whole
@pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)
@each_network
def test_a_public_network_can_be_rehearsed(file: pathlib.Path) -> None:
    result = CliRunner().invoke(cli, ["rehearse", "--topology", str(file)])
    assert result.exit_code == 0, result.output
