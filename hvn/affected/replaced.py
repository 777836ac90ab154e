"""Clusters that are built anew, and what has to be applied to the new one though its inputs stay the same."""

from collections.abc import Iterator, Mapping, Sequence

from hvn.topology.inputs import AksInputs, Inputs, SecretsInputs, VaultAuthInputs, VsoInputs
from hvn.topology.workspaces import Workspace

# ForceNew of azurerm_kubernetes_cluster (hvn/rehearsal/tables/azurerm.json), as the inputs name them.
FORCES = (
    *("cluster", "group", "location", "dns_prefix", "node_group", "dns_zone"),
    *("pod_cidr", "service_cidr", "dns_service_ip"),
)


def forced(before: AksInputs, after: AksInputs) -> list[str]:
    """The inputs that differ and that no cluster can change; none if it stays."""
    return [name for name in FORCES if getattr(before, name) != getattr(after, name)]


def follow(built: Sequence[Workspace], earlier: Mapping[str, Workspace]) -> Iterator[tuple[str, str]]:
    """Workspaces that look into a cluster that is built anew, with the cluster's: the ids of both."""
    replaced = {each.spoke: each.id for each in built if _anew(earlier.get(each.id), each.inputs)}
    for each in built:
        if each.spoke in replaced and _looks_into_it(each.inputs):
            yield each.id, replaced[each.spoke]


def _anew(before: Workspace | None, after: Inputs | None) -> bool:
    """Terraform replaces it, or it has to be destroyed by hand before the subnet that it stands in can move."""
    was = before.inputs if before else None
    if not isinstance(was, AksInputs) or not isinstance(after, AksInputs):
        return False
    return bool(forced(was, after)) or was.node_subnet != after.node_subnet


def _looks_into_it(inputs: Inputs | None) -> bool:
    """Of a mount that is checked by keys nothing differs until they are pulled, which is an edit of its own."""
    if isinstance(inputs, VaultAuthInputs):
        return not inputs.pubkeys
    return isinstance(inputs, VsoInputs | SecretsInputs)
