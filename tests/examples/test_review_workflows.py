"""The workflows that plan, review and apply: little rights, fixed actions, and their scripts do what they say."""

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
from tests.examples.test_cluster_keys import run, stand_in

FOLDER = pathlib.Path(__file__).parents[2] / "examples" / "github"
NAMES = ("review", "apply", "drift")
FILES: dict[str, Any] = {name: yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8")) for name in NAMES}
JOBS = {f"{name}.{job}": body for name in NAMES for job, body in FILES[name]["jobs"].items()}


@pytest.mark.parametrize("job", JOBS)
def test_actions_are_fixed_and_scripts_hold_no_expression(job: str) -> None:
    for step in JOBS[job]["steps"]:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step.get("uses", "actions/a@" + "0" * 40))
        assert "${{" not in step.get("run", "")
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_is_stored_and_nothing_is_allowed_unless_said(name: str) -> None:
    assert FILES[name]["permissions"] == {}
    assert "secrets." not in (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    assert all("timeout-minutes" in job for job in FILES[name]["jobs"].values())


def test_who_may_write_has_no_credential_of_a_cloud_and_who_has_one_may_not_write() -> None:
    rights = {name: JOBS[name]["permissions"] for name in JOBS}
    assert rights["review.affected"] == {"contents": "read"}
    assert rights["review.plan"] == {"contents": "read", "id-token": "write"}
    assert rights["review.comment"] == {"contents": "read", "pull-requests": "write"}
    assert rights["drift.drift"] == {"contents": "read", "id-token": "write"}
    reads = {"contents": "read", "id-token": "write", "pull-requests": "read"}
    assert rights["apply.prepare"] == reads
    assert rights["apply.comment"] == {"contents": "read", "pull-requests": "write"}
    assert rights["apply.apply"] == reads
    assert len(rights) == 7, "a job that this test does not know"


def test_a_token_is_only_where_it_is_used() -> None:
    for name, job in JOBS.items():
        assert "GH_TOKEN" not in job.get("env", {}), name
        for each in job["steps"]:
            uses = bool(re.search(r"comment\.sh|gh api", each.get("run", "")))
            assert ("GH_TOKEN" in each.get("env", {})) == uses, each


def test_another_base_is_reviewed_and_another_title_cancels_nothing() -> None:
    review = FILES["review"]
    # YAML reads the key `on` as a truth.
    assert review[True]["pull_request"]["types"] == ["opened", "synchronize", "reopened", "edited"]
    retargeted = "github.event.action != 'edited' || github.event.changes.base"
    assert review["jobs"]["affected"]["if"] == retargeted
    assert "needs.affected.result != 'skipped'" in review["jobs"]["comment"]["if"]
    assert "!github.event.changes.base && '-text'" in review["concurrency"]["group"]


def test_pull_requests_of_forks_get_no_token() -> None:
    for name, job in FILES["review"]["jobs"].items():
        needs_none = job["permissions"] == {"contents": "read"}
        assert needs_none or "head.repo.full_name == github.repository" in job["if"], name


def test_only_the_job_with_the_environment_has_the_identity_that_applies() -> None:
    for name, job in JOBS.items():
        applies = "APPLY" in str(job.get("env", {}))
        assert applies == (job.get("environment") == "production") == (name == "apply.apply")


def test_applies_are_never_cancelled() -> None:
    assert FILES["apply"]["concurrency"] == {"group": "apply", "cancel-in-progress": False}


def test_a_plan_job_outlives_its_plans() -> None:
    script = next(step["run"] for step in JOBS["review.plan"]["steps"] if "plans.sh" in step.get("run", ""))
    minutes = re.search(r"--timeout (\d+)", script)
    assert minutes
    assert int(minutes[1]) * 2 < JOBS["review.plan"]["timeout-minutes"]


def test_the_commands_take_the_options_that_they_are_given() -> None:
    for job in JOBS.values():
        for step in job["steps"]:
            # The scripts pass on what they are given.
            script = re.sub(r"examples/github/(plans|review)\.sh", r"bin/hvn \1", step.get("run", ""))
            for name, options in re.findall(r"bin/hvn (\w+)([^\n>|]*)", script):
                known = CliRunner().invoke(cli, [name, "--help"]).output
                assert all(option in known for option in re.findall(r"--[a-z-]+", options)), step["run"]


@pytest.mark.parametrize("script", sorted(each.name for each in FOLDER.glob("*.sh")))
def test_scripts_are_well_formed(script: str) -> None:
    assert subprocess.run(["bash", "-n", FOLDER / script], check=False).returncode == 0  # noqa: S607
    assert (FOLDER / script).stat().st_mode & 0o111


GH = """
echo "$*" >> calls
case "$*" in
*--paginate*) test "$THERE" = yes && echo 5 ;;
*comments/5*--jq*) echo the comment ;;
esac
true
"""


@pytest.mark.parametrize(
    ("there", "more", "code", "last"),
    [
        ("yes", "", 0, "--method PATCH repos/o/r/issues/comments/5 -F body=@comment.md"),
        ("no", "", 0, "--method POST repos/o/r/issues/7/comments -F body=@comment.md"),
        ("yes", "--get", 0, "repos/o/r/issues/comments/5 --jq .body"),
        ("no", "--get", 1, "--paginate"),
    ],
)
def test_one_comment_is_written_replaced_or_read(
    tmp_path: pathlib.Path, there: str, more: str, code: int, last: str
) -> None:
    stand_in(tmp_path / "path" / "gh", GH)
    done = run(f"{FOLDER / 'comment.sh'} 7 comment.md {more}", tmp_path, THERE=there, GITHUB_REPOSITORY="o/r")
    assert done == code
    assert last in (tmp_path / "calls").read_text().splitlines()[-1]
    if more and not code:
        assert (tmp_path / "comment.md").read_text() == "the comment\n"


@pytest.mark.skipif(shutil.which("jq") is None, reason="the script needs jq")
def test_the_login_prints_no_token(tmp_path: pathlib.Path) -> None:
    stand_in(tmp_path / "path" / "curl", 'echo \'{"value": "jwt-of-the-job"}\'')
    stand_in(tmp_path / "path" / "vault", "echo vault-token-of-the-job")
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
    assert run(f"{FOLDER / 'login.sh'} > out 2>&1", tmp_path, **variables) == 0
    said = [line for line in (tmp_path / "out").read_text().splitlines() if not line.startswith("::add-mask::")]
    assert said == []
    assert "VAULT_TOKEN=vault-token-of-the-job" in (tmp_path / "env").read_text()
    written = tmp_path / "hcp.json"
    assert written.stat().st_mode & 0o077 == 0
    found = json.loads(written.read_text())["workload"]
    assert found["provider_resource_name"] == variables["HCP_PROVIDER"]
    audience = "iam%2Fproject%2F1%2Fservice-principal%2Fplan%2Fworkload-identity-provider%2Fgithub"
    assert found["url"]["url"] == f"https://token.example/?a=b&audience={audience}"
    assert found["url"]["headers"] == {"Authorization": "Bearer request"}
