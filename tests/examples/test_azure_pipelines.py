"""Test the pipelines of examples/azure-devops: the identity of each step, and the effect of the scripts."""

import json
import pathlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from hvn.cli import cli
from tests.affected.conftest import Repository
from tests.comments.servers import COMMIT, TOKEN, FakeAzureDevOps, serve
from tests.conftest import PROJECT
from tests.examples.conftest import Project
from tests.examples.shell import fake_program, run_step
from tests.review.plans import resource

FOLDER = PROJECT / "examples" / "azure-devops"
FILES: dict[str, Any] = {
    name: yaml.safe_load((FOLDER / f"{name}.yml").read_text()) for name in ("review", "apply", "drift")
}
MOVED = resource("azurerm_role_assignment.one", before={"a": 1}, after={"a": 2})
OTHER = resource("azurerm_role_assignment.one", before={"a": 1}, after={"a": 3})
CONNECTION = {
    "AZURESUBSCRIPTION_CLIENT_ID": "client",
    "AZURESUBSCRIPTION_TENANT_ID": "tenant",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "connection",
    "SYSTEM_OIDCREQUESTURI": "https://dev.azure.com/o/oidctoken",
}


def steps(part: Any) -> Iterator[dict[str, Any]]:
    """Yield all steps of a pipeline."""
    if isinstance(part, dict):
        yield from part.get("steps", ())
        for value in part.values():
            yield from steps(value)
    elif isinstance(part, list):
        for item in part:
            yield from steps(item)


def script(step: dict[str, Any]) -> str:
    return str(step.get("bash", step.get("inputs", {}).get("inlineScript", "")))


STEPS = [pytest.param(step, id=f"{name}:{number}") for name in FILES for number, step in enumerate(steps(FILES[name]))]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_has_the_token_of_the_job_only_if_it_uses_the_token(step: dict[str, Any]) -> None:
    assert "$(" not in re.sub(r"\$\((bin/hvn|git|echo|sed|sha256sum|\()", "", script(step)), "a macro in a script"
    assert "${{" not in script(step)
    uses = bool(re.search(r"bin/hvn comment|plans\.sh", script(step)))
    assert (step.get("env", {}).get("SYSTEM_ACCESSTOKEN") == "$(System.AccessToken)") == uses
    if "checkout" in step:
        assert step["persistCredentials"] == "false"


def test_only_the_job_with_the_approval_has_the_connection_for_applies() -> None:
    connections = [
        (name, step["inputs"]["azureSubscription"])
        for name in FILES
        for step in steps(FILES[name])
        if "AzureCLI" in str(step)
    ]
    assert connections == [("review", "hvn-plan"), ("apply", "hvn-plan"), ("apply", "hvn-apply"), ("drift", "hvn-plan")]
    (job,) = FILES["apply"]["stages"][1]["jobs"]
    assert job["environment"] == "production"
    assert "hvn-apply" in str(job)


def test_pull_requests_of_forks_get_no_token() -> None:
    for step in steps(FILES["review"]):
        assert "env" not in step or "System.PullRequest.IsFork" in step["condition"]


def test_the_commands_have_the_options_that_the_pipelines_use() -> None:
    for name in FILES:
        for step in steps(FILES[name]):
            text = re.sub(r"examples/azure-devops/(plans|review)\.sh", r"bin/hvn \1", script(step)).replace("\\\n", " ")
            for command, options in re.findall(r"bin/hvn (comment \w+|\w+)([^\n>|;]*)", text):
                page = CliRunner().invoke(cli, [*command.split(), "--help"]).output
                assert all(option in page for option in re.findall(r"--[a-z-]+", options)), text


@pytest.mark.parametrize(
    "file", [*sorted(FOLDER.glob("*.sh")), FOLDER.parent / "apply-wave.sh"], ids=lambda file: file.name
)
def test_scripts_are_well_formed(file: pathlib.Path) -> None:
    assert subprocess.run(["bash", "-n", file], check=False).returncode == 0  # noqa: S607
    assert file.stat().st_mode & 0o111 or file.name == "login.sh"  # the steps source login.sh


def programs(folder: pathlib.Path) -> None:
    """Write fake programs that record their arguments."""
    for name, answer in (("curl", '{"oidcToken": "jwt-of-the-connection"}'), ("vault", "vault-token")):
        fake_program(folder / "path" / name, f"echo \"$@\" >> '{folder}/{name}.calls'\necho '{answer}'")


@pytest.mark.skipif(shutil.which("jq") is None, reason="the script needs jq")
def test_the_login_prints_no_token_and_exports_the_identities(tmp_path: pathlib.Path) -> None:
    programs(tmp_path)
    variables = {
        **CONNECTION,
        "SYSTEM_ACCESSTOKEN": TOKEN,
        "AGENT_TEMPDIRECTORY": str(tmp_path),
        "HCP_PROVIDER": "iam/project/1/service-principal/plan/workload-identity-provider/azure-devops",
        "VAULT_ADDR": "https://vault.example:8200",
        "ROLE": "plan",
    }
    done = run_step(f". {FOLDER / 'login.sh'}; env > {tmp_path}/env", tmp_path, **variables)
    assert (done.returncode, done.stdout, done.stderr) == (0, "##vso[task.setsecret]vault-token\n", "")
    exported = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines() if "=" in line)
    assert exported["ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID"] == "connection"
    assert (exported["ARM_CLIENT_ID"], exported["ARM_TENANT_ID"], exported["ARM_USE_OIDC"]) == (
        "client",
        "tenant",
        "true",
    )
    assert exported["VAULT_TOKEN"] == "vault-token"  # noqa: S105 - of a fake program
    assert "api-version=7.1&serviceConnectionId=connection" in (tmp_path / "curl.calls").read_text()
    assert "auth/ci-azure-devops/login role=plan" in (tmp_path / "vault.calls").read_text()
    credential = tmp_path / "hcp.json"
    assert credential.stat().st_mode & 0o077 == (tmp_path / "hcp.jwt").stat().st_mode & 0o077 == 0
    workload = json.loads(credential.read_text())["workload"]
    assert workload == {"provider_resource_name": variables["HCP_PROVIDER"], "file": {"path": f"{tmp_path}/hcp.jwt"}}
    assert (tmp_path / "hcp.jwt").read_text() == "jwt-of-the-connection"


