"""HVN921: a mount, a role or a policy of Vault's logins is destroyed or replaced."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Rule
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.kinds.workspace import Workspace
from hvn.review.context import Said, Situation
from hvn.review.destroyed import told
from hvn.review.plan import Action, ResourceChange

RULE = Rule(
    id="HVN921",
    name="logins-lost",
    why="a login mount that is disabled takes all its roles with it and ends every token that was given by it",
    see="https://developer.hashicorp.com/vault/docs/commands/auth/disable",
)
GOES = {
    "vault_jwt_auth_backend": "**every login** at this mount, of {here}: its roles, and all tokens that it gave",
    "vault_jwt_auth_backend_role": "the login by this role, of {here}",
    "vault_policy": "what a role of {here} may read or write",
}
TYPES = tuple(GOES)
ROLES = ("vault_jwt_auth_backend_role", "vault_policy")


def check(situation: Situation) -> Iterator[Said]:
    """By what the plans destroy; a role or policy that the edit takes away is another rule's (login_removed.py)."""
    for id_, changes in situation.gone(*TYPES).items():
        if lost := [each for each in changes if not removed(situation, id_, each)]:
            yield told(situation, id_, lost, GOES)


def removed(situation: Situation, workspace: str, change: ResourceChange) -> bool:
    """Whether it is a role or a policy that is deleted because the topology no longer has it, and nothing else did."""
    unexplained = situation.plans[workspace].unexplained
    if change.type not in ROLES or change.action is not Action.DELETE or unexplained is None:
        return False
    before, after = (each.get(workspace) for each in (situation.before, situation.after))
    if after and after.inputs is None:  # held back: the topology has its roles
        return False
    names = _roles(before) - _roles(after)
    addresses = {f"vault_jwt_auth_backend_role.role_{name}" for name in names}
    addresses |= {f"vault_policy.{kind}_{name}" for kind in ("reader", "writer") for name in names}
    return change.address in addresses - {*unexplained}


def _roles(workspace: Workspace | None) -> set[str]:
    inputs = workspace.inputs if workspace else None
    return {role.name for role in inputs.roles} if isinstance(inputs, VaultAuthInputs) else set()
