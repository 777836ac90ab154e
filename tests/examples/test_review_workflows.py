"""Test review.yml, apply.yml and drift.yml: their permissions, pinned actions, and the effect of their scripts."""

import json
import pathlib
import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from hvn.cli import cli
from tests.examples.shell import fake_program, run_step

FOLDER = pathlib.Path(__file__).parents[2] / "examples" / "github"
NAMES = ("review", "apply", "drift")
FILES: dict[str, Any] = {name: yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8")) for name in NAMES}
JOBS = {f"{name}.{job}": body for name in NAMES for job, body in FILES[name]["jobs"].items()}


@pytest.mark.parametrize("job", JOBS)
def test_actions_are_pinned_and_scripts_contain_no_expression(job: str) -> None:
    for step in JOBS[job]["steps"]:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step.get("uses", "actions/a@" + "0" * 40))
        assert "${{" not in step.get("run", "")
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", NAMES)
def test_only_jobs_inside_the_network_get_a_secret_and_permissions_default_to_none(name: str) -> None:
    assert FILES[name]["permissions"] == {}
    text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    with_token = [job for job in FILES[name]["jobs"].values() if "TF_TOKEN_app_terraform_io" in job.get("env", {})]
    assert all("hub" in job["runs-on"] for job in with_token)
    assert text.count("secrets.") == text.count("secrets.TF_TOKEN_APP_TERRAFORM_IO") == len(with_token)
    assert with_token
    assert all("timeout-minutes" in job for job in FILES[name]["jobs"].values())


def test_no_job_has_both_write_permission_and_a_cloud_credential() -> None:
    permissions = {name: JOBS[name]["permissions"] for name in JOBS}
    assert permissions["review.affected"] == {"contents": "read"}
    assert permissions["review.plan"] == {"contents": "read", "id-token": "write"}
    assert permissions["review.comment"] == {"contents": "read", "pull-requests": "write"}
    assert permissions["drift.drift"] == {"contents": "read", "id-token": "write"}
    credential = {"contents": "read", "id-token": "write", "pull-requests": "read"}
    assert permissions["apply.prepare"] == credential
    assert permissions["apply.comment"] == {"contents": "read", "pull-requests": "write"}
    assert permissions["apply.apply"] == credential
    assert permissions["apply.result"] == {"contents": "read", "pull-requests": "write"}
    assert len(permissions) == 8, "a job is missing in this test"


def test_only_steps_that_use_the_token_have_it() -> None:
    for name, job in JOBS.items():
        assert "GH_TOKEN" not in job.get("env", {}), name
        for step in job["steps"]:
            uses = "bin/hvn comment" in step.get("run", "")
            assert ("GH_TOKEN" in step.get("env", {})) == uses, step


def test_a_new_base_starts_a_review_and_a_new_title_cancels_none() -> None:
    review = FILES["review"]
    # YAML 1.1 reads the key `on` as true.
    assert review[True]["pull_request"]["types"] == ["opened", "synchronize", "reopened", "edited"]
    retargeted = "github.event.action != 'edited' || github.event.changes.base"
    assert review["jobs"]["affected"]["if"] == retargeted
    assert "needs.affected.result != 'skipped'" in review["jobs"]["comment"]["if"]
    assert "!github.event.changes.base && '-text'" in review["concurrency"]["group"]


def test_pull_requests_from_forks_get_no_token() -> None:
    for name, job in FILES["review"]["jobs"].items():
        no_token = job["permissions"] == {"contents": "read"}
        assert no_token or "head.repo.full_name == github.repository" in job["if"], name


def test_only_the_job_with_the_environment_has_the_apply_identity() -> None:
    for name, job in JOBS.items():
        applies = "APPLY" in str(job.get("env", {}))
        assert applies == (job.get("environment") == "production") == (name == "apply.apply")


def test_applies_are_never_cancelled() -> None:
    assert FILES["apply"]["concurrency"] == {"group": "${{ github.workflow }}", "cancel-in-progress": False}


def test_a_plan_job_has_time_to_report_a_timeout() -> None:
    script = next(step["run"] for step in JOBS["review.plan"]["steps"] if "plans.sh" in step.get("run", ""))
    minutes = re.search(r"--timeout (\d+)", script)
    assert minutes
    assert int(minutes[1]) * 2 < JOBS["review.plan"]["timeout-minutes"]


def test_the_commands_have_the_options_that_the_workflows_use() -> None:
    for job in JOBS.values():
        for step in job["steps"]:
            # plans.sh and review.sh pass their arguments to `bin/hvn`.
            script = re.sub(r"examples/github/(plans|review)\.sh", r"bin/hvn \1", step.get("run", ""))
            script = script.replace("\\\n", " ")
            for name, options in re.findall(r"bin/hvn (comment \w+|\w+)([^\n>|]*)", script):
                page = CliRunner().invoke(cli, [*name.split(), "--help"]).output
                assert all(option in page for option in re.findall(r"--[a-z-]+", options)), step["run"]


@pytest.mark.parametrize("script", sorted(file.name for file in FOLDER.glob("*.sh")))
def test_scripts_are_well_formed(script: str) -> None:
    assert subprocess.run(["bash", "-n", FOLDER / script], check=False).returncode == 0  # noqa: S607
    assert (FOLDER / script).stat().st_mode & 0o111


@pytest.mark.skipif(shutil.which("jq") is None, reason="the script needs jq")
def test_the_login_prints_no_token(tmp_path: pathlib.Path) -> None:
    fake_program(tmp_path / "path" / "curl", 'echo \'{"value": "jwt-of-the-job"}\'')
    fake_program(tmp_path / "path" / "vault", "echo vault-token-of-the-job")
    variables = {
        "GITHUB_ENV": str(tmp_path / "env"),
        "RUNNER_TEMP": str(tmp_path),
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request",
        "ACTIONS_ID_TOKEN_REQUEST_URL": "https://token.example/?a=b",
        "HCP_PROVIDER": "iam/project/1/service-principal/plan/workload-identity-provider/github",
        "VAULT_ADDR": "https://vault.example:8200",
        "VAULT_AUDIENCE": "https://github.com/example-org",
        "ROLE": "plan",
    }
    done = run_step(str(FOLDER / "login.sh"), tmp_path, **variables)
    assert done.returncode == 0
    assert [line for line in done.stdout.splitlines() if not line.startswith("::add-mask::")] == []
    assert done.stderr == ""
    assert "VAULT_TOKEN=vault-token-of-the-job" in (tmp_path / "env").read_text()
    credential = tmp_path / "hcp.json"
    assert credential.stat().st_mode & 0o077 == 0
    workload = json.loads(credential.read_text())["workload"]
    assert workload["provider_resource_name"] == variables["HCP_PROVIDER"]
    audience = "iam%2Fproject%2F1%2Fservice-principal%2Fplan%2Fworkload-identity-provider%2Fgithub"
    assert workload["url"]["url"] == f"https://token.example/?a=b&audience={audience}"
    assert workload["url"]["headers"] == {"Authorization": "Bearer request"}
