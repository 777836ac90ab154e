"""HVN921: a mount, a role or a policy of Vault's logins is destroyed or replaced."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Rule
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.kinds.workspace import Workspace
from hvn.review.context import Context
from hvn.review.losses import Loss, destroyed
from hvn.review.plan import Action, ResourceChange

RULE = Rule(
    id="HVN921",
    name="logins-lost",
    reports="A plan destroys or replaces a login mount, or a role or policy that no edit removes.",
    why="disabling a login mount deletes its roles and revokes every token that it issued",
    fix="find out why the plan destroys it before you apply",
    example="a plan that replaces `vault_jwt_auth_backend.jwt`",
    see="https://developer.hashicorp.com/vault/docs/commands/auth/disable",
)
LOSSES = {
    "vault_jwt_auth_backend": Loss("**every login** of {who} at this mount: its roles, and all tokens that it issued"),
    "vault_jwt_auth_backend_role": Loss("the login of {who} with this role"),
    "vault_policy": Loss("the permissions of a role of {who}"),
}
TYPES = tuple(LOSSES)
ROLES = ("vault_jwt_auth_backend_role", "vault_policy")


def check(context: Context) -> Iterator[Finding]:
    """Yield the logins that the plans destroy. HVN925 reports a role or policy that the edit removes."""
    for workspace, changes in context.destroyed(*TYPES).items():
        if lost := [change for change in changes if not removed(context, workspace, change)]:
            yield destroyed(RULE, context, workspace, lost, LOSSES)


def removed(context: Context, workspace: str, change: ResourceChange) -> bool:
    """Return whether the plan destroys a role or policy because the topology no longer has the role."""
    unexplained = context.plans[workspace].unexplained
    if change.type not in ROLES or change.action is not Action.DELETE or unexplained is None:
        return False
    before, after = (side.get(workspace) for side in (context.before, context.after))
    if after and after.inputs is None:  # blocked: the topology still has its roles
        return False
    names = _roles(before) - _roles(after)
    addresses = {f"vault_jwt_auth_backend_role.role_{name}" for name in names}
    addresses |= {f"vault_policy.{kind}_{name}" for kind in ("reader", "writer") for name in names}
    return change.address in addresses - {*unexplained}


def _roles(workspace: Workspace | None) -> set[str]:
    inputs = workspace.inputs if workspace else None
    return {role.name for role in inputs.roles} if isinstance(inputs, VaultAuthInputs) else set()
