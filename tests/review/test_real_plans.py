"""With plans of the real providers, the review reports no false drift, and writes the same findings and comment as with
the rehearsal's plans.
"""

import json
import pathlib
import shutil
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from hvn.review.plan_files import read
from tests.affected.conftest import Repository
from tests.review.conftest import Planner

FOLDER = pathlib.Path(__file__).parent / "real_plans"
SIZE = "vm_size: Standard_D4s_v5, min_count: 2, max_count: 3"
SHIPPING = "  shipping:\n    cidr: 10.66.0.0/16\n    vault_route: direct\n    subnets: {jobs: 10.66.0.0/24}\n"
EDITS = {
    "vm-size": (SIZE, SIZE.replace("D4s", "D8s")),
    "tier": ("tier: standard_small", "tier: standard_medium"),
    "fw-premium": ("sku_tier: Standard", "sku_tier: Premium"),
    "runners-subnet": ("    cidr: 10.0.0.64/27", "    cidr: 10.0.0.96/27"),
    "keys-issuer": ("vault_login: {keys: pubkeys}", "vault_login: {keys: issuer}"),
    "secret-restart": (
        "destination: checkout-secrets}",
        "destination: checkout-secrets, restart: [{kind: Deployment, name: checkout}]}",
    ),
    "subnet-resize": ("      jobs: 10.96.0.0/24\n", "      jobs: 10.96.0.0/25\n"),
    "spoke-new": ("  analytics: # reaches", f"{SHIPPING}  analytics: # reaches"),
}
FOUND = {
    "vm-size": {("nodes-replaced", "aks-payments")},
    "tier": set(),
    "fw-premium": {("egress-cut", "hub")},
    "runners-subnet": {
        ("network-moved", "hub"),
        ("incomplete-review", "hub"),
        ("peering-cut", "peering-hub"),
        ("firewall-opened", "hub"),
        ("firewall-closed", "hub"),
    },
    "keys-issuer": {("keys-changed", "vault-auth-payments"), ("warning-added", None)},
    "secret-restart": set(),
    "subnet-resize": {("network-moved", "network-analytics")},
    "spoke-new": set(),
}


# The recorded plans change separate subnets, but today's Terraform has inline subnets. The review reports this
# difference.
SEPARATE_SUBNETS = {
    "runners-subnet": [
        ("network-moved", "hub"),
        ("incomplete-review", "hub"),
        ("incomplete-review", "hub"),
        ("unexplained-change", "hub"),
    ],
    "subnet-resize": [
        ("network-moved", "network-analytics"),
        ("incomplete-review", "network-analytics"),
        ("unexplained-change", "network-analytics"),
    ],
}
# The cluster of the recorded plans has different keys, and HCP returns the tier in capital letters.
DIFFERENT_VALUES = ("keys-issuer", "tier")


def review(plans: pathlib.Path) -> Any:
    command = ["review", str(plans), "--base", "main", "--topology", "config/topology.yaml", "--fail-on", "never"]
    return json.loads(CliRunner().invoke(cli, [*command, "--format", "json"], catch_exceptions=False).stdout)


def test_every_folder_has_an_edit() -> None:
    assert {folder.name for folder in FOLDER.iterdir() if folder.is_dir()} == EDITS.keys() == FOUND.keys()


@pytest.mark.parametrize("name", EDITS)
def test_a_deployment_leaves_no_drift(name: str) -> None:
    for file in (FOLDER / name).iterdir():
        plan = read(file.stem, file)
        assert (plan.drift, plan.unknowns, plan.failed) == ((), (), False)
        assert plan.changes


@pytest.mark.parametrize("name", EDITS)
def test_the_findings(name: str, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository.folder)
    repository.edit(EDITS[name])
    document = review(FOLDER / name)
    # Only `hvn plans` compares plans with the edit.
    not_compared = ("unreviewed-opening", "warning"), ("incomplete-review", "warning")
    found = [finding for finding in document["findings"] if (finding["name"], finding["level"]) not in not_compared]
    uncompared = [one["workspace"] for one in document["findings"] if (one["name"], one["level"]) == not_compared[1]]
    assert {*uncompared} == {plan["workspace"] for plan in document["plans"]}
    assert {(finding["name"], finding["workspace"]) for finding in found} == FOUND[name]
    # The recorded plan of the hub has separate subnets, which the hub no longer has.
    assert all(plan["approved"] for plan in document["plans"]) == (name != "runners-subnet")
    assert "### Drift" not in document["comment"]


# The recorded plan of a new spoke creates separate subnets, but the spoke has inline subnets today.
@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in EDITS if name != "spoke-new"])
def test_the_rehearsal_gives_the_same_comment(
    name: str, planner: Planner, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository.folder)
    repository.edit(EDITS[name])
    texts = {file.stem: file.read_text(encoding="utf-8") for file in (FOLDER / name).iterdir()}
    folders = [repository.folder.parent / folder for folder in ("real", "rehearsed")]
    planner.plans(repository, folders[0], texts=texts)
    shutil.rmtree(repository.folder.parent / "before")
    planner.plans(repository, folders[1])
    real, rehearsed = map(review, folders)
    outdated = [finding for finding in real["findings"] if finding not in rehearsed["findings"]]
    assert [(finding["name"], finding["workspace"]) for finding in outdated] == SEPARATE_SUBNETS.get(name, [])
    assert [finding for finding in real["findings"] if finding not in outdated] == rehearsed["findings"]
    until = "<details>" if name in (*DIFFERENT_VALUES, *SEPARATE_SUBNETS) else "\nNot shown: "
    comments = [document["comment"].partition(until)[0] for document in (real, rehearsed)]
    if outdated:
        only_rehearsed = [line for line in comments[1].splitlines() if line not in comments[0].splitlines()]
        assert [line.partition(":")[0] for line in only_rehearsed] == ["## Stop and read"]
    else:
        assert comments[0] == comments[1]
