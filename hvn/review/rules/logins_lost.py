"""HVN921: a mount, a role or a policy of Vault's logins is destroyed or replaced."""

from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Finding, Rule
from hvn.diagnostics.message import Message
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.review.access import renamed_roles
from hvn.review.commands import take_out_of_state
from hvn.review.context import Context
from hvn.review.losses import Loss, destroyed, with_plan
from hvn.review.plan import Action, ResourceChange

RULE = Rule(
    id="HVN921",
    name="logins-lost",
    reports=(
        "An edit renames a login mount or a role. A plan destroys a mount, or a role or policy that no edit removes."
    ),
    why="disabling or moving a login mount revokes every token that it issued",
    fix="before the apply, find out why the plan destroys the mount, role or policy",
    example="a plan that replaces `vault_jwt_auth_backend.jwt`",
    see="https://developer.hashicorp.com/vault/docs/commands/auth/disable",
)
LABEL = "hvn: destroys"
LOSSES = {
    "vault_jwt_auth_backend": Loss("**every login** of {who} at this mount: its roles, and all tokens that it issued"),
    "vault_jwt_auth_backend_role": Loss("the login of {who} with this role"),
    "vault_policy": Loss("the permissions of a role of {who}"),
}
TYPES = tuple(LOSSES)
ROLES = ("vault_jwt_auth_backend_role", "vault_policy")
MOVES = "the mount moves from {old} to {new}"


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about logins that the topology renames, and logins that the plans destroy.

    HVN925 reports a role or policy that the edit removes. Vault moves a mount to its new path and revokes the mount's
    tokens. The move requires a token with `sudo` on sys/remount:
    https://developer.hashicorp.com/vault/api-docs/system/remount
    """
    planned = context.destroyed(*TYPES)
    for workspace, before, after in context.changed(VaultAuthInputs):
        if after and after.existing_mount and not before.existing_mount and before.mount == after.mount:
            yield _kept(workspace, before, planned.pop(workspace.id, []))
        elif after and (before.mount != after.mount or renamed_roles(before, after)):
            changes = planned.pop(workspace.id, [])
            yield _renamed(workspace, before, after, changes)
    for id_, changes in planned.items():
        if lost := [change for change in changes if not removed(context, id_, change)]:
            yield destroyed(RULE, context, id_, lost, LOSSES)


def _kept(workspace: Workspace, before: VaultAuthInputs, changes: Sequence[ResourceChange]) -> Finding:
    reason = Message(
        "the topology declares the mount {mount} as existing, so Terraform destroys it", mount=before.mount
    )
    return Finding(
        rule=RULE,
        workspace=workspace.id,
        message=with_plan([reason], changes),
        impact=(Message("every login of {spoke} at this mount", spoke=workspace.spoke or ""),),
        manual_steps=(take_out_of_state(workspace.id, ("vault_jwt_auth_backend.jwt",)),),
    )


def _renamed(
    workspace: Workspace,
    before: VaultAuthInputs,
    after: VaultAuthInputs,
    changes: Sequence[ResourceChange],
) -> Finding:
    reasons: list[Message] = []
    if before.mount != after.mount:
        reasons.append(Message(_move(before, after), old=before.mount, new=after.mount))
    for (_, old), new in sorted(renamed_roles(before, after).items()):
        reasons.append(Message("role {old} is replaced by {new}", old=old, new=new))
    spoke = workspace.spoke or ""
    moved = Message(
        "apply {workspace} with a token that may write `sys/remount`: the policies of CI do not allow this",
        workspace=workspace.id,
    )
    return Finding(
        rule=RULE,
        workspace=workspace.id,
        message=with_plan(reasons, changes),
        impact=(
            Message(
                "the logins of {spoke} at the old name, until {secrets} is applied",
                spoke=spoke,
                secrets=WorkspaceId("secrets", spoke),
            ),
        ),
        manual_steps=(moved,) if before.mount != after.mount and _move(before, after) == MOVES else (),
    )


def _move(before: VaultAuthInputs, after: VaultAuthInputs) -> str:
    """Return the text about a spoke with another mount. Terraform moves a mount only if it manages both paths."""
    if before.existing_mount:
        return "the logins move from the existing mount {old} to {new}"
    if after.existing_mount:
        return "Terraform destroys the mount {old}, and the logins move to the existing mount {new}"
    return MOVES


def removed(context: Context, workspace: str, change: ResourceChange) -> bool:
    """Return whether the plan destroys a role or policy because the topology no longer has the role."""
    unexplained = context.plans[workspace].unexplained
    if change.type not in ROLES or change.action is not Action.DELETE or unexplained is None:
        return False
    before, after = (side.get(workspace) for side in (context.before, context.after))
    if after and after.inputs is None:  # the topology still has the roles of a blocked workspace
        return False
    names = _roles(before) - _roles(after)
    addresses = {f"vault_jwt_auth_backend_role.role_{name}" for name in names}
    addresses |= {f"vault_policy.{kind}_{name}" for kind in ("reader", "writer") for name in names}
    return change.address in addresses - {*unexplained}


def _roles(workspace: Workspace | None) -> set[str]:
    inputs = workspace.inputs if workspace else None
    return {role.app for role in inputs.roles} if isinstance(inputs, VaultAuthInputs) else set()
