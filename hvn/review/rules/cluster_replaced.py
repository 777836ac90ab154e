"""HVN903: a cluster is destroyed or replaced."""

from collections.abc import Iterator

from hvn.affected.replaced import forced
from hvn.review.markdown import code, codes
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Rule
from hvn.topology.inputs import AksInputs, VaultAuthInputs

RULE = Rule(
    id="HVN903",
    name="cluster-replaced",
    why="everything that runs in it ends, and another cluster has another issuer and other keys",
    see="https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/kubernetes_cluster",
)


def check(situation: Situation) -> Iterator[Said]:
    """By the topology, with or without a plan; by the plan, if the topology does not show it."""
    told = set()
    for workspace, before, after in situation.pairs(AksInputs):
        if after is None:
            continue  # what is removed is told by another rule
        names = forced(before, after)
        if names:
            told.add(workspace.id)
            reasons = ", ".join(f"{name} {_change(before, after, name)}" for name in names)
            yield _said(situation, workspace.id, workspace.spoke, f"replaced, for it cannot change: {reasons}")
    for plan, change in situation.gone("azurerm_kubernetes_cluster"):
        if plan.workspace not in told:
            why = f" by {codes(change.replaced_by)}" if change.replaced_by else ""
            spoke = plan.workspace.removeprefix("aks-")
            yield _said(situation, plan.workspace, spoke, f"{change.action} of {code(change.address)}{why}")


def _change(before: AksInputs, after: AksInputs, name: str) -> str:
    old, new = getattr(before, name), getattr(after, name)
    return f"{code(old)} → {code(new)}" if isinstance(old, str) else "(another one)"


def _said(situation: Situation, workspace: str, spoke: str | None, reason: str) -> Said:
    goes = ["everything that runs in the cluster, and its volumes unless they are retained"]
    auth = situation.before.get(f"vault-auth-{spoke}")
    by_hand = ""
    if auth and isinstance(auth.inputs, VaultAuthInputs):
        goes.append(
            f"its issuer and keys, so **every login of {code(str(spoke))} ends** until they are renewed in Vault"
        )
        again = situation.of_spoke(spoke, "vault-auth", "vso", "secrets")
        goes.append(f"what stands in it or trusts it, to be applied again: {codes(again)}")
        if auth.inputs.pubkeys:
            by_hand = f"after {code(workspace)}: `bin/hvn keys pull {spoke} --issuer URL`, commit, apply {codes(again)}"
        else:
            by_hand = f"after {code(workspace)}: apply {codes(again)} again"
    return Said(
        workspace=workspace, text=f"the cluster is {reason}. With it goes:", goes_with=tuple(goes), by_hand=by_hand
    )
