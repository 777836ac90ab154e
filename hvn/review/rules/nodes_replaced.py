"""HVN915: a cluster's nodes are replaced, or its Kubernetes is upgraded."""

import re
from collections.abc import Iterator

from hvn.diagnostics.finding import Level, Rule
from hvn.kinds.aks.inputs import AksInputs
from hvn.review.context import Said, Situation
from hvn.review.differences import Difference
from hvn.review.markdown import code, codes
from hvn.review.plan import Action, ResourceChange
from hvn.review.rules.change_refused import lower

RULE = Rule(
    id="HVN915",
    name="nodes-replaced",
    level=Level.WARNING,
    why="pods are moved: by an upgrade node by node, by another size or zone all at once, without cordon and drain",
    see="https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/kubernetes_cluster",
)
# `rotates` in hvn/rehearsal/tables/azurerm.json.
ROTATES = ("vm_size", "zones")
OF_THE_POOL = re.compile(rf"default_node_pool\[0\]\.({'|'.join(ROTATES)})(\[|$)")
ALL = "all nodes are replaced without cordon and drain"


def check(situation: Situation) -> Iterator[Said]:
    """By the inputs of aks, and by what the plans change. A lower version is another rule's.

    Minor versions: https://learn.microsoft.com/azure/aks/upgrade-aks-cluster. One without a patch starts no upgrade of
    a cluster that has that minor version: `kubernetesVersion` in
    https://learn.microsoft.com/rest/api/aks/managed-clusters/create-or-update.
    """
    told = set()
    for workspace, before, after in situation.pairs(AksInputs):
        if after is None:
            continue
        for name in ROTATES:
            old, new = getattr(before.node_pool, name), getattr(after.node_pool, name)
            if old != new:
                told.add((workspace.id, name))
                yield Said(workspace=workspace.id, text=f"{ALL}: {name} {_value(old)} → {_value(new)}")
        old, new = before.kubernetes_version, after.kubernetes_version
        if old != new and not lower(old, new):
            yield Said(workspace=workspace.id, text=f"Kubernetes {code(old)} → {code(new)}: {_upgrade(old, new)}")
    for plan in situation.plans.values():
        for each in plan.changes:
            found = [one for name, one in _of_nodes(each) if (plan.workspace, name) not in told]
            if found:
                changed = ", ".join(f"{code(one.path)} {code(one.before)} → {code(one.after)}" for one in found)
                yield Said(workspace=plan.workspace, text=f"{ALL}, by the plan of {code(each.address)}: {changed}")


def _of_nodes(change: ResourceChange) -> Iterator[tuple[str, Difference]]:
    """What a plan changes of a cluster's pool that replaces its nodes, whether or not an edit explains it."""
    if change.type == "azurerm_kubernetes_cluster" and change.action is Action.UPDATE:
        for each in change.differences:
            if found := OF_THE_POOL.match(each.path):
                yield found[1], each


def _value(value: str | tuple[str, ...]) -> str:
    return code(value) if isinstance(value, str) else codes(value) or "none"


def _upgrade(old: str, new: str) -> str:
    if minor(old) != minor(new) or old.count(".") == new.count("."):
        skips = minor(new) - minor(old) > 1
        more = ". AKS refuses to skip a minor version, unless the old one is out of support" if skips else ""
        return f"node by node, and there is no way back{more}"
    if old.count(".") < new.count("."):
        return (
            f"it is not known which patch {code(old)} stands for. An upgrade, node by node and without a way back; "
            "or, if the cluster has a newer one, a lower version, which AKS refuses"
        )
    return (
        f"it is not known which patch {code(new)} stands for. AKS starts no upgrade by that: the cluster keeps its own"
    )


def minor(version: str) -> int:
    """36 of `1.36.1`."""
    return int(version.split(".")[1])
