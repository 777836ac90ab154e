"""Workspaces that look into another namespace of Vault, where nothing of theirs is: their plans call it deleted."""

from hvn.kinds.vault.inputs import VaultInputs
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.review.context import Situation
from hvn.review.plan import Action


def moved(situation: Situation) -> tuple[str, ...]:
    """The workspaces whose namespace differs. One that the environment says is not known before and after."""
    vault = [(each, one.namespace, other and other.namespace) for each, one, other in situation.pairs(VaultInputs)]
    auth = [(each, one.namespace, other and other.namespace) for each, one, other in situation.pairs(VaultAuthInputs)]
    return tuple(each.id for each, old, new in (*vault, *auth) if None not in (old, new) and old != new)


def not_found_there(situation: Situation, workspace: str) -> frozenset[str]:
    """The addresses of what lives on in the old namespace, though the plan calls it deleted outside of Terraform."""
    plan = situation.plans.get(workspace)
    if plan is None or workspace not in moved(situation):
        return frozenset()
    return frozenset(each.address for each in plan.drift if each.action is Action.DELETE)
