"""The commands synthesize, rehearse, plan and review the user's own Terraform like the project's Terraform."""

import json
import pathlib
import shutil
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from tests.conftest import SAMPLE, Synth
from tests.rehearsal.conftest import NO_TERRAFORM

pytestmark = pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)

GROUP = "${azurerm_resource_group.hub.name}"
GOOD = {
    "resource": {
        "azurerm_monitor_action_group": {
            "extra_network": {"name": "ag", "short_name": "ag", "resource_group_name": GROUP}
        },
        "azurerm_public_ip": {
            "extra_nat": {
                "name": "pip",
                "location": "japaneast",
                "resource_group_name": GROUP,
                "allocation_method": "Static",
            }
        },
    },
    "output": {"extra_group": {"value": "${azurerm_monitor_action_group.extra_network.id}"}},
}


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    shutil.copytree(SAMPLE.parent, tmp_path, dirs_exist_ok=True)
    (tmp_path / "extra" / "hub").mkdir(parents=True)
    return tmp_path


def rehearse(folder: pathlib.Path, content: Any) -> tuple[int, Any]:
    (folder / "extra" / "hub" / "one.tf.json").write_text(json.dumps(content), encoding="utf-8")
    options = ["rehearse", "hub", "--topology", str(folder / "topology.yaml"), "--format", "json"]
    done = CliRunner().invoke(cli, options, catch_exceptions=False)
    return done.exit_code, json.loads(done.stdout)["workspaces"][0]


def test_extra_blocks_are_built_beside_ours_and_the_second_plan_is_empty(folder: pathlib.Path, synth: Synth) -> None:
    ours = synth(SAMPLE, ["hub"])["hub"]["resource"]
    count = sum(map(len, ours.values()))
    code, result = rehearse(folder, GOOD)
    assert (code, result["resources"], result["second_plan"], result["destroyed"]) == (0, count + 2, [], True)
    merged = synth(folder / "topology.yaml", ["hub"])["hub"]
    assert merged["output"].keys() >= {"extra_group", "vnet_id"}
    assert merged["resource"]["azurerm_public_ip"].keys() > {"extra_nat"}
    for type_, named in ours.items():
        assert {name: merged["resource"][type_][name] for name in named} == named


@pytest.mark.parametrize(
    ("body", "error"),
    [({"nam": "ag"}, "nam"), ({"name": "${azurerm_resource_group.huub.name}"}, "huub"), ({"name": "ag"}, "short_name")],
)
def test_terraform_refuses_a_wrong_block(folder: pathlib.Path, body: Any, error: str) -> None:
    code, result = rehearse(folder, {"resource": {"azurerm_monitor_action_group": {"extra_network": body}}})
    assert code == 1
    assert error in json.dumps(result["failures"])


def test_types_without_a_schema_are_left_out_with_a_warning(folder: pathlib.Path) -> None:
    machine = {"resource": {"azurerm_linux_virtual_machine": {"extra_runner": {"name": "x"}}}}
    code, result = rehearse(folder, machine | {"output": GOOD["output"]})
    assert (code, result["destroyed"]) == (0, True)
    assert ["azurerm_linux_virtual_machine" in warning for warning in result["warnings"]] == [True]
