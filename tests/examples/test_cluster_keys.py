"""The workflow to copy: little rights, fixed actions, and its commands do what they say."""

import os
import pathlib
import re
import subprocess
from typing import Any

import pytest
import yaml

FILE = pathlib.Path(__file__).parents[2] / "examples" / "github" / "cluster-keys.yml"
JOBS: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["jobs"]


def test_actions_are_fixed_by_commit() -> None:
    used = [step["uses"] for job in JOBS.values() for step in job["steps"] if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", each) for each in used), used


def test_only_the_second_job_may_write() -> None:
    assert yaml.safe_load(FILE.read_text(encoding="utf-8"))["permissions"] == {}
    assert JOBS["check"]["permissions"] == {"contents": "read"}
    assert JOBS["pull-request"]["permissions"] == {"contents": "write", "pull-requests": "write"}


def test_no_step_puts_an_expression_into_its_script() -> None:
    assert not any("${{" in step.get("run", "") for job in JOBS.values() for step in job["steps"])


DRIFT = "::error file=config/jwks/payments.json,line=1::a key"


@pytest.mark.parametrize(
    ("code", "prints", "ends", "says"),
    [
        (0, "", 0, ""),
        (0, "::warning ::x", 0, ""),
        (1, DRIFT, 0, "drift=true\n"),
        (2, "", 2, ""),
        (2, DRIFT, 2, "drift=true\n"),
    ],
)
def test_drift_is_told_apart_from_failure(tmp_path: pathlib.Path, code: int, prints: str, ends: int, says: str) -> None:
    output = tmp_path / "output"
    output.touch()
    stand_in(tmp_path / "bin" / "hvn", f"echo '{prints}'; exit {code}")
    (step,) = (each for each in JOBS["check"]["steps"] if each.get("id") == "check")
    assert run(step["run"], tmp_path, GITHUB_OUTPUT=str(output)) == ends
    assert output.read_text() == says


def test_a_cluster_that_cannot_be_asked_does_not_hide_the_drift_of_another() -> None:
    """GitHub skips a job whose `needs` failed unless its condition has a status function."""
    assert "!cancelled()" in JOBS["pull-request"]["if"]


@pytest.mark.parametrize("code", [0, 2])
@pytest.mark.parametrize("there", [True, False])
def test_a_pull_request_is_opened_once(tmp_path: pathlib.Path, there: bool, code: int) -> None:
    (tmp_path / "config" / "jwks").mkdir(parents=True)
    file = tmp_path / "config" / "jwks" / "payments.json"
    file.write_text("old")
    log = tmp_path / "log"
    stand_in(tmp_path / "bin" / "hvn", f'echo "hvn $*" >> {log}; echo new > {file}; exit {code}')
    stand_in(tmp_path / "path" / "gh", f'echo "gh $1 $2" >> {log}; test "$2" = create || echo "{"5" if there else ""}"')
    remote = tmp_path / "remote.git"
    for command in (
        f"git init -q --bare {remote}",
        "git init -q -b main",
        "git add config",
        "git -c user.name=a -c user.email=a@example.com commit -qm first",
        f"git remote add origin {remote}",
    ):
        assert run(command, tmp_path) == 0
    (step,) = (each for each in JOBS["pull-request"]["steps"] if "gh pr create" in each.get("run", ""))
    assert run(step["run"], tmp_path, BASE="main") == code
    wanted = ["hvn keys pull", "gh pr list", *([] if there else ["gh pr create"])]
    assert log.read_text().splitlines() == wanted
    assert run("git -C remote.git show cluster-keys:config/jwks/payments.json | grep -q new", tmp_path) == 0


def stand_in(file: pathlib.Path, script: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def run(script: str, folder: pathlib.Path, **more: str) -> int:
    """As GitHub runs a step: bash that stops at the first error."""
    environment = {"PATH": f"{folder / 'path'}:{os.environ['PATH']}", "HOME": str(folder), **more}
    bash = ["bash", "-eo", "pipefail", "-c", script]
    return subprocess.run(bash, cwd=folder, env=environment, check=False).returncode
