"""A kind needs one folder, one stack and one line in the registry. Then all commands and pages include the kind."""

import importlib
import json
import pathlib

import pytest
from click.testing import CliRunner

import main
from hvn.check.load import require
from hvn.cli import cli
from hvn.kinds import registry
from hvn.kinds.kind import Kind, origin
from hvn.kinds.registry import kind_of, kinds
from hvn.kinds.workspace import WorkspaceId, by_id
from hvn.rehearsal import run
from tests.affected.conftest import Repository
from tests.conftest import PROJECT, SAMPLE
from tests.kinds import audit

NODES = "      node_cidr: 10.64.0.0/20\n"


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Kind:
    monkeypatch.setattr(registry, "KINDS", (*registry.KINDS, audit.KIND))
    return audit.KIND


def test_each_spoke_with_a_cluster_gets_the_workspace(registered: Kind) -> None:
    workspaces = require(SAMPLE).workspaces()
    ids = [str(workspace.id) for workspace in workspaces if workspace.id.kind == "audit"]
    assert ids == ["audit-orders", "audit-payments"]
    assert by_id(workspaces)["audit-orders"].after == (WorkspaceId("aks", "orders"),)
    assert origin(kind_of(WorkspaceId("audit", "orders")), WorkspaceId("audit", "orders")) == (
        "spokes",
        "orders",
        "cluster",
    )


def test_the_app_synthesizes_and_the_rehearsal_deploys_it(registered: Kind, tmp_path: pathlib.Path) -> None:
    workspaces = [workspace for workspace in require(SAMPLE).workspaces() if workspace.id in RUN]
    main.synthesize(workspaces, str(tmp_path))
    stack = json.loads((tmp_path / "stacks" / "audit-orders" / "cdk.tf.json").read_text(encoding="utf-8"))
    assert stack["resource"]["azurerm_resource_group"]["audit"]["name"] == "rg-platform-orders-audit"
    rehearsal = run.rehearse(tmp_path, workspaces, faults=["permission-denied"])
    assert not rehearsal.failed, rehearsal.results


RUN = ("hub", "network-orders", "aks-orders", "audit-orders")


def test_a_change_of_its_inputs_and_a_rebuilt_cluster_affect_it(
    registered: Kind, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository.folder)
    repository.edit((NODES, NODES + "      pod_cidr: 100.80.0.0/16\n"))
    options = ["--base", "main", "--topology", "config/topology.yaml", "--format", "json"]
    run = CliRunner().invoke(cli, ["affected", *options], catch_exceptions=False)
    affected = {workspace["workspace"]: workspace for workspace in json.loads(run.output)["affected"]}
    assert affected["audit-payments"]["follows"] == "aks-payments"
    assert "audit-orders" not in affected


def test_the_docs_list_it(registered: Kind, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.syspath_prepend(PROJECT / "tools")
    sample = importlib.import_module("pages.sample").synthesized(require(SAMPLE))
    page = importlib.import_module("pages.workspaces").made(sample)
    assert "`audit-<spoke>`" in page
    rights = importlib.import_module("rights")
    built = next(one for one in sample if one.workspace.id == "audit-orders")
    assert {type_ for _, type_, _ in rights.needs(audit.KIND, built.json)} == {"`azurerm_resource_group`"}


def test_a_kind_is_one_folder_one_stack_and_one_line() -> None:
    for kind in kinds():
        folder = kind.name.replace("-", "_")
        assert importlib.import_module(f"hvn.kinds.{folder}").KIND is kind
        assert (PROJECT / "hvn" / "kinds" / folder).is_dir()
        assert callable(importlib.import_module(kind.stack).build)


def test_ids_are_values() -> None:
    id_ = WorkspaceId("vault-auth", "payments")
    assert (id_, id_.kind, id_.spoke) == ("vault-auth-payments", "vault-auth", "payments")
    assert WorkspaceId("hub").spoke is None
    assert json.loads(json.dumps({id_: [id_]})) == {"vault-auth-payments": ["vault-auth-payments"]}
