"""Find the workspaces that the edit moves to a different Vault namespace. Their plans show the old resources as
deleted."""

from hvn.kinds.vault.inputs import VaultInputs
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.review.context import Context
from hvn.review.plan import Action


def moved(context: Context) -> tuple[str, ...]:
    """Return the workspaces with a changed namespace. Omit workspaces with a namespace from the environment, because
    this namespace is unknown."""
    vault = [(one, old.namespace, new and new.namespace) for one, old, new in context.changed(VaultInputs)]
    auth = [(one, old.namespace, new and new.namespace) for one, old, new in context.changed(VaultAuthInputs)]
    return tuple(one.id for one, old, new in (*vault, *auth) if None not in (old, new) and old != new)


def left_behind(context: Context, workspace: str) -> frozenset[str]:
    """Return the addresses that remain in the old namespace, and that the plan shows as deleted outside Terraform."""
    plan = context.plans.get(workspace)
    if plan is None or workspace not in moved(context):
        return frozenset()
    return frozenset(change.address for change in plan.drift if change.action is Action.DELETE)