# --- The pipelines' steps one by one


@pytest.fixture
def project(repository: Repository, tmp_path: pathlib.Path) -> Iterator[Project]:
    """Yield a project with a pull request that changes `aks-payments`."""
    if shutil.which("jq") is None:
        pytest.skip("the pipelines need jq")
    with serve(FakeAzureDevOps()) as api:
        project = Project(repository, tmp_path / "store", api)
        programs(project.folder)
        with (project.folder / ".gitignore").open("a") as file:
            file.write("*.calls\n*.xml\n*.log\nresult.env\n")
        repository.commit()
        repository.git("branch", "-qf", "main")
        repository.edit(("max_count: 3", "max_count: 4"))
        repository.commit()
        project.plan("aks-payments", MOVED)
        yield project


def run(project: Project, name: str, text: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the only step of a pipeline that contains this text, and return the finished process."""
    (step,) = (step for step in steps(FILES[name]) if text in script(step))
    environment = {
        "BASE": "main",
        "NUMBER": "7",
        "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
        "COMMIT": COMMIT,
        "WAVE": "1",
    }
    return project.run(script(step), **{**environment, **CONNECTION, **variables})


def outputs(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return the output variables of a step."""
    return dict(re.findall(r"##vso\[task\.setvariable variable=(\w+);isOutput=true\](.*)", done.stdout))


def review(project: Project) -> None:
    for text in ("Not reviewed", "plans.sh", "review.sh"):
        done = run(project, "review", text)
        assert done.returncode == 0, done.stdout + done.stderr


def apply(project: Project, seen: str, **variables: str) -> subprocess.CompletedProcess[str]:
    done = run(project, "apply", "apply-wave.sh", SEEN=seen, **variables)
    status = "Failed" if done.returncode else "Succeeded"
    assert run(project, "apply", "comment result", AGENT_JOBSTATUS=status).returncode == 0
    return done


@pytest.mark.whole
def test_a_reviewed_change_is_applied_and_the_comment_has_the_result(project: Project) -> None:
    review(project)
    assert project.approved == {"aks-payments"}
    found = run(project, "apply", "comment number", BASE_PARAMETER=" ", NUMBER_PARAMETER="0")
    assert outputs(found) == {"base": project.repository.git("rev-parse", "main").strip(), "number": "7", "any": "true"}
    recorded = outputs(run(project, "apply", 'comment read comment.md --number "$NUMBER"; then', REASON="IndividualCI"))
    done = apply(project, recorded["seen"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.read("applied") == "aks-payments\n"
    assert "## Applied: wave 1\n\n- applied: `aks-payments`" in project.comment
    assert project.approved == {"aks-payments"}


@pytest.mark.whole
def test_the_comment_links_to_the_artifact_with_the_page(project: Project) -> None:
    drawn = run(project, "review", "network.html")
    assert drawn.returncode == 0, drawn.stderr
    [upload] = re.findall(r"##vso\[artifact\.upload .*artifactname=network\](.*)", drawn.stdout)
    assert "<title>Network platform</title>" in pathlib.Path(upload).read_text(encoding="utf-8")
    assert run(project, "review", "plans.sh").returncode == 0
    url = "https://dev.azure.com/o/1/_build/results?buildId=2&view=artifacts"
    run(project, "review", "review.sh", PAGE=url)
    assert f"[The network as a page]({url})" in project.comment


@pytest.mark.whole
def test_a_change_that_differs_from_the_review_is_refused(project: Project) -> None:
    review(project)
    recorded = outputs(run(project, "apply", 'comment read comment.md --number "$NUMBER"; then', REASON="IndividualCI"))
    project.plan("aks-payments", OTHER)
    assert apply(project, recorded["seen"]).returncode == 1
    assert project.read("applied") == ""
    assert "## Not applied, or only partly: wave 1" in project.comment


@pytest.mark.whole
def test_a_review_that_changed_after_its_recording_is_refused(project: Project) -> None:
    review(project)
    assert apply(project, "0" * 64).returncode == 1
    assert project.read("applied") == ""


@pytest.mark.whole
def test_a_failed_plan_is_reviewed_and_the_agent_runs_no_command_in_its_output(project: Project) -> None:
    done = run(project, "review", "plans.sh", BREAKS="aks-payments", SAYS="##vso[task.setvariable variable=x]y")
    assert done.returncode == 1
    assert "##vso" not in done.stdout.replace("##vso[task.setsecret]", "")
    assert run(project, "review", "review.sh").returncode == 1
    assert "**incomplete-review** `aks-payments`" in project.comment
    assert project.api.labels == ["hvn: incomplete"]
