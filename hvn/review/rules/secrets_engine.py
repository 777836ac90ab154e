"""HVN902: the kv engine that holds the apps' secrets moves, is destroyed, replaced or gone."""

from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Rule
from hvn.kinds.vault.inputs import VaultInputs
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.review.context import Said, Situation
from hvn.review.destroyed import by_terraform, listed
from hvn.review.markdown import code, codes
from hvn.review.namespaces import moved
from hvn.review.plan import ResourceChange

RULE = Rule(
    id="HVN902",
    name="secrets-engine",
    why="a kv engine that is disabled takes all its secrets with it, and a new one is empty",
    see="https://developer.hashicorp.com/vault/docs/commands/secrets/disable",
)
TYPES = ("vault_mount",)
LOST = "the kv engine: **every secret in it is lost**"


def check(situation: Situation) -> Iterator[Said]:
    """Another path is a move within Vault, another namespace another engine; and what the plans destroy.

    The provider finds no mount in the other namespace, takes it out of the state and makes one
    (hashicorp/terraform-provider-vault#2997 tells it of another mount): `prevent_destroy` sees nothing of it.
    """
    planned = situation.gone(*TYPES)
    for workspace, before, after in situation.pairs(VaultInputs):
        if after is None or (before.namespace, before.kv_mount) == (after.namespace, after.kv_mount):
            continue
        changes = planned.pop(workspace.id, ())
        moves = f"from {code(before.kv_mount)} to {code(after.kv_mount)}"
        if before.namespace != after.namespace:
            old, new = code(str(before.namespace)), code(str(after.namespace))
            known = workspace.id in moved(situation)
            yield Said(
                workspace=workspace.id,
                text=f"the namespace changes from {old} to {new}. Terraform moves nothing between namespaces: it makes "
                f"another, empty kv engine in {new}{_too(changes)}. Out of the apps' reach are:",
                goes_with=(
                    f"**all secrets** of the kv engine in {old}",
                    *([LOST] if changes else []),
                    *(_stays(situation, before, old) if known else ()),
                ),
                by_hand=_before_it_moves(situation, before)
                if known
                else "copy the secrets to the new namespace first, or take the edit back",
            )
        elif changes:
            yield _said(situation, workspace.id, [f"the kv engine's path changes {moves}"], changes)
        else:
            yield Said(
                workspace=workspace.id,
                text=f"the kv engine moves {moves}: Vault moves its "
                "secrets with it, and until every spoke's vault-auth and secrets are applied no app can read any",
            )
    for id_, changes in planned.items():
        yield _said(situation, id_, [], changes)
    for id_, changes in situation.gone_outside(*TYPES).items():
        if id_ in moved(situation):
            continue
        yield Said(
            workspace=id_,
            text=f"{codes([each.address for each in changes])} was deleted outside of Terraform, or is not where it "
            "looks for it; what is made anew is empty. This went with it:",
            goes_with=(LOST,),
            by_hand="find out who deleted it and whether a snapshot of Vault has it, before a new one is made",
        )


def _logins(situation: Situation) -> list[tuple[str, str]]:
    """The workspaces of the spokes' logins that were built, with their mounts."""
    return [
        (id_, each.inputs.mount) for id_, each in situation.before.items() if isinstance(each.inputs, VaultAuthInputs)
    ]


def _stays(situation: Situation, before: VaultInputs, old: str) -> Iterator[str]:
    mounts = [*(mount for _, mount in _logins(situation)), *(each.path for each in before.ci)]
    if mounts:
        yield (
            f"what stays behind in {old}, and no state knows of any more: the mounts {codes(mounts)} with their "
            "roles and policies. **Who may log in there still may**, and read what is there"
        )


def _before_it_moves(situation: Situation, before: VaultInputs) -> str:
    steps = ["copy the secrets to the new namespace"]
    base = situation.comparison.base.commit[:12]
    if logins := [id_ for id_, _ in _logins(situation)]:
        destroy = f"bin/cdktf destroy {' '.join(logins)} --ignore-missing-stack-dependencies"
        steps.append(
            "then, before this is merged, destroy the logins that would stay behind from the base: "
            f"{code(f'git switch --detach {base}')}, {code(destroy, 1000)} (no app can log in from then on until this "
            "is applied), and plan and review this once more"
        )
    disable = [f"vault auth disable -namespace={before.namespace} {each.path}" for each in before.ci]
    if disable:
        steps.append(f"when the pipelines log in to the new one: {', '.join(code(each, 300) for each in disable)}")
    return f"{'; '.join(steps)}; or take the edit back"


def _too(changes: Sequence[ResourceChange]) -> str:
    return f", and the plan has {listed(changes)}" if changes else ""


def _said(situation: Situation, workspace: str, reasons: Sequence[str], changes: Sequence[ResourceChange]) -> Said:
    return Said(
        workspace=workspace,
        text=f"{'; '.join([*reasons, f'the plan has {listed(changes)}'])}. "
        f"{by_terraform(situation.plans.get(workspace), changes)}",
        goes_with=(LOST,),
        by_hand="copy the secrets first, or take the edit back",
    )
