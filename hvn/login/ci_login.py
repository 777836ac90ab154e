"""Derive the login of a pipeline from the topology: mount, role, and the lines to change if a check fails."""

import pathlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hvn.check.load import Loaded
from hvn.diagnostics.message import dotted
from hvn.diagnostics.printable import printable
from hvn.kinds.vault.inputs import CiMount, CiRole, vault
from hvn.login.mount import Mount, Role
from hvn.options import read, stop, tell

# The field that determines the result of each check, below `vault.ci.<system>`; `{role}` stands for plan or apply.
FIELDS: dict[str, dict[str, str]] = {
    "github": {"issuer": "issuer", "audience": "audience", "bound-claims": "{role}"},
    "azure_devops": {"issuer": "issuer", "audience": "issuer", "bound-claims": "{role}"},
    "hcp_terraform": {"issuer": "hostname", "bound-claims": "project"},
}

# The fixes for a pipeline, by check. The fixes in hvn/login/messages.py are for pods.
FIXES: dict[str, str] = {
    **dict.fromkeys(
        ("issuer", "bound-claims"),
        "run a job that the role allows; or, if this job may log in, correct the setting and deploy `vault`",
    ),
    "audience": "request the expected audience in the job, or correct the setting and deploy `vault`",
    **dict.fromkeys(("times", "expiration"), "request a new token in the job, directly before the login"),
}


@dataclass(frozen=True, slots=True)
class CiLogin:
    """The login of a pipeline's job to Vault."""

    loaded: Loaded
    ci: CiMount
    ci_role: CiRole

    @property
    def mount(self) -> Mount:
        """Return the mount that the workspace `vault` writes."""
        return Mount(keys_from=self.ci.issuer, bound_issuer=self.ci.issuer)

    @property
    def role(self) -> Role:
        """Return the role that the workspace `vault` writes (stacks/vault.py)."""
        return Role(
            bound_audiences=(self.ci_role.audience,),
            bound_claims={"sub": list(self.ci_role.subjects)},
            bound_claims_type="glob" if self.ci_role.glob else "string",
            user_claim=self.ci_role.user_claim,
            policies=(f"{self.ci_role.policy.name}_{self.ci.name}",),
        )


def find(file: pathlib.Path | None, name: str) -> CiLogin:
    """Return the login `<system>/<role>` of the topology. Stops the command if the topology has errors, or does not
    have the system."""
    loaded = read(file)
    if loaded.checked is None:
        tell(loaded, err=True)
        stop("\nFix the topology first, or use --config FILE and --role FILE of Vault")
    system, _, role = name.partition("/")
    ci = next((mount for mount in vault(loaded.checked.topology).ci if mount.name == system), None)
    if ci is None:
        stop(f"the topology has no vault.ci.{system}: its pipelines cannot log in")
    return CiLogin(loaded, ci, next(one for one in ci.roles if one.name == role))


def places_of(requested: CiLogin, failed: Sequence[str]) -> Mapping[str, str]:
    """Return the line of the topology to change, by the id of the failed check."""
    places = {}
    for check in failed:
        if field := FIELDS[requested.ci.name].get(check):
            path = ("vault", "ci", requested.ci.name, field.replace("{role}", requested.ci_role.name))
            span = requested.loaded.source.span(path)
            file = printable(requested.loaded.source.file, 200)
            places[check] = f"{file}:{span.line}:{span.column} {dotted(path)}"
    return places
