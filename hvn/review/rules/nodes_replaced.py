"""HVN915: the nodes of a cluster are replaced, or its Kubernetes version is upgraded."""

import re
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Words
from hvn.kinds.aks.inputs import AksInputs
from hvn.review.context import Context
from hvn.review.diff import difference
from hvn.review.differences import Difference
from hvn.review.plan import Action, ResourceChange
from hvn.review.rules.change_refused import lower

RULE = Rule(
    id="HVN915",
    name="nodes-replaced",
    level=Level.WARNING,
    reports="The VM size or the zones of a node pool change, or the Kubernetes version of a cluster.",
    why=(
        "pods move to other nodes: node by node in an upgrade; all at once, without cordon and drain, after a"
        " change of VM size or zones"
    ),
    fix="apply it in a maintenance window",
    example="""\
spokes:
  payments:
    cluster:
      node_pool: {vm_size: Standard_D8s_v5, min_count: 2, max_count: 3}
""",
    see="https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/kubernetes_cluster",
)
LABEL = "hvn: interrupts"
# `rotates` in hvn/rehearsal/tables/azurerm.json.
ROTATES = ("vm_size", "zones")
OF_THE_POOL = re.compile(rf"default_node_pool\[0\]\.({'|'.join(ROTATES)})(\[|$)")


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about replaced nodes, by the inputs and by the plans, and about upgrades. HVN917 reports a lower
    version.

    Minor versions: https://learn.microsoft.com/azure/aks/upgrade-aks-cluster. A version without a patch starts no
    upgrade of a cluster with that minor version: `kubernetesVersion` in
    https://learn.microsoft.com/rest/api/aks/managed-clusters/create-or-update.
    """
    by_edit = set()
    for workspace, before, after in context.changed(AksInputs):
        if after is None:
            continue
        for name in ROTATES:
            sides = getattr(before.node_pool, name), getattr(after.node_pool, name)
            if sides[0] != sides[1]:
                by_edit.add((workspace.id, name))
                message = Message(
                    "all nodes are replaced without cordon and drain: {argument} {difference}",
                    argument=Words(name),
                    difference=difference(*sides),
                )
                yield Finding(rule=RULE, workspace=workspace.id, message=message)
        old, new = before.kubernetes_version, after.kubernetes_version
        if old != new and not lower(old, new):
            message = Message("Kubernetes {old} → {new}: {upgrade}", old=old, new=new, upgrade=_upgrade(old, new))
            yield Finding(rule=RULE, workspace=workspace.id, message=message)
    for plan in context.plans.values():
        for change in plan.changes:
            others = [one for name, one in _of_nodes(change) if (plan.workspace, name) not in by_edit]
            if others:
                message = Message(
                    "all nodes are replaced without cordon and drain, by the plan of {address}: {changes}",
                    address=change.address,
                    changes=[
                        Message("{argument} {old} → {new}", argument=one.path, old=one.before, new=one.after)
                        for one in others
                    ],
                )
                yield Finding(rule=RULE, workspace=plan.workspace, message=message)


def _of_nodes(change: ResourceChange) -> Iterator[tuple[str, Difference]]:
    """Yield the changes of a cluster's node pool that replace its nodes, explained by an edit or not."""
    if change.type == "azurerm_kubernetes_cluster" and change.action is Action.UPDATE:
        for one in change.differences:
            if match := OF_THE_POOL.match(one.path):
                yield match[1], one


def _upgrade(old: str, new: str) -> Message:
    if minor(old) != minor(new) or old.count(".") == new.count("."):
        if minor(new) - minor(old) > 1:
            return Message(
                "an upgrade node by node, which cannot be reverted. AKS refuses to skip a minor version, unless the "
                "old one is out of support"
            )
        return Message("an upgrade node by node, which cannot be reverted")
    if old.count(".") < new.count("."):
        return Message(
            "the patch of {old} is unknown. If the cluster has an older one, this is an upgrade node by node, which "
            "cannot be reverted; AKS refuses it if the cluster has a newer one",
            old=old,
        )
    return Message("the patch of {new} is unknown. AKS starts no upgrade: the cluster keeps its patch", new=new)


def minor(version: str) -> int:
    """Return the minor version: 36 for `1.36.1`."""
    return int(version.split(".")[1])
