"""`hvn workspaces` lists the workspaces in deployment order, with the number of resources, and shows which workspaces
are blocked."""

import json
import pathlib
import re
from typing import Any, get_args

import pytest
import yaml
from click.testing import CliRunner, Result

from hvn import cdktf
from hvn.check.load import require
from hvn.cli import cli
from hvn.kinds.workspace import FINGERPRINT
from hvn.topology.step import Owner
from tests.check.cases import BASES, TEXTS, case
from tests.conftest import PROJECT, SAMPLE
from tests.strategies import dump

KEYS = "blocked id after spoke resources data_sources"


def run(file: pathlib.Path, *arguments: str | pathlib.Path) -> Result:
    return CliRunner().invoke(cli, ["workspaces", "--topology", str(file), *map(str, arguments)])


def listed(file: pathlib.Path, *arguments: str | pathlib.Path) -> list[dict[str, Any]]:
    done = run(file, "--format", "json", *arguments)
    assert (done.exit_code, done.stderr) == (0, "")
    found: list[dict[str, Any]] = json.loads(done.stdout)["workspaces"]
    return found


def topology(folder: pathlib.Path, spokes: str) -> pathlib.Path:
    """Write the smallest topology with these spokes, and return the file."""
    file = folder / "topology.yaml"
    file.write_text((BASES / "smallest.yaml").read_text(encoding="utf-8") + spokes, encoding="utf-8")
    return file


CLUSTER = """
    cluster:
      kubernetes_version: "1.36"
      node_cidr: 10.64.0.0/20
      node_pool: {vm_size: Standard_D4s_v5, min_count: 1, max_count: 2}"""
APPS = """
      apps: {web: {namespace: shop, secrets: [{path: a, destination: b}]}}"""
ISSUER = """
      vault_login: {keys: issuer}"""


@pytest.mark.parametrize(
    ("spoke", "workspaces"),
    [
        ("{cidr: 10.64.0.0/16, vault_route: none}", "network-one"),
        ("{cidr: 10.64.0.0/16, vault_route: direct}", "network-one peering-one"),
        (f"\n    cidr: 10.64.0.0/16\n    vault_route: none{CLUSTER}", "network-one aks-one"),
        (
            f"\n    cidr: 10.64.0.0/16\n    vault_route: direct{CLUSTER}{APPS}{ISSUER}",
            "network-one peering-one aks-one vault-auth-one vso-one secrets-one",
        ),
    ],
)
def test_a_spoke_has_the_workspaces_of_the_contract(spoke: str, workspaces: str, tmp_path: pathlib.Path) -> None:
    found = listed(topology(tmp_path, f"spokes:\n  one: {spoke}\n"))
    of_all = [each["id"] for each in found if each["spoke"] is None]
    of_the_spoke = [each["id"] for each in found if each["spoke"] == "one"]
    assert (of_all, of_the_spoke) == (["hcp", "hub", "peering-hub", "vault"], workspaces.split())
    assert {key for each in found for key in each} == set(KEYS.split())


def test_each_workspace_comes_after_its_dependencies() -> None:
    found = listed(SAMPLE)
    ids = [each["id"] for each in found]
    assert len(ids) == len(set(ids))
    for index, each in enumerate(found):
        assert set(each["after"]) <= set(ids[:index]), each["id"]
    after = {each["id"]: set(each["after"]) for each in found}
    assert {"hcp", "hub"} <= after["peering-hub"]
    assert {"hcp", "network-orders"} <= after["peering-orders"]
    assert "hub" in after["network-orders"]
    assert "network-orders" in after["aks-orders"]


def test_missing_keys_block_a_workspace_and_its_dependents(tmp_path: pathlib.Path) -> None:
    file = topology(tmp_path, f"spokes:\n  one:\n    cidr: 10.64.0.0/16\n    vault_route: direct{CLUSTER}{APPS}\n")
    held = {each["id"]: each["blocked"] for each in listed(file) if each["blocked"]}
    assert list(held) == ["vault-auth-one", "secrets-one"]
    assert "jwks/one.json" in held["vault-auth-one"]
    assert "vault-auth-one" in held["secrets-one"]
    text = run(file).stdout
    assert "2 blocked:" in text
    for workspace, reason in held.items():
        assert f"  {workspace}: {reason}\n" in text


