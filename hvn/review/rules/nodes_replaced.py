"""HVN915: the nodes of a cluster are replaced, or its Kubernetes version is upgraded."""

import re
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Words
from hvn.kinds.aks.inputs import AksInputs, NodePoolInputs
from hvn.kinds.inputs import Subnet
from hvn.review.context import Context
from hvn.review.diff import difference
from hvn.review.differences import Difference
from hvn.review.losses import Loss, impact, with_plan
from hvn.review.plan import Action, ResourceChange
from hvn.review.rules.change_refused import lower

RULE = Rule(
    id="HVN915",
    name="nodes-replaced",
    level=Level.WARNING,
    reports=(
        "A change replaces, reimages or removes the nodes of a pool, or upgrades the Kubernetes version of a cluster."
    ),
    why=(
        "an upgrade moves the pods node by node. A change that Azure cannot make in place replaces all nodes at once, "
        "without cordon and drain"
    ),
    fix="apply the change in a maintenance window",
    example="""\
spokes:
  payments:
    cluster:
      node_pool: {vm_size: Standard_D8s_v5, min_count: 2, max_count: 3}
""",
    see="https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/kubernetes_cluster",
)
LABEL = "hvn: interrupts"
# The arguments of `ROTATING` in hvn/rehearsal/behaviours/aks_arguments.py that the file sets, by input.
ROTATES = {
    "subnet": "vnet_subnet_id",
    "pod_subnet": "pod_subnet_id",
    "vm_size": "vm_size",
    "zones": "zones",
    "max_pods": "max_pods",
    "os_disk_type": "os_disk_type",
    "os_disk_size_gb": "os_disk_size_gb",
    "host_encryption": "host_encryption_enabled",
    "only_critical_addons": "only_critical_addons_enabled",
}
BY_ARGUMENT = {argument: name for name, argument in ROTATES.items()}
CLUSTER, NODES = "azurerm_kubernetes_cluster", "azurerm_kubernetes_cluster_node_pool"
NODE_LOSSES = {NODES: Loss("nodes of {who}, and the pods on them")}
OF_A_POOL = re.compile(rf"(?:default_node_pool\[0\]\.)?({'|'.join(BY_ARGUMENT)})(\[|$)")


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about nodes that the edit or a plan replaces, and about upgrades. HVN917 reports a lower version.

    Minor versions: https://learn.microsoft.com/azure/aks/upgrade-aks-cluster. A version without a patch starts no
    upgrade of a cluster with that minor version: `kubernetesVersion` in
    https://learn.microsoft.com/rest/api/aks/managed-clusters/create-or-update.
    """
    by_edit = set()
    for workspace, before, after in context.changed(AksInputs):
        if after is None:
            continue
        for address, old_pool, new_pool in _pools(before, after):
            for name in ROTATES if new_pool else ():
                sides = _value(old_pool, name), _value(new_pool, name)
                if getattr(old_pool, name) != getattr(new_pool, name):
                    by_edit.add((workspace.id, address, name))
                if sides[0] != sides[1]:
                    message = Message(
                        "all nodes of {pool} are replaced without cordon and drain: {argument} {difference}",
                        pool=old_pool.name,
                        argument=Words(name),
                        difference=difference(*sides),
                    )
                    yield Finding(rule=RULE, workspace=workspace.id, message=message)
            if new_pool and old_pool.os_sku != new_pool.os_sku:
                template = "AKS reimages the nodes of {pool} one by one: os_sku {difference}"
                systems = difference(old_pool.os_sku, new_pool.os_sku)
                message = Message(template, pool=old_pool.name, difference=systems)
                yield Finding(rule=RULE, workspace=workspace.id, message=message)
            if new_pool is None or new_pool.spot != old_pool.spot:
                yield _lost(context, workspace.id, address, old_pool.name, removed=new_pool is None)
        old, new = before.kubernetes_version, after.kubernetes_version
        if old != new and not lower(old, new):
            message = Message("Kubernetes {old} → {new}: {upgrade}", old=old, new=new, upgrade=_upgrade(old, new))
            yield Finding(rule=RULE, workspace=workspace.id, message=message)
    for plan in context.plans.values():
        for change in plan.changes:
            others = [one for name, one in _of_nodes(change) if (plan.workspace, change.address, name) not in by_edit]
            if others:
                message = Message(
                    "the plan of {address} replaces all nodes without cordon and drain: {changes}",
                    address=change.address,
                    changes=[
                        Message("{argument} {old} → {new}", argument=one.path, old=one.before, new=one.after)
                        for one in others
                    ],
                )
                yield Finding(rule=RULE, workspace=plan.workspace, message=message)


def _lost(context: Context, workspace: str, address: str, pool: str, *, removed: bool) -> Finding:
    """Return the finding about a pool that the edit removes or replaces. AKS does not cordon and drain the nodes of a
    pool that is deleted: https://learn.microsoft.com/azure/aks/delete-node-pool."""
    template = "the node pool {pool} is removed" if removed else "the node pool {pool} is replaced"
    changes = [one for one in context.destroyed(NODES).get(workspace, ()) if one.address == address]
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        workspace=workspace,
        message=with_plan([Message(template, pool=pool)], changes),
        impact=impact(context, workspace, [NODES], NODE_LOSSES),
    )


def edited_pools(context: Context, workspace: str) -> set[str]:
    """Return the addresses of the pools that the edit removes or replaces."""
    return {
        address
        for one, before, after in context.changed(AksInputs)
        if one.id == workspace and after
        for address, old, new in _pools(before, after)
        if new is None or new.spot != old.spot
    }


def _of_nodes(change: ResourceChange) -> Iterator[tuple[str, Difference]]:
    """Yield the changes of a cluster's node pool that replace its nodes, with or without an edit."""
    if change.type in (CLUSTER, NODES) and change.action is Action.UPDATE:
        for one in change.differences:
            if match := OF_A_POOL.match(one.path):
                yield BY_ARGUMENT[match[1]], one


def _pools(before: AksInputs, after: AksInputs) -> Iterator[tuple[str, NodePoolInputs, NodePoolInputs | None]]:
    """Yield the address, the old and the new inputs of each node pool; None if the pool is removed."""
    yield f"{CLUSTER}.cluster", before.node_pool, after.node_pool
    now = {pool.name: pool for pool in after.node_pools}
    for pool in before.node_pools:
        yield f"{NODES}.nodes_{pool.name}", pool, now.get(pool.name)


def _value(pool: NodePoolInputs | None, name: str) -> object:
    """Return the value of a setting; for a subnet, its key in the file, because HVN904 reports a moved subnet."""
    value = getattr(pool, name)
    return value.key if isinstance(value, Subnet) else value


def _upgrade(old: str, new: str) -> Message:
    if minor(old) != minor(new) or old.count(".") == new.count("."):
        if minor(new) - minor(old) > 1:
            return Message(
                "AKS upgrades node by node, and cannot revert the upgrade. AKS refuses to skip a minor version, "
                "unless the old version is out of support"
            )
        return Message("AKS upgrades node by node, and cannot revert the upgrade")
    if old.count(".") < new.count("."):
        return Message(
            "the patch of {old} is unknown. If the cluster has an older patch, AKS upgrades node by node, and cannot "
            "revert the upgrade. If the cluster has a newer patch, AKS refuses the change",
            old=old,
        )
    return Message("the patch of {new} is unknown. AKS starts no upgrade: the cluster keeps its patch", new=new)


def minor(version: str) -> int:
    """Return the minor version: 36 for `1.36.1`."""
    return int(version.split(".")[1])
