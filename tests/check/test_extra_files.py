"""Test the user's own Terraform in `extra/<workspace>`: the files that the check refuses, and the workspaces that the
files affect.
"""

import json
import pathlib
import shutil
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.affected.history import base
from hvn.check import extra_files
from hvn.check.load import Checked, load
from hvn.cli import cli
from hvn.kinds.workspace import by_id
from tests.affected.conftest import Repository, repository
from tests.affected.test_affected import as_json
from tests.conftest import SAMPLE, Synthesized

__all__ = ["repository"]

GROUP = {"resource": {"azurerm_monitor_action_group": {"extra_network": {"name": "ag", "short_name": "ag"}}}}


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    shutil.copytree(SAMPLE.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path


def write(folder: pathlib.Path, content: Any, name: str = "hub/one.tf.json") -> pathlib.Path:
    file = folder / "extra" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


def findings(folder: pathlib.Path) -> list[tuple[str, int, str]]:
    options = ["check", str(folder / "topology.yaml"), "--format", "json"]
    done = CliRunner().invoke(cli, options, catch_exceptions=False)
    return [(one["id"], one["line"], pathlib.Path(one["file"]).name) for one in json.loads(done.stdout)]


def checked(folder: pathlib.Path) -> Checked:
    loaded = load(folder / "topology.yaml")
    assert loaded.checked, loaded.findings
    return loaded.checked


def resource(
    body: Any = None, type_: str = "azurerm_public_ip", name: str = "extra_one", block: str = "resource"
) -> Any:
    return {block: {type_: {name: {} if body is None else body}}}


def test_comments_and_the_word_file_are_usable(folder: pathlib.Path) -> None:
    write(folder, {"//": "a comment", **resource({"//": ["a comment"], "name": "file (${var.x}) of a profile"})})
    assert findings(folder) == []
    assert load(folder / "topology.yaml").checked


def test_a_folder_with_a_misspelled_workspace_gets_the_closest_id(folder: pathlib.Path) -> None:
    file = write(folder, GROUP, "hubb/one.tf.json")
    (finding,) = load(folder / "topology.yaml").findings
    assert (finding.rule.id, finding.file) == ("HVN042", str(file.parent))
    assert "did you mean hub?" in str(finding.message)


def test_a_file_changes_only_the_inputs_of_its_workspace(folder: pathlib.Path) -> None:
    before = by_id(checked(folder).workspaces())
    write(folder, GROUP)
    (folder / "extra" / "README.md").write_text("about these files", encoding="utf-8")
    assert findings(folder) == []
    after = by_id(checked(folder).workspaces())
    assert {id_ for id_ in after if after[id_].inputs != before[id_].inputs} == {"hub"}
    assert after["hub"].inputs
    assert before["hub"].inputs
    assert after["hub"].inputs.fingerprint != before["hub"].inputs.fingerprint


def test_the_order_of_keys_and_spaces_change_no_inputs(folder: pathlib.Path) -> None:
    write(folder, '{"output": {"extra_b": {"value": 1}, "extra_a": {"value": 2}}}')
    before = by_id(checked(folder).workspaces())["hub"].inputs
    write(folder, '{"output":\n {"extra_a": {"value": 2},   "extra_b": {"value": 1}}}')
    assert by_id(checked(folder).workspaces())["hub"].inputs == before


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "{",
        '{"output": {}, "output": {}}',
        {"terraform": {"backend": {"local": {}}}},
        {"provider": {"azurerm": [{}]}},
        {"module": {"extra_one": {"source": "x"}}},
        {"locals": {"extra_one": 1}},
        {"removed": [{"from": "azurerm_virtual_network.vnet"}]},
        {"import": [{"to": "azurerm_virtual_network.vnet", "id": "x"}]},
        {"resource": []},
        {"output": {"vnet_id": {"value": 1}}},
        resource(name="vnet"),
        resource(name="extra_${x}"),
        resource(type_="Azurerm_public_ip"),
        resource([]),
        resource({"provisioner": {"local-exec": {"command": "id"}}}),
        resource({"connection": {}}),
        resource({"count": 2}),
        resource({"for_each": {}}),
        resource({"name": "${file(\"/etc/passwd\")}"}),
        resource({"tags": [{"a": "${\"}\" == \"\" ? \"\" : upper(file (\"/etc/passwd\"))}"}]}),
        resource({"tags": {"a": "${trimspace(filebase64(path.cwd))}"}}),
        resource({"name": "${templatefile (\"x\", {})}"}),
        resource({"name": "${\nfile(\"x\")}"}),
        resource({"name": "${[{}, file(\"x\")][1]}"}),
        resource({"name": "${file/**/(\"x\")}"}),
        resource({"tags": {"${file(\"x\")}": 1}}),
        resource({"postrender": {"binary_path": "x"}}),
        {"resource": {"//": {}}},
        {"output": {"//": {}}},
        resource(type_="terraform_data"),
        resource(type_="vault_mount"),
        resource(type_="external", block="data"),
        resource(type_="vault_policy_document", block="data"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_usable_is_one_error(folder: pathlib.Path, content: Any) -> None:
    write(folder, content)
    assert findings(folder) == [("HVN042", 1, "one.tf.json")]
    assert load(folder / "topology.yaml").checked is None


@pytest.mark.parametrize(
    "name", ["hub/one.tf", "hub/one.json", "hub/x/one.tf.json", "one.tf.json", "nowhere/one.tf.json"]
)
def test_a_file_at_a_wrong_place_is_an_error(folder: pathlib.Path, name: str) -> None:
    write(folder, GROUP, name)
    assert [id_ for id_, _, _ in findings(folder)] == ["HVN042"]


def test_a_block_in_two_files_is_an_error(folder: pathlib.Path) -> None:
    write(folder, GROUP)
    write(folder, GROUP, "hub/two.tf.json")
    assert findings(folder) == [("HVN042", 1, "two.tf.json")]
    write(folder, {**resource(), "output": {"extra_one": {"value": 1}}}, "hub/two.tf.json")
    assert findings(folder) == []


def test_the_line_of_a_syntax_error_is_reported(folder: pathlib.Path) -> None:
    write(folder, '{\n"resource": {\n')
    assert findings(folder) == [("HVN042", 3, "one.tf.json")]


def test_no_name_of_the_project_begins_with_extra(sample: Synthesized) -> None:
    for stack in sample.values():
        for block in extra_files.BLOCKS:
            types = stack.get(block, {})
            names = [*types, *(name for named in types.values() for name in named)]
            assert not [name for name in names if name.startswith("extra_")]


def test_an_edited_file_affects_its_workspace_at_the_file(repository: Repository) -> None:
    repository.git("switch", "-q", "main")
    write(repository.file.parent, GROUP)
    write(repository.file.parent, resource(), "network-orders/one.tf.json")
    repository.commit()
    repository.git("switch", "-q", "-C", "change")
    assert as_json(repository)["affected"] == []
    write(repository.file.parent, {**GROUP, "output": {"extra_one": {"value": 1}}})
    shutil.rmtree(repository.file.parent / "extra" / "network-orders")
    found = as_json(repository)
    assert [
        (one["workspace"], one["change"], [(line["file"], line["path"], line["before"]) for line in one["lines"]])
        for one in found["affected"]
    ] == [
        ("hub", "changed", [(str(repository.file.parent / "extra/hub/one.tf.json"), "extra", False)]),
        (
            "network-orders",
            "changed",
            [(str(repository.file.parent / "extra/network-orders/one.tf.json"), "extra", True)],
        ),
    ]
    assert base("main", repository.file).review == ()