def test_resources_are_counted_in_the_output_of_this_topology(tmp_path: pathlib.Path) -> None:
    out = tmp_path / "cdktf.out"
    file = BASES / "smallest.yaml"
    fingerprints: dict[str, str] = {
        each.id: each.inputs.fingerprint for each in require(file).workspaces() if each.inputs
    }
    synthesized = {
        "hcp": '{"resource": {"a": {"one": {}, "two": {}}, "b": {"one": {}}}, "data": {"c": {"one": {}}}}',
        "hub": "{}",
        "vault": '{"a":' * 100_000,  # JSON that is too deep, and truncated JSON
        "peering-hub": '{"resource": {"a": {"one": {}}}}',
    }
    fingerprints["peering-hub"] = "of another topology"
    for workspace, text in synthesized.items():
        (out / "stacks" / workspace).mkdir(parents=True)
        (out / "stacks" / workspace / "cdk.tf.json").write_text(text, encoding="utf-8")
        (out / "stacks" / workspace / FINGERPRINT).write_text(fingerprints[workspace], encoding="utf-8")
    counts = {each["id"]: (each["resources"], each["data_sources"]) for each in listed(file, "--output", out)}
    assert counts == {"hcp": (3, 1), "hub": (0, 0), "peering-hub": (None, None), "vault": (None, None)}
    text = run(file, "--output", out).stdout
    rows = [line.split() for line in text.splitlines()]
    assert ["hcp", "3", "1", "-"] in rows
    assert ["vault", "-", "-", "hcp,", "peering-hub"] in rows
    assert "bin/cdktf synth" in text, "how to get the missing numbers"


