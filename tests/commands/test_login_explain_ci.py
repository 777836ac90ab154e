"""`hvn login explain --ci` explains the logins of pipelines with the mounts and roles of the topology."""

import json
import pathlib
import time
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hvn.cli import cli
from tests.conftest import PROJECT
from tests.login.test_ci import APPLY, AZURE_DEVOPS, CONNECTION, GITHUB, PLAN, REPOSITORY, TERRAFORM, WORKSPACE

TOPOLOGY = PROJECT / "tests" / "topologies" / "everything.yaml"


def run(*arguments: str, stdin: str = "", topology: pathlib.Path = TOPOLOGY) -> Result:
    options = ["login", "explain", *arguments, "--topology", str(topology)]
    return CliRunner().invoke(cli, options, input=stdin, catch_exceptions=False)


def judged(login: str, claims: dict[str, Any]) -> Any:
    now = int(time.time())
    full = {"iat": now, "nbf": now, "exp": now + 300, "terraform_full_workspace": "a/workspace", **claims}
    done = run("--ci", login, "--claims", "-", "--format", "json", stdin=json.dumps(full))
    answer = json.loads(done.stdout)
    assert done.exit_code == (0 if answer["allow"] else 1)
    return answer


# tests/login/test_ci.py tests the same logins on a real server.
@pytest.mark.parametrize(
    ("login", "claims", "subject"),
    [
        ("github/plan", GITHUB, f"{REPOSITORY}:pull_request"),
        ("github/plan", GITHUB, f"{REPOSITORY}:ref:refs/heads/main"),
        ("github/apply", GITHUB, f"{REPOSITORY}:environment:production"),
        ("azure_devops/plan", AZURE_DEVOPS, PLAN),
        ("azure_devops/apply", AZURE_DEVOPS, APPLY),
        ("hcp_terraform/plan", TERRAFORM, f"{WORKSPACE}:platform-vault:run_phase:plan"),
        ("hcp_terraform/apply", TERRAFORM, f"{WORKSPACE}:platform-vault-auth-payments:run_phase:apply"),
    ],
)
def test_allowed_jobs(login: str, claims: dict[str, Any], subject: str) -> None:
    answer = judged(login, {**claims, "sub": subject})
    assert (answer["allow"], answer["depends_on"]) == (True, ["token", "form", "signature", "algorithm"])


@pytest.mark.parametrize(
    ("login", "claims", "subject", "check", "field"),
    [
        ("github/apply", GITHUB, f"{REPOSITORY}:pull_request", "bound-claims", "github.apply"),
        ("github/plan", GITHUB, "repo:example-org/platform:pull_request", "bound-claims", "github.plan"),
        ("github/plan", {**GITHUB, "aud": "https://github.com/other"}, f"{REPOSITORY}:pull_request", "audience",
         "github.audience"),
        ("github/plan", TERRAFORM, f"{REPOSITORY}:pull_request", "issuer", "github.issuer"),
        ("azure_devops/plan", AZURE_DEVOPS, CONNECTION.format("7"), "bound-claims", "azure_devops.plan"),
        ("azure_devops/apply", {**AZURE_DEVOPS, "aud": "api://AzureADTokenExchange"}, APPLY, "audience",
         "azure_devops.issuer"),
        ("hcp_terraform/plan", TERRAFORM, f"{WORKSPACE}:other-vault:run_phase:plan", "bound-claims",
         "hcp_terraform.project"),
    ],
)  # fmt: skip
def test_refused_jobs(login: str, claims: dict[str, Any], subject: str, check: str, field: str) -> None:
    answer = judged(login, {**claims, "sub": subject})
    assert (answer["allow"], answer["status"], answer["failures"][0]["id"]) == (False, 400, check)
    assert answer["where"].endswith(f" vault.ci.{field}")
    assert "'vault'" in answer["fix"]
    assert not {"keys", "VaultAuth", "kubectl", "'bound_claims'"} & set(answer["fix"].split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("--ci", "github/plan"),
        ("--ci", "github/plan", "payments", "webapp", "--claims", "-"),
        ("--ci", "github/deploy", "--claims", "-"),
    ],
)
def test_a_wrong_call_is_exit_2(arguments: tuple[str, ...]) -> None:
    done = run(*arguments, stdin="{}")
    assert (done.exit_code, done.stdout) == (2, "")


def test_a_system_that_the_topology_lacks_is_exit_2() -> None:
    sample = PROJECT / "examples" / "sample" / "topology.yaml"
    done = run("--ci", "github/plan", "--claims", "-", stdin="{}", topology=sample)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "vault.ci.github" in done.stderr
