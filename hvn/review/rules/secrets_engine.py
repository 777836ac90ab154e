"""HVN902: the kv engine that holds the apps' secrets is destroyed or replaced."""

from collections.abc import Iterator

from hvn.review.markdown import code
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Rule
from hvn.topology.inputs import VaultInputs

RULE = Rule(
    id="HVN902",
    name="secrets-engine",
    why="a kv engine that is disabled takes all its secrets with it, and a new one is empty",
    see="https://developer.hashicorp.com/vault/docs/commands/secrets/disable",
)


def check(situation: Situation) -> Iterator[Said]:
    """Another mount path is a move within Vault, another namespace another engine."""
    told = False
    for workspace, before, after in situation.pairs(VaultInputs):
        if after and before.namespace != after.namespace:
            told = True
            yield _said(
                workspace.id,
                f"the namespace changes from {code(str(before.namespace))} to {code(str(after.namespace))}",
            )
        elif after and before.kv_mount != after.kv_mount:
            told = True
            yield Said(
                workspace=workspace.id,
                text=f"the kv engine moves from {code(before.kv_mount)} to {code(after.kv_mount)}: Vault moves its "
                "secrets with it, and until every spoke's vault-auth and secrets are applied no app can read any",
            )
    if not told:
        for plan, change in situation.gone("vault_mount"):
            yield _said(plan.workspace, f"the plan has {change.action} of {code(change.address)}")


def _said(workspace: str, reason: str) -> Said:
    return Said(
        workspace=workspace,
        text=f"{reason}. **Terraform refuses this** by `prevent_destroy`. If it is forced, this goes:",
        goes_with=("the kv engine: **every secret in it is lost**",),
        by_hand="copy the secrets first, or take the edit back",
    )
