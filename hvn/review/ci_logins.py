"""Describes the pipelines that a role of a CI mount accepts, by the claim `sub` of their tokens.

GitHub: https://docs.github.com/actions/reference/security/oidc. HCP Terraform:
https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens.
Azure DevOps: hvn/topology/fields/vault.py.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hvn.diagnostics.message import Message, Text
from hvn.kinds.vault.inputs import CiMount, CiRole, VaultInputs
from hvn.kinds.workspace import Workspace
from hvn.review.access import READS

_GITHUB = re.compile(r"(?P<source>repo:[^:]+):(?P<context>pull_request|environment|ref)(?::(?P<name>.+))?")
_HCP_TERRAFORM = re.compile(
    r"(?P<source>organization:[^:]+:project:[^:]+):workspace:(?P<workspaces>[^:]+):run_phase:(?P<phase>[^:]+)"
)
_AZURE_DEVOPS = re.compile(
    r"(?P<source>sc://[^/]+/[^/]+)/(?P<name>[^/]+)|/eid1/c/pub/t/[^/]+/a/[^/]+/sc/(?P<organization>[^/]+)/(?P<id>[^/]+)"
)
_TEMPLATES = {
    "pull_request": "everybody who can open a pull request in {source}",
    "environment": "jobs in the environment {name} of {source}",
    "ref": "everybody who can push to {name} of {source}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CiLogin:
    """One role of a CI mount, with the issuer and the namespace of the mount."""

    mount: CiMount
    role: CiRole
    namespace: str

    @property
    def sources(self) -> frozenset[str]:
        """Return the repositories, or the organizations and projects, of the tokens that the role accepts."""
        return frozenset(_source(subject) for subject in self.role.subjects)

    @property
    def policy(self) -> str:
        """Return the name of the role's policy (stacks/vault.py)."""
        return f"{self.role.policy.name}_{self.mount.name}"

    @property
    def writes(self) -> tuple[Text, ...]:
        """Return the paths that the role may write, except the paths of its own token."""
        rules = self.role.policy.rules
        return tuple(
            Text(rule.path)
            for rule in rules
            if not {*rule.capabilities} <= READS and not rule.path.startswith("auth/token/")
        )

    @property
    def who(self) -> Message:
        """Return the pipelines that can log in with the role, and the tokens that they need."""
        return Message(
            "{who}, with tokens of {issuer} for {audience}",
            who=[_who(subject) for subject in self.role.subjects],
            issuer=Text(self.mount.issuer),
            audience=Text(self.role.audience),
        )

    @property
    def from_pull_requests(self) -> bool:
        """Return whether the run of any pull request can log in. In Azure DevOps, these runs may use the service
        connection for plans."""
        plans = [role.subjects for role in self.mount.roles if role.name == "plan"]
        if self.mount.name == "azure_devops":
            return self.role.subjects in plans
        return any(subject.endswith(":pull_request") for subject in self.role.subjects)


CiLogins = Mapping[tuple[str, str], CiLogin]
"""CI logins by CI system and role."""


def ci_logins(workspaces: Mapping[str, Workspace]) -> CiLogins:
    """Return the CI logins. The keys do not contain the path of the mount, because an edit may change the path."""
    return {
        (mount.name, role.name): CiLogin(mount=mount, role=role, namespace=inputs.namespace or "")
        for inputs in (workspace.inputs for workspace in workspaces.values())
        if isinstance(inputs, VaultInputs)
        for mount in inputs.ci
        for role in mount.roles
    }


def _source(subject: str) -> str:
    match = _GITHUB.fullmatch(subject) or _HCP_TERRAFORM.fullmatch(subject) or _AZURE_DEVOPS.fullmatch(subject)
    # The tokens of Entra name the organization and the service connection, not the project.
    return match["source"] or subject if match else subject


def _who(subject: str) -> Message:
    if match := _GITHUB.fullmatch(subject):
        names = {"name": Text(match["name"])} if match["name"] else {}
        return Message(_TEMPLATES[match["context"]], source=Text(match["source"]), **names)
    if match := _HCP_TERRAFORM.fullmatch(subject):
        return Message(
            "every {phase} in the workspaces {workspaces} of {source}",
            phase=match["phase"],
            workspaces=Text(match["workspaces"]),
            source=Text(match["source"]),
        )
    if match := _AZURE_DEVOPS.fullmatch(subject):
        return Message(
            "pipelines that may use the service connection {connection} of {source}",
            connection=Text(match["name"] or match["id"]),
            source=Text(match["source"] or f"organization {match['organization']}"),
        )
    return Message("tokens with the subject {subject}", subject=Text(subject))
