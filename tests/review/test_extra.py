"""A review names the user's own Terraform, and approves its plan, which real Terraform wrote, by digest."""

import json
import pathlib
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from tests.affected.conftest import Repository
from tests.review.conftest import Planner
from tests.review.findings import findings

PRINCIPAL = "12345678-0000-4000-8000-000000000000"
GROUP = "${azurerm_resource_group.hub.id}"
ROLE = {"scope": GROUP, "role_definition_name": "Owner", "principal_id": PRINCIPAL}


def write(repository: Repository, **roles: Any) -> None:
    file = repository.file.parent / "extra" / "hub" / "roles.tf.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"resource": {"azurerm_role_assignment": roles}}), encoding="utf-8")


def test_changed_blocks_are_named_without_a_plan(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.git("switch", "-q", "main")
    write(repository, extra_old=ROLE, extra_same=ROLE, extra_changed=ROLE)
    repository.commit()
    repository.git("switch", "-q", "-C", "change")
    assert "extra-changed" not in findings(repository, monkeypatch)
    write(repository, extra_new=ROLE, extra_same=ROLE, extra_changed={**ROLE, "description": "x"})
    (finding,) = findings(repository, monkeypatch)["extra-changed"]
    assert (finding["workspace"], finding["level"]) == ("hub", "warning")
    names = ("adds azurerm_role_assignment.extra_new", "changes azurerm_role_assignment.extra_changed")
    assert all(name in finding["message"] for name in (*names, "removes azurerm_role_assignment.extra_old"))
    assert "extra_same" not in finding["message"]


@pytest.mark.slow
def test_a_plan_with_extra_blocks_is_approved_and_its_openings_are_named(
    planner: Planner, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(repository, extra_reader=ROLE)
    plans = repository.folder.parent / "plans"
    planner.plans(repository, plans)
    reported = findings(repository, monkeypatch)
    assert reported.keys() == {"extra-changed"}
    assert "Owner" in reported["extra-changed"][0]["message"]
    assert approved(plans)


@pytest.mark.slow
def test_a_plan_with_a_block_that_no_file_contains_is_not_approved(
    planner: Planner, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(repository, extra_reader=ROLE)
    plans = repository.folder.parent / "plans"
    planner.plans(repository, plans)
    write(repository, extra_reader={**ROLE, "role_definition_name": "Reader"})
    monkeypatch.chdir(repository.folder)
    assert not approved(plans)


def approved(plans: pathlib.Path) -> bool:
    options = ["review", str(plans), "--base", "main", "--topology", "config/topology.yaml", "--format", "json"]
    run = CliRunner().invoke(cli, options, catch_exceptions=False)
    return [plan["approved"] for plan in json.loads(run.stdout)["plans"]] == [True]
