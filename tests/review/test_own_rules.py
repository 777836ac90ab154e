"""The review runs only the user's own rules of the base, and lists a changed rule."""

import json
import pathlib
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.affected.history import base
from hvn.cli import cli
from tests.affected.conftest import Repository, repository
from tests.affected.test_affected import as_json
from tests.check.test_own_rules import rule

__all__ = ["repository"]

NEW_SPOKE = (
    "spokes:\n",
    "spokes:\n  legacy:\n    cidr: 10.75.0.0/16\n    vault_route: none\n    subnets: {jobs: 10.75.0.0/24}\n",
)
TAGGED = ("    vault_route: none\n", '    vault_route: none\n    tags: {cost-center: "1"}\n')


def write(repository: Repository, text: str) -> pathlib.Path:
    file = repository.file.parent / "rules" / "cost_center.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def on_main(repository: Repository, text: str) -> pathlib.Path:
    repository.git("switch", "-q", "main")
    file = write(repository, text)
    repository.commit()
    repository.git("switch", "-q", "-C", "change")
    return file


def review(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """Return the findings of the review by id."""
    monkeypatch.chdir(repository.folder)
    options = ["review", "--base", "main", "--topology", "config/topology.yaml", "--format", "json"]
    done = CliRunner().invoke(cli, options, catch_exceptions=False)
    by_id: dict[str, list[Any]] = {}
    for finding in json.loads(done.stdout)["findings"]:
        by_id.setdefault(finding["id"], []).append(finding)
    return by_id


def test_a_new_rule_affects_no_workspace_and_does_not_run(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(repository, f"raise SystemExit(3)\n{rule()}")
    found = as_json(repository)
    assert (found["affected"], found["code"]) == ([], [])
    reported = review(repository, monkeypatch)
    assert reported.keys() == {"HVN927"}
    assert "config/rules/cost_center.py" in reported["HVN927"][0]["message"]


@pytest.mark.parametrize("level", ["WARNING", "ERROR"])
def test_a_new_finding_of_a_deleted_rule_is_reported(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    file = on_main(repository, rule(level=level))
    file.unlink()
    repository.edit(NEW_SPOKE)
    reported = review(repository, monkeypatch)
    assert [(one["path"], one["level"]) for one in reported["HVN936"]] == [("spokes.legacy", level.lower())]
    assert "OWN001" in reported["HVN936"][0]["message"]
    assert "config/rules/cost_center.py" in reported["HVN927"][0]["message"]
    repository.edit(TAGGED)
    assert "HVN936" not in review(repository, monkeypatch)


def test_an_accepted_finding_of_an_own_rule_is_reported(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_main(repository, rule())
    repository.edit(NEW_SPOKE, ("  legacy:\n", "  legacy: # hvn: allow OWN001 a pilot\n"))
    reported = review(repository, monkeypatch)
    assert [one["path"] for one in reported["HVN935"]] == ["spokes.legacy"]
    assert "HVN936" not in reported


def test_a_rule_beside_a_topology_outside_the_project_is_a_change_of_the_review(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hvn.affected.history.PROJECT", repository.folder.resolve() / "project")
    (repository.folder / "project").mkdir()
    file = on_main(repository, rule())
    file.with_name("new.py").write_text(rule("OWN002"), encoding="utf-8")
    file.write_text(rule("OWN003"), encoding="utf-8")
    changed = base("main", repository.file).review
    assert {"config/rules/cost_center.py", "config/rules/new.py"} <= set(changed)
