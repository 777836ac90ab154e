"""Read the findings of a review from its JSON."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from tests.affected.conftest import Repository

Finding = Mapping[str, Any]
Findings = Mapping[str, Sequence[Finding]]


def review(repository: Repository, monkeypatch: pytest.MonkeyPatch, *arguments: str, **plans: bytes) -> dict[str, Any]:
    """Return the JSON of a review with these plans by workspace."""
    monkeypatch.chdir(repository.folder)
    folder = repository.folder.parent / "plans"
    folder.mkdir(exist_ok=True)
    for name, content in plans.items():
        (folder / f"{name.replace('_', '-')}.json").write_bytes(content)
    command = ["review", str(folder), "--base", "main", "--topology", "config/topology.yaml", "--format", "json"]
    run = CliRunner().invoke(cli, [*command, *arguments], catch_exceptions=False)
    document: dict[str, Any] = json.loads(run.stdout)
    return document


def findings(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, *arguments: str, **plans: bytes
) -> dict[str, list[dict[str, Any]]]:
    """Return the findings of a review with these plans by workspace, by the name of their rule."""
    by_rule: dict[str, list[dict[str, Any]]] = {}
    for finding in review(repository, monkeypatch, *arguments, **plans)["findings"]:
        by_rule.setdefault(finding["name"], []).append(finding)
    return by_rule


def impact(finding: Finding) -> str:
    """Return the impact as one text."""
    return " | ".join(finding["impact"])


def steps(finding: Finding) -> str:
    """Return the manual steps as one text."""
    return " | ".join(finding["manual_steps"])
