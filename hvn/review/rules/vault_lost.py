"""HVN901: the HVN or the Vault cluster is destroyed, replaced or gone, or the plan to do so refused."""

from collections.abc import Iterator, Sequence

from hvn.affected.replaced import other_vault
from hvn.diagnostics.finding import Rule
from hvn.kinds.hcp.inputs import HcpInputs
from hvn.review.context import Said, Situation
from hvn.review.destroyed import by_terraform, listed
from hvn.review.markdown import code, codes
from hvn.review.plan import ResourceChange
from hvn.review.state_removal import out_of_the_state

RULE = Rule(
    id="HVN901",
    name="vault-lost",
    why="HVN and Vault cluster cannot be changed in these arguments, and a new cluster is an empty one",
    see="https://registry.terraform.io/providers/hashicorp/hcp/0.111.0/docs/resources/hvn",
)
TYPES = ("hcp_hvn", "hcp_vault_cluster")
# ForceNew of hcp_hvn and hcp_vault_cluster (hvn/rehearsal/tables/hcp.json), as the inputs name them.
OF_THE_HVN = ("hvn_id", "cidr", "location", "project_id")
MIGRATE = (
    "take the edit back; or, if it is meant, plan a migration: a second HVN and cluster, and a copy of all secrets, "
    "before the first ones go"
)


def check(situation: Situation) -> Iterator[Said]:
    """By the topology, and by what the plans destroy; what somebody else has deleted, too."""
    planned = situation.gone(*TYPES)
    told = False
    for workspace, before, after in situation.pairs(HcpInputs):
        if after is None:
            yield _called_existing(situation, workspace.id, before)
            continue
        hvn = list(_of_the_hvn(before, after))
        reasons = [*hvn, *_of_the_cluster(before, after)]
        if reasons:
            changes = planned.pop(workspace.id, ())
            yield _said(
                situation,
                workspace.id,
                reasons,
                changes,
                hvn=bool(hvn) or _hvn(changes),
                kept=not any(_no_longer_made(before, after)),
                lives_on=tuple(_no_longer_made(before, after)),
            )
        told = told or bool(reasons)
    for id_, changes in planned.items():
        yield _said(situation, id_, [], changes, hvn=_hvn(changes))
    if not told:
        yield from _another(situation)
    for id_, changes in situation.gone_outside(*TYPES).items():
        yield Said(
            workspace=id_,
            text=f"{codes([each.address for each in changes])} was deleted outside of Terraform, and what is made "
            "anew is empty. This went with it:",
            goes_with=tuple(_goes(situation, hvn=_hvn(changes))),
            by_hand="find out who deleted it and whether HCP has a snapshot, before a new one is made",
        )


def _called_existing(situation: Situation, workspace: str, before: HcpInputs) -> Said:
    return Said(
        workspace=workspace,
        text="no longer in the topology, which calls HVN and Vault cluster existing. The merge destroys neither, and "
        "Terraform looks after neither any more. Whoever destroys it from the base: **Terraform refuses this** by "
        "`prevent_destroy`. If it is forced, this goes:",
        goes_with=tuple(_goes(situation, hvn=before.new_hvn)),
        by_hand=f"{out_of_the_state(workspace, base=situation.comparison.base.commit[:12])}; or take the edit back",
    )


def _another(situation: Situation) -> Iterator[Said]:
    """Of a Vault that nothing here made, or makes any more: the topology only names another one."""
    other = other_vault(situation.before.values(), situation.after.values())
    if not other:
        return
    names = "; ".join(f"{what} {code(old)} → {code(new)}" for what, (old, new) in other.items())
    logins = [id_ for id_ in situation.before if id_.startswith(("vault-auth-", "secrets-"))]
    yield Said(
        workspace="vault",
        text=f"Vault is another one: {names}. No plan shows it: which Vault Terraform writes to is said by "
        "`VAULT_ADDR`, and the operators read from the new one once `vso-*` are applied. What stays in the old one:",
        goes_with=(
            "**every secret in Vault**, with all mounts, roles and policies",
            *([f"every login and every secret that is synced from Vault: {codes(logins)}"] if logins else []),
        ),
        by_hand="copy all secrets to the new Vault first; let `VAULT_ADDR` name it, in the pipelines too, before "
        "`vault` and `vault-auth-*` are planned: with the old address their plans are empty, and the new Vault has no "
        "login; or take the edit back",
    )


def _no_longer_made(before: HcpInputs, after: HcpInputs) -> Iterator[str]:
    """The addresses of what is called existing now."""
    if before.new_hvn and not after.new_hvn:
        yield "hcp_hvn.hvn"
    if before.new_vault and not after.new_vault:
        yield "hcp_vault_cluster.vault"


def _hvn(changes: Sequence[ResourceChange]) -> bool:
    return any(each.type == "hcp_hvn" for each in changes)


def _of_the_hvn(before: HcpInputs, after: HcpInputs) -> Iterator[str]:
    for name in OF_THE_HVN:
        old, new = getattr(before, name), getattr(after, name)
        # A project id that was not written down before, or no longer is, is most likely the same project's.
        if old != new and None not in (old, new) and before.new_hvn:
            yield f"the HVN's {name} changes from {code(str(old))} to {code(str(new))}"
    if before.new_hvn and not after.new_hvn:
        yield "the HVN is no longer created here"


def _of_the_cluster(before: HcpInputs, after: HcpInputs) -> Iterator[str]:
    if before.new_vault and after.new_vault is None:
        yield "the Vault cluster is no longer created here"
    elif before.new_vault and after.new_vault and before.new_vault.cluster_id != after.new_vault.cluster_id:
        yield "the Vault cluster is another one"


def _said(
    situation: Situation,
    workspace: str,
    reasons: Sequence[str],
    changes: Sequence[ResourceChange],
    *,
    hvn: bool,
    kept: bool = True,
    lives_on: Sequence[str] = (),
) -> Said:
    told = [*reasons, f"the plan has {listed(changes)}"] if changes else reasons
    return Said(
        workspace=workspace,
        text=f"{'; '.join(told)}. {by_terraform(situation.plans.get(workspace), changes, kept=kept)}",
        goes_with=tuple(_goes(situation, hvn=hvn)),
        by_hand=f"{out_of_the_state(workspace, lives_on)}, then plan and review this once more; or {MIGRATE}"
        if lives_on
        else MIGRATE,
    )


def _goes(situation: Situation, *, hvn: bool) -> Iterator[str]:
    peerings = [id_ for id_ in situation.before if id_.startswith("peering-")]
    logins = [id_ for id_ in situation.before if id_.startswith(("vault-auth-", "secrets-"))]
    what = "the HVN and the Vault cluster in it" if hvn else "the Vault cluster"
    yield f"{what}: **every secret in Vault is lost**, with all mounts, roles and policies"
    if peerings and hvn:
        yield f"every peering with the HVN and all of its routes: {codes(peerings)}"
    if logins:
        yield f"every login and every secret that is synced from Vault: {codes(logins)}"
