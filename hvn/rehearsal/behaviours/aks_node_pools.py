"""Azure refuses a node pool with invalid sizes, and a spot pool with a surge; azurerm refuses a rotation without a
temporary name.

azurerm 4.55.0: kubernetes_cluster_node_pool_resource.go; AKS: "Spot pools can't set max surge"
(learn.microsoft.com/azure/aks/spot-node-pool), a system pool is neither empty nor spot
(learn.microsoft.com/azure/aks/use-system-pools).
"""

from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.behaviours.aks_arguments import ROTATING, refuse_sizes

OF_THE_CLUSTER = ("name", "only_critical_addons_enabled")


def create(change: Change) -> None:
    """Refuse a node pool with an invalid combination of arguments."""
    pool = change.after
    refuse_sizes(pool, empty=pool.get("mode") == "User")
    if pool.get("priority") == "Spot":
        if pool.get("mode") == "System":
            raise _refused("a system node pool cannot have spot nodes")
        if any(settings.get("max_surge") for settings in pool.get("upgrade_settings") or ()):
            raise _refused("Spot pools can't set max surge.")


def update(change: Change) -> None:
    """Refuse invalid arguments, and a rotation without `temporary_name_for_rotation`."""
    create(change)
    before, after = change.before, change.after
    arguments = [name for name in ROTATING if name not in OF_THE_CLUSTER]
    rotating = [name for name in arguments if (before.get(name) or None) != (after.get(name) or None)]
    if rotating and not after.get("temporary_name_for_rotation"):
        raise Refusal(
            f"`temporary_name_for_rotation` must be specified when updating any of the following properties {rotating}"
        )


def _refused(message: str) -> Refusal:
    return Refusal("creating Node Pool: unexpected status 400 (400 Bad Request) with error: InvalidParameter", message)


CREATE = {"azurerm_kubernetes_cluster_node_pool": create}
UPDATE = {"azurerm_kubernetes_cluster_node_pool": update}