def test_another_topology_is_counted_where_cdktf_writes_it(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hvn.commands.workspaces.PROJECT", tmp_path)
    file = BASES / "smallest.yaml"
    out, found = cdktf.known({"HVN_TOPOLOGY": str(file)})
    (stack,) = (each for each in found if each.id == "hcp")
    assert stack.inputs
    assert out != cdktf.known({"HVN_TOPOLOGY": str(SAMPLE)})[0]
    folder = tmp_path / out / "stacks" / "hcp"
    folder.mkdir(parents=True)
    (folder / FINGERPRINT).write_text(stack.inputs.fingerprint, encoding="utf-8")
    (folder / "cdk.tf.json").write_text('{"resource": {"a": {"one": {}}}}', encoding="utf-8")
    assert {each["id"]: each["resources"] for each in listed(file)}["hcp"] == 1


def test_a_narrow_terminal_cuts_no_workspace_name(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    file = tmp_path / "topology.yaml"
    file.write_text(dump(case("longest-names").good), encoding="utf-8")
    rows = run(file).stdout.splitlines()
    for each in listed(file):
        assert any({each["id"], *each["after"]} <= set(row.replace(",", " ").split()) for row in rows), each["id"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_topology_with_errors_has_no_workspaces(form: str) -> None:
    done = run(TEXTS / "other-line.yaml", "--format", form)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.count("HVN111") == 2


def test_a_missing_file_is_an_error(tmp_path: pathlib.Path) -> None:
    done = run(tmp_path)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def steps_of(file: pathlib.Path) -> list[dict[str, Any]]:
    done = run(file, "--format", "json")
    assert done.exit_code == 0, done.output
    steps: list[dict[str, Any]] = json.loads(done.stdout)["manual_steps"]
    return steps


TOPOLOGIES = [
    *sorted((PROJECT / "tests" / "topologies").glob("*.yaml")),
    *sorted(file for file in (PROJECT / "tests" / "networks").glob("*.yaml") if file.stem != "expected"),
]


@pytest.mark.parametrize("file", TOPOLOGIES, ids=lambda file: file.stem)
def test_each_manual_step_names_a_workspace_of_the_topology(file: pathlib.Path) -> None:
    ids = {workspace["id"] for workspace in listed(file)}
    for step in steps_of(file):
        assert [*step] == ["workspace", "when", "owner", "commands", "text"]
        assert step["workspace"] in ids | {None}, step
        assert (step["workspace"] is None) is (step["when"] is None), step
        assert step["owner"] in get_args(Owner)
        assert all(command in step["text"] for command in step["commands"])


def test_the_manual_steps_of_an_existing_hub_have_their_workspaces_and_owners(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    text = (PROJECT / "tests" / "topologies" / "existing.yaml").read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    places = {(step["owner"], step["when"], step["workspace"]) for step in steps_of(file)}
    assert {("hub", "before", "vault"), ("spoke", "before", "network-payments")} <= places


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({}, {("vault", "10.0.0.64/27")}),
        ({"gateway": {"cidr": "10.0.0.96/27"}}, {("vault", "10.0.0.64/27"), ("hub", "10.0.0.96/27")}),
        ({"gateway": {"cidr": "10.0.0.96/27", "existing": True}}, {("vault", "10.0.0.64/27")}),
        ({"bastion": {"cidr": "10.0.0.128/26"}}, {("vault", "10.0.0.64/27"), ("hub", "10.0.0.128/26")}),
    ],
)
def test_the_steps_of_a_new_hub_fill_its_subnets(
    patch: dict[str, Any], expected: set[tuple[str, str]], tmp_path: pathlib.Path
) -> None:
    file = tmp_path / "topology.yaml"
    topology = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    file.write_text(dump({**topology, "hub": topology["hub"] | patch}), encoding="utf-8")
    cidr = re.compile(r"subnet (10\.\S+/\d+)", re.IGNORECASE)
    assert {(step["workspace"], cidr.findall(step["text"])[0]) for step in steps_of(file)} == expected


def test_the_step_of_a_vault_namespace_has_its_command(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    text = SAMPLE.read_text(encoding="utf-8")
    file.write_text(text.replace("namespace: admin\n", "namespace: admin/platform\n"), encoding="utf-8")
    (step,) = (step for step in steps_of(file) if step["owner"] == "vault")
    assert {key: step[key] for key in ("workspace", "when", "owner", "commands")} == {
        "workspace": "vault",
        "when": "before",
        "owner": "vault",
        "commands": ["vault namespace create -namespace=admin platform"],
    }


def test_the_owner_of_an_existing_gateway_subnet_adds_routes_to_each_appliance(tmp_path: pathlib.Path) -> None:
    topology = yaml.safe_load((PROJECT / "tests/check/bases/existing-hub.yaml").read_text(encoding="utf-8"))
    routes = {"tokyo": {"destination": "192.168.0.0/16", "next_hop": "10.0.3.4"}}
    own = {"routes": {"all": {"destination": "0.0.0.0/0", "next_hop": "10.0.3.5"}}}
    topology["on_premises"] = {"tokyo": ["192.168.0.0/16"]}
    topology["hub"]["existing"]["gateway"] = True
    spoke = {"vault_route": "none", "use_remote_gateways": True}
    topology["spokes"] = {
        "web": {**spoke, "cidr": "10.66.0.0/16", "routes": routes, "subnets": {"a": "10.66.1.0/24"}},
        "app": {**spoke, "cidr": "10.67.0.0/16", "subnets": {"a": "10.67.0.0/24"}},
        "db": {**spoke, "cidr": "10.68.0.0/16", "subnets": {"a": {"cidr": "10.68.0.0/24", "route": "own"}}},
    }
    topology["spokes"]["db"]["route_tables"] = {"own": own}
    file = tmp_path / "topology.yaml"
    file.write_text(dump(topology), encoding="utf-8")
    found = {}
    for step in steps_of(file):
        if hop := re.search(r"with the next hop (\S+) to the route table of GatewaySubnet", step["text"]):
            found[hop[1]] = set(re.findall(r"10\.6\d\.\d+\.0/\d+", step["text"]))
    assert found == {
        "10.0.0.4": {"10.67.0.0/16", "10.68.0.0/16"},
        "10.0.3.4": {"10.66.0.0/16"},
        "10.0.3.5": {"10.68.0.0/24"},
    }
