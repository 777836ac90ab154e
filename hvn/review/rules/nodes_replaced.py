"""HVN915: a cluster's nodes are replaced, or its Kubernetes is upgraded."""

from collections.abc import Iterator

from hvn.review.markdown import code
from hvn.review.rules.change_refused import lower
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Level, Rule
from hvn.topology.inputs import AksInputs

RULE = Rule(
    id="HVN915",
    name="nodes-replaced",
    level=Level.WARNING,
    why="pods are moved: by an upgrade node by node, by another size or zone all at once, without cordon and drain",
    see="https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/kubernetes_cluster",
)
# `rotates` in hvn/rehearsal/tables/azurerm.json.
ROTATES = ("vm_size", "zones")


def check(situation: Situation) -> Iterator[Said]:
    """By the inputs of aks. A lower version is another rule's.

    Minor versions: https://learn.microsoft.com/azure/aks/upgrade-aks-cluster. One without a patch starts no upgrade of
    a cluster that has that minor version: `kubernetesVersion` in
    https://learn.microsoft.com/rest/api/aks/managed-clusters/create-or-update.
    """
    for workspace, before, after in situation.pairs(AksInputs):
        if after is None:
            continue
        for name in ROTATES:
            old, new = getattr(before.node_pool, name), getattr(after.node_pool, name)
            if old != new:
                yield Said(
                    workspace=workspace.id,
                    text=f"all nodes are replaced without cordon and drain: {name} {code(str(old))} → {code(str(new))}",
                )
        old, new = before.kubernetes_version, after.kubernetes_version
        if old != new and not lower(old, new):
            yield Said(workspace=workspace.id, text=f"Kubernetes {code(old)} → {code(new)}: {_upgrade(old, new)}")


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
