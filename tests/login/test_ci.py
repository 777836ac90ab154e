"""On a real server, only the intended CI jobs can log in, and these jobs have no more rights than they need."""

import time
from typing import Any

import pytest

from tests.conftest import PROJECT, Synth, Synthesized
from tests.login import tokens
from tests.login.applied import apply
from tests.login.server import Refused, Server
from tests.private_keys import rsa_key

KEY = rsa_key(0)
GITHUB = {"iss": "https://token.actions.githubusercontent.com", "aud": "https://github.com/example-org"}
ENTRA = "https://login.microsoftonline.com/11111111-1111-4111-8111-111111111111/v2.0"
AZURE_DEVOPS = {"iss": ENTRA, "aud": "fb60f99c-7a34-4190-8149-302f77469936"}
CONNECTION = (
    "/eid1/c/pub/t/EREREREREUGBEREREREREQ/a/rISbSSETf0KqFyZ8ppdXmA/sc/0ca3ddd9-f0b0-4635-a98c-5866526961b6/"
    "{}4171687-7a59-4fce-b2c8-823278dcf176"
)
PLAN, APPLY = CONNECTION.format("6"), CONNECTION.format("a")
TERRAFORM = {"iss": "https://app.terraform.io", "aud": "vault.workload.identity"}
REPOSITORY = "repo:example-org@1234/platform@5678"
WORKSPACE = "organization:example-org:project:platform:workspace"
AUTH = "vault-auth-payments"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def everything(synth: Synth) -> Synthesized:
    return synth(PROJECT / "tests" / "topologies" / "everything.yaml", ["vault", AUTH])


@pytest.fixture(scope="module")
def namespace(server: Server, everything: Synthesized) -> str:
    """Return the namespace to which the test applied the workspace `vault`."""
    namespace = str(everything["vault"]["provider"]["vault"][0].get("namespace", ""))
    parts = namespace.split("/") if namespace else []
    for depth, name in enumerate(parts):
        above = "/".join(parts[:depth])
        try:
            server.ask("GET", f"sys/namespaces/{name}", namespace=above)
        except Refused:
            server.ask("POST", f"sys/namespaces/{name}", {}, namespace=above)
    apply(server, everything["vault"], tokens.pem(KEY))
    return namespace


def login(server: Server, namespace: str, mount: str, role: str, claims: dict[str, Any]) -> str:
    now = int(time.time())
    token = tokens.token({**claims, "iat": now, "nbf": now, "exp": now + 300}, KEY)
    client: str = server.login(mount, {"role": role, "jwt": token}, namespace=namespace)["client_token"]
    return client


@pytest.mark.parametrize(
    ("mount", "role", "claims", "subject"),
    [
        ("ci-github", "plan", GITHUB, f"{REPOSITORY}:pull_request"),
        ("ci-github", "plan", GITHUB, f"{REPOSITORY}:ref:refs/heads/main"),
        ("ci-github", "apply", GITHUB, f"{REPOSITORY}:environment:production"),
        ("ci-azure-devops", "plan", AZURE_DEVOPS, PLAN),
        ("ci-azure-devops", "apply", AZURE_DEVOPS, APPLY),
        ("ci-hcp-terraform", "plan", TERRAFORM, f"{WORKSPACE}:platform-vault:run_phase:plan"),
        ("ci-hcp-terraform", "apply", TERRAFORM, f"{WORKSPACE}:platform-vault-auth-payments:run_phase:apply"),
    ],
)
def test_allowed_jobs(
    server: Server, namespace: str, mount: str, role: str, claims: dict[str, Any], subject: str
) -> None:
    full = {**claims, "sub": subject, "terraform_full_workspace": "a/workspace"}
    assert login(server, namespace, mount, role, full)


@pytest.mark.parametrize(
    ("mount", "role", "claims", "subject"),
    [
        ("ci-github", "apply", GITHUB, f"{REPOSITORY}:pull_request"),
        ("ci-github", "plan", GITHUB, f"{REPOSITORY}:environment:production"),
        ("ci-github", "plan", GITHUB, "repo:example-org/platform:pull_request"),
        ("ci-github", "plan", GITHUB, f"{REPOSITORY}:ref:refs/heads/main-too"),
        ("ci-github", "plan", {**GITHUB, "aud": "https://github.com/other"}, f"{REPOSITORY}:pull_request"),
        ("ci-github", "plan", TERRAFORM, f"{REPOSITORY}:pull_request"),
        ("ci-azure-devops", "apply", AZURE_DEVOPS, PLAN),
        ("ci-azure-devops", "plan", AZURE_DEVOPS, CONNECTION.format("7")),
        ("ci-azure-devops", "apply", {**AZURE_DEVOPS, "aud": "api://AzureADTokenExchange"}, APPLY),
        ("ci-azure-devops", "apply", {**AZURE_DEVOPS, "iss": GITHUB["iss"]}, APPLY),
        ("ci-hcp-terraform", "apply", TERRAFORM, f"{WORKSPACE}:platform-vault:run_phase:plan"),
        ("ci-hcp-terraform", "plan", TERRAFORM, f"{WORKSPACE}:other-vault:run_phase:plan"),
        ("ci-hcp-terraform", "plan", TERRAFORM, "organization:evil:project:platform:workspace:x:run_phase:plan"),
    ],
)
def test_refused_jobs(
    server: Server, namespace: str, mount: str, role: str, claims: dict[str, Any], subject: str
) -> None:
    with pytest.raises(Refused, match=r"400: error validating (token: invalid|claims: )"):
        login(server, namespace, mount, role, {**claims, "sub": subject, "terraform_full_workspace": "a/workspace"})


def test_apply_job_writes_a_spoke_and_plan_job_only_reads(
    server: Server, namespace: str, everything: Synthesized
) -> None:
    applier = Server(
        server.url,
        login(server, namespace, "ci-github", "apply", {**GITHUB, "sub": f"{REPOSITORY}:environment:production"}),
    )
    planner = Server(
        server.url, login(server, namespace, "ci-github", "plan", {**GITHUB, "sub": f"{REPOSITORY}:pull_request"})
    )
    with pytest.raises(Refused, match="403"):
        apply(planner, everything[AUTH], tokens.pem(KEY))
    apply(applier, everything[AUTH], tokens.pem(KEY))
    apply(applier, everything[AUTH], tokens.pem(KEY))

    resources = everything[AUTH]["resource"]
    (mount,) = (backend["path"] for backend in resources["vault_jwt_auth_backend"].values())
    for read in (
        f"sys/mounts/auth/{mount}",
        f"auth/{mount}/config",
        *(f"auth/{mount}/role/{role['role_name']}" for role in resources["vault_jwt_auth_backend_role"].values()),
        *(f"sys/policies/acl/{policy['name']}" for policy in resources["vault_policy"].values()),
    ):
        for reader in (planner, applier):
            assert reader.ask("GET", read, namespace=namespace)
    for forbidden in ("kvv2/data/webapp/config", "kvv2/metadata/webapp", "sys/policies/acl/default"):
        for reader in (planner, applier):
            with pytest.raises(Refused, match="403"):
                reader.ask("GET", forbidden, namespace=namespace)
    with pytest.raises(Refused, match="403"):
        applier.ask("POST", "auth/ci-github/role/apply", {"role_type": "jwt"}, namespace=namespace)
    applier.ask("DELETE", f"sys/auth/{mount}", namespace=namespace)
