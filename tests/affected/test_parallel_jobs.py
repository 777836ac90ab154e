"""Parallel jobs plan a change of many spokes: four processes rehearse the jobs of a matrix."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from tests.affected.conftest import Repository
from tests.conftest import PROJECT
from tests.rehearsal.conftest import NO_TERRAFORM

MACHINES = 4


@pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)
@pytest.mark.parametrize(
    "spokes",
    [pytest.param(8, marks=pytest.mark.whole), pytest.param(300, marks=pytest.mark.moments)],
)
def test_parallel_jobs_rehearse_every_affected_workspace_once(repository: Repository, spokes: int) -> None:
    repository.git("switch", "-q", "main")
    repository.edit(("\nhub:", "  more: 10.128.0.0/9\n\nhub:"))
    text = repository.file.read_text(encoding="utf-8")
    new = "".join(
        f"  s{number}:\n    cidr: 10.{128 + number // 16}.{number % 16 * 16}.0/20\n    vault_route: none\n"
        for number in range(spokes)
    )
    repository.file.write_text(text.replace("spokes:\n  payments", f"spokes:\n{new}  payments"), encoding="utf-8")
    repository.commit()
    repository.git("switch", "-q", "-C", "change")
    repository.edit(("owner: platform-team", "owner: network-team"))

    wave = _hvn("affected", "--base", "main", "--format", "matrix", "--topology", str(repository.file))["waves"][0]
    jobs = [job["workspaces"].split() for job in wave["github"]["include"] if job["name"].startswith("network-s")]
    assert len(jobs) <= 256
    assert sorted(id_ for job in jobs for id_ in job if id_.startswith("network-s")) == sorted(
        f"network-s{number}" for number in range(spokes)
    )
    with ThreadPoolExecutor(MACHINES) as pool:
        machines = [[id_ for job in jobs[number::MACHINES] for id_ in job] for number in range(MACHINES)]
        done = list(pool.map(lambda ids: _process(repository, ids), machines))
    rehearsed = [one["id"] for report in done for one in report["workspaces"]]
    assert all(one["destroyed"] and not one["failures"] for report in done for one in report["workspaces"])
    assert {id_ for job in jobs for id_ in job} <= {*rehearsed}


def _hvn(*arguments: str) -> Any:
    run = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert run.exit_code == 0, run.output
    return json.loads(run.output)


def _process(repository: Repository, ids: list[str]) -> Any:
    command = [sys.executable, "-m", "hvn", "rehearse", *ids, "--topology", str(repository.file), "--format", "json"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)
