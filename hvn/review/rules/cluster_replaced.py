"""HVN903: a cluster or its nodes are destroyed, replaced or gone."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Rule
from hvn.kinds.aks import replaced_by as forced
from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.review.context import Said, Situation
from hvn.review.destroyed import by_terraform, listed, told
from hvn.review.diff import differing
from hvn.review.markdown import code, codes
from hvn.review.plan import Action, Plan

RULE = Rule(
    id="HVN903",
    name="cluster-replaced",
    why="everything that runs in it ends, and another cluster has another issuer and other keys",
    see="https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/kubernetes_cluster",
)
CLUSTER, NODES = "azurerm_kubernetes_cluster", "azurerm_kubernetes_cluster_node_pool"
TYPES = (CLUSTER, NODES)


def check(situation: Situation) -> Iterator[Said]:
    """By the topology, and by what the plans destroy; what somebody else has deleted, too."""
    planned = situation.gone(CLUSTER)
    for workspace, before, after in situation.pairs(AksInputs):
        names = forced(before, after) if after else ()  # what is removed is told by another rule
        if after and names:
            reasons = ", ".join(f"{name} {_change(before, after, name)}" for name in names)
            changes = planned.pop(workspace.id, ())
            more = f"; the plan has {listed(changes)}" if changes else ""
            text = f"the cluster is replaced, for it cannot change: {reasons}{more}. With it goes:"
            plan = situation.plans.get(workspace.id)
            if plan and not plan.failed and not changes and not _makes_one(plan):
                left = by_terraform(plan, changes, kept=False)
                text = f"the cluster would have to be another one, for it cannot change: {reasons}. {left}"
            yield _said(situation, workspace.id, text)
    for id_, changes in planned.items():
        yield _said(situation, id_, f"the plan has {listed(changes)}. With it goes:")
    for id_, changes in situation.gone(NODES).items():
        yield told(situation, id_, changes, {NODES: "nodes of {here}, and the pods on them"})
    for id_, changes in situation.gone_outside(CLUSTER).items():
        addresses = codes([each.address for each in changes])
        yield _said(situation, id_, f"{addresses} was deleted outside of Terraform. This went with it:")


def _makes_one(plan: Plan) -> bool:
    """Whether the cluster before it is gone already."""
    return any(each.type == CLUSTER and each.action is Action.CREATE for each in plan.changes)


def _change(before: AksInputs, after: AksInputs, name: str) -> str:
    return differing(getattr(before, name), getattr(after, name))


def _said(situation: Situation, workspace: str, text: str) -> Said:
    spoke = situation.spoke(workspace)
    goes = ["everything that runs in the cluster, and its volumes unless they are retained"]
    auth = situation.before.get(f"vault-auth-{spoke}")
    by_hand = ""
    if auth and isinstance(auth.inputs, VaultAuthInputs):
        goes.append(
            f"its issuer and keys, so **every login of {code(str(spoke))} ends** until they are renewed in Vault"
        )
        again = [each for each in situation.of_spoke(spoke, "vault-auth", "vso", "secrets") if each in situation.after]
        if again:
            goes.append(f"what stands in it or trusts it, to be applied again: {codes(again)}")
        if auth.inputs.pubkeys and auth.id in again:
            by_hand = f"after {code(workspace)}: `bin/hvn keys pull {spoke} --issuer URL`, commit, apply {codes(again)}"
        elif again:
            by_hand = f"after {code(workspace)}: apply {codes(again)} again"
    return Said(workspace=workspace, text=text, goes_with=tuple(goes), by_hand=by_hand)
