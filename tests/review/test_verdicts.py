"""The review reports the expected verdict on each edit and forged change in `verdicts/*.yaml`, from Terraform's plans
with fake providers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from tests.affected.conftest import Repository
from tests.review.conftest import Planner
from tests.review.verdicts import Case, cases
from tests.review.verdicts.world import World, cheat, prepare

CALM = "The plans and the topology show no destroyed or replaced resource and no wider access"


@pytest.fixture(scope="session")
def world(planner: Planner, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(planner, tmp_path_factory.mktemp("verdicts"))


SAMPLE = {
    *("code: a policy reads every secret", "code: another address of Vault", "code: a moved block"),
    *("file: a host for every spoke", "file: another namespace of Vault", "file: more nodes"),
    *(
        "plan: a plan with another value than the file",
        "plan: an honest plan",
        "plan: one dangerous change among sixty",
    ),
    *("code: another description of a mount", "code: another provider's version"),
    *("state: a policy was widened outside", "state: an earlier edit was not applied"),
}
"""Every test run includes these cases. All cases together take minutes."""


def parameters() -> Iterator[Any]:
    """Yield the cases. All cases outside `SAMPLE` have a mark."""
    for case in cases():
        name = f"{case.kind}: {case.name}"
        yield pytest.param(case, id=name, marks=pytest.mark.slow if name in SAMPLE else pytest.mark.whole)


def test_the_sample_exists() -> None:
    assert {f"{case.kind}: {case.name}" for case in cases()} >= SAMPLE


@pytest.mark.parametrize("case", list(parameters()))
def test_the_verdict(case: Case, world: World, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = repository.folder.parent / "plans"
    prepare(case, repository)
    world.plans(case, repository, folder)
    cheat(case, folder)
    monkeypatch.chdir(repository.folder)
    command = ["review", str(folder), "--base", "main", "--topology", "config/topology.yaml", "--format", "json"]
    run = CliRunner().invoke(cli, command, catch_exceptions=False)
    document = json.loads(run.stdout)
    assert reported(document) == {rule: sorted(ids) for rule, ids in case.expect.items()}, document["comment"]
    assert run.exit_code == case.exit
    assert case.phrase in document["comment"]
    assert (CALM in document["comment"]) is not bool(case.expect)


def reported(document: Any) -> dict[str, list[str]]:
    """Return the workspaces of the findings by rule; `-` stands for a finding without a workspace."""
    by_rule: dict[str, set[str]] = {}
    for finding in document["findings"]:
        by_rule.setdefault(finding["name"], set()).add(finding["workspace"] or "-")
    return {rule: sorted(ids) for rule, ids in by_rule.items()}
