"""HVN903: a cluster or its nodes are destroyed, replaced or deleted."""

from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Words, joined
from hvn.kinds.aks import replaced_by as forced
from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.kinds.workspace import WorkspaceId
from hvn.review.commands import pull_keys, unprotect
from hvn.review.context import Context
from hvn.review.diff import difference
from hvn.review.losses import destroyed, enforcement, listed
from hvn.review.plan import Action, Plan, ResourceChange
from hvn.review.rules.nodes_replaced import NODE_LOSSES, edited_pools

RULE = Rule(
    id="HVN903",
    name="cluster-replaced",
    reports=("A cluster is destroyed, replaced, or deleted outside Terraform; or a plan destroys its nodes."),
    why="all workloads of the cluster stop, and the new cluster has a new issuer and new keys",
    fix="undo the edit, or follow the manual steps: commit the keys of the new cluster, and apply its workspaces again",
    example="""\
spokes:
  payments:
    cluster: {pod_cidr: 100.80.0.0/16}
""",
    see="https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/kubernetes_cluster",
)
LABEL = "hvn: destroys"
CLUSTER, NODES = "azurerm_kubernetes_cluster", "azurerm_kubernetes_cluster_node_pool"
TYPES = (CLUSTER, NODES)
PERMISSIONS = ("azurerm_user_assigned_identity", "azurerm_role_assignment")
"""The types that a plan replaces together with a cluster. HVN920 reports them if the plan keeps the cluster."""


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about clusters that the topology replaces, that the plans destroy, or that somebody deleted."""
    planned = {
        id_: [*changes, *context.destroyed(*PERMISSIONS).get(id_, ())]
        for id_, changes in context.destroyed(CLUSTER).items()
    }
    for workspace, before, after in context.changed(AksInputs):
        names = forced(before, after) if after else ()  # HVN906 reports a removed cluster
        if after and names:
            changes = planned.pop(workspace.id, [])
            reasons = joined([_change(before, after, name) for name in names], ", ")
            yield _lost(context, workspace.id, _replaced(context, workspace.id, after, reasons, changes), after)
    for id_, changes in planned.items():
        yield _lost(context, id_, listed(changes))
    for id_, changes in context.destroyed(NODES).items():  # HVN915 reports removed pools
        if rest := [change for change in changes if change.address not in edited_pools(context, id_)]:
            yield destroyed(RULE, context, id_, rest, NODE_LOSSES)
    for id_, changes in context.deleted_outside(CLUSTER).items():
        addresses = [change.address for change in changes]
        message = Message("somebody deleted {addresses} outside Terraform", addresses=addresses)
        yield _lost(context, id_, message)


def _replaced(
    context: Context, workspace: str, after: AksInputs, reasons: Message, changes: Sequence[ResourceChange]
) -> Message:
    """Return a message with the reasons of the replacement, and with the plan's replacement or Terraform's refusal."""
    plan = context.plans.get(workspace)
    planned = bool(plan and not plan.failed)
    if after.prevent_destroy and not planned:
        return Message(
            "the cluster must be replaced, because Azure cannot change {reasons}. {enforcement}",
            reasons=reasons,
            enforcement=enforcement(plan, changes),
        )
    if changes:
        return Message(
            "the cluster is replaced, because Azure cannot change {reasons}; {plan}",
            reasons=reasons,
            plan=listed(changes),
        )
    if plan and planned and not _creates_cluster(plan):
        return Message(
            "the cluster must be replaced, because Azure cannot change {reasons}. {enforcement}",
            reasons=reasons,
            enforcement=enforcement(plan, changes, protected=False),
        )
    return Message("the cluster is replaced, because Azure cannot change {reasons}", reasons=reasons)


def _creates_cluster(plan: Plan) -> bool:
    """Return whether the plan creates the cluster. If so, somebody destroyed the old cluster before."""
    return any(change.type == CLUSTER and change.action is Action.CREATE for change in plan.changes)


def _change(before: AksInputs, after: AksInputs, name: str) -> Message:
    return Message(
        "{argument} {difference}",
        argument=Words(name),
        difference=difference(getattr(before, name), getattr(after, name)),
    )


def _lost(context: Context, workspace: str, message: Message, after: AksInputs | None = None) -> Finding:
    """Return the finding about a lost cluster. `after` are the inputs of a cluster that the topology replaces."""
    spoke = context.spoke(workspace) or ""
    impact = [Message("all workloads of the cluster, and all volumes without the reclaim policy Retain")]
    steps = []
    if after and after.prevent_destroy:
        steps.append(Message("undo the edit. Or set {field}, and plan again", field=unprotect(spoke)))
    auth = context.before.get(WorkspaceId("vault-auth", spoke))
    if auth and isinstance(auth.inputs, VaultAuthInputs):
        impact.append(
            Message(
                "its issuer and keys: **every login of {spoke} fails** until Vault has the new issuer and keys",
                spoke=spoke,
            )
        )
        ids = context.of_spoke(spoke, lambda kind: kind.in_cluster and kind.provides is None)
        again = [id_ for id_ in ids if id_ in context.after]
        if again:
            impact.append(
                Message(
                    "the workspaces that depend on the cluster and must be applied again: {workspaces}",
                    workspaces=again,
                )
            )
        if auth.inputs.pubkeys and auth.id in again:
            steps.append(
                Message(
                    "after {cluster}, run {pull}, commit the keys, and apply {workspaces}",
                    cluster=workspace,
                    pull=pull_keys(spoke),
                    workspaces=again,
                )
            )
        elif again:
            steps.append(Message("after {cluster}, apply {workspaces} again", cluster=workspace, workspaces=again))
    return Finding(rule=RULE, workspace=workspace, message=message, impact=tuple(impact), manual_steps=tuple(steps))
