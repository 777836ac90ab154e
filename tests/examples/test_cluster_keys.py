"""Test cluster-keys.yml: it has few permissions and pinned actions, and its steps open a pull request for changed
keys."""

import pathlib
import re
from typing import Any

import pytest
import yaml

from tests.examples.shell import fake_program, run_step

FILE = pathlib.Path(__file__).parents[2] / "examples" / "github" / "cluster-keys.yml"
JOBS: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["jobs"]


def test_actions_are_pinned_by_commit() -> None:
    actions = [step["uses"] for job in JOBS.values() for step in job["steps"] if "uses" in step]
    assert actions
    assert [action for action in actions if not re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action)] == []


def test_only_the_second_job_has_write_permission() -> None:
    assert yaml.safe_load(FILE.read_text(encoding="utf-8"))["permissions"] == {}
    assert JOBS["check"]["permissions"] == {"contents": "read"}
    assert JOBS["pull-request"]["permissions"] == {"contents": "write", "pull-requests": "write"}


def test_no_script_contains_an_expression() -> None:
    assert not any("${{" in step.get("run", "") for job in JOBS.values() for step in job["steps"])


DRIFT = "::error file=config/jwks/payments.json,line=1::a key"


@pytest.mark.parametrize(
    ("code", "output", "status", "variables"),
    [
        (0, "", 0, ""),
        (0, "::warning ::x", 0, ""),
        (1, DRIFT, 0, "drift=true\n"),
        (2, "", 2, ""),
        (2, DRIFT, 2, "drift=true\n"),
    ],
)
def test_drift_sets_a_variable_and_failure_fails_the_job(
    tmp_path: pathlib.Path, code: int, output: str, status: int, variables: str
) -> None:
    file = tmp_path / "output"
    file.touch()
    fake_program(tmp_path / "bin" / "hvn", f"echo '{output}'; exit {code}")
    (step,) = (step for step in JOBS["check"]["steps"] if step.get("id") == "check")
    assert run_step(step["run"], tmp_path, GITHUB_OUTPUT=str(file)).returncode == status
    assert file.read_text() == variables


def test_an_unreadable_issuer_does_not_hide_the_drift_of_another_cluster() -> None:
    """If a job in `needs` fails, GitHub skips the dependent job, unless the `if` of the dependent job has a status
    function.
    """
    assert "!cancelled()" in JOBS["pull-request"]["if"]


@pytest.mark.parametrize("code", [0, 2])
@pytest.mark.parametrize("exists", [True, False])
def test_a_pull_request_is_opened_once(tmp_path: pathlib.Path, exists: bool, code: int) -> None:
    (tmp_path / "config" / "jwks").mkdir(parents=True)
    file = tmp_path / "config" / "jwks" / "payments.json"
    file.write_text("old")
    log = tmp_path / "log"
    fake_program(tmp_path / "bin" / "hvn", f'echo "hvn $*" >> {log}; echo new > {file}; exit {code}')
    gh = f'echo "gh $1 $2" >> {log}; test "$2" = create || echo "{"5" if exists else ""}"'
    fake_program(tmp_path / "path" / "gh", gh)
    remote = tmp_path / "remote.git"
    for command in (
        f"git init -q --bare {remote}",
        "git init -q -b main",
        "git add config",
        "git -c user.name=a -c user.email=a@example.com commit -qm first",
        f"git remote add origin {remote}",
    ):
        assert run_step(command, tmp_path).returncode == 0
    (step,) = (step for step in JOBS["pull-request"]["steps"] if "gh pr create" in step.get("run", ""))
    assert run_step(step["run"], tmp_path, BASE="main").returncode == code
    assert log.read_text().splitlines() == ["hvn keys pull", "gh pr list", *([] if exists else ["gh pr create"])]
    pushed = run_step("git -C remote.git show cluster-keys:config/jwks/payments.json", tmp_path)
    assert pushed.stdout == "new\n"
