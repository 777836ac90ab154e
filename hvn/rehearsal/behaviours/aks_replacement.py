"""For some arguments, the code of azurerm decides whether a change replaces the cluster or the node pool.

AKS cannot remove a drain timeout or a behaviour of undrainable nodes, so an edit that removes the argument forces
replacement. A new name of the default node pool also forces replacement. If a failed rotation left the pool with the
temporary name, the next apply continues the rotation instead of replacing the cluster.

azurerm 4.55.0: kubernetes_cluster_resource.go and kubernetes_cluster_node_pool_resource.go (CustomizeDiff).
"""

from collections.abc import Callable, Mapping
from typing import Any

from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.wire import UNKNOWN

Path = tuple[str | int, ...]
Replaces = Callable[[Any, Any], bool]


def _removed(before: Any, after: Any) -> bool:
    return bool(before) and not after


def _was_set(before: Any, _after: Any) -> bool:
    return bool(before)


SETTINGS: Mapping[Path, Replaces] = {
    ("upgrade_settings", 0, "drain_timeout_in_minutes"): _removed,
    ("upgrade_settings", 0, "undrainable_node_behavior"): _removed,
}
CLUSTER: Mapping[Path, Replaces] = {
    **{("default_node_pool", 0, *path): replaces for path, replaces in SETTINGS.items()},
    ("api_server_access_profile", 0, "subnet_id"): _removed,
    ("network_profile", 0, "network_data_plane"): _was_set,
    ("network_profile", 0, "network_plugin_mode"): lambda _before, after: str(after).casefold() != "overlay",
    ("network_profile", 0, "network_policy"): _was_set,
}
OUTBOUND: Path = ("network_profile", 0, "outbound_type")
ARTIFACTS: Path = ("bootstrap_profile", 0, "artifact_source")


def plan_cluster(change: Change) -> None:
    """Add the changed arguments that replace a cluster. Refuse an outbound type that needs a private registry."""
    change.replaces += _replacing(change, CLUSTER)
    outbound, source = (_at(change.after, path) for path in (OUTBOUND, ARTIFACTS))
    if outbound == "none" and source != "Cache":
        raise Refusal(
            "when `network_profile.0.outbound_type` is set to `none`, `bootstrap_profile.0.artifact_source` must be "
            "set to `Cache`"
        )
    before, after = (_at(side, ("default_node_pool", 0)) or {} for side in (change.before, change.after))
    if before and before.get("name") not in (after.get("name"), after.get("temporary_name_for_rotation")):
        change.replaces.append(("default_node_pool", 0, "name"))


def plan_pool(change: Change) -> None:
    """Add the changed arguments that replace a node pool."""
    change.replaces += _replacing(change, SETTINGS)


def _replacing(change: Change, rules: Mapping[Path, Replaces]) -> list[Path]:
    if not change.before:
        return []
    sides = [(path, _at(change.before, path), _at(change.after, path)) for path in rules]
    return [
        path
        for path, before, after in sides
        if after is not UNKNOWN and (before or None) != (after or None) and rules[path](before, after)
    ]


def _at(value: Any, path: Path) -> Any:
    """Return the value at a path, or None if a part of the path is missing or unknown."""
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


PLAN = {"azurerm_kubernetes_cluster": plan_cluster, "azurerm_kubernetes_cluster_node_pool": plan_pool}
