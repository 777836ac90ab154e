"""Clusters that are built anew, and another Vault: what has to be applied to it though its inputs stay the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hvn.kinds.inputs import (
    AksInputs,
    HcpInputs,
    Inputs,
    PeeringInputs,
    SecretsInputs,
    VaultAuthInputs,
    VaultInputs,
    VsoInputs,
)
from hvn.kinds.workspaces import Workspace

# ForceNew of azurerm_kubernetes_cluster (hvn/rehearsal/tables/azurerm.json), as the inputs name them.
FORCES = (
    *("cluster", "group", "location", "dns_prefix", "node_group", "dns_zone"),
    *("pod_cidr", "service_cidr", "dns_service_ip"),
)


def forced(before: AksInputs, after: AksInputs) -> list[str]:
    """The inputs that differ and that no cluster can change; none if it stays."""
    return [name for name in FORCES if getattr(before, name) != getattr(after, name)]


def follow(built: Sequence[Workspace], earlier: Mapping[str, Workspace]) -> Iterator[tuple[str, str]]:
    """Workspaces that look into a cluster that is built anew, with the cluster's: the ids of both.

    With another Vault all that is in Vault or asks for it, and with another HVN its peerings: they follow `hcp`, or
    `vault` where nothing here makes the cluster.
    """
    replaced = {each.spoke: each.id for each in built if _anew(earlier.get(each.id), each.inputs)}
    other = other_vault(earlier.values(), built)
    vault = "hcp" if any(each.id == "hcp" for each in built) else "vault"
    of_vault: tuple[type[Inputs], ...] = (VaultInputs, VaultAuthInputs, VsoInputs, SecretsInputs) if other else ()
    if vault == "hcp" and {*other} - {CLUSTER}:
        of_vault = (*of_vault, PeeringInputs)
    for each in built:
        if each.spoke in replaced and _looks_into_it(each.inputs):
            yield each.id, replaced[each.spoke]
        elif isinstance(each.inputs, of_vault):
            yield each.id, vault


CLUSTER, HVN, PROJECT = "the Vault cluster", "the HVN", "the HCP project"


def other_vault(earlier: Iterable[Workspace], built: Iterable[Workspace]) -> dict[str, tuple[str, str]]:
    """What says that Vault is another one: by what it is called, before and after. Empty if it stays the same one.

    A project id that was not written down before, or no longer is, is most likely the same project's.
    """
    before, after = _vault(earlier), _vault(built)
    return {each: (old, after[each]) for each, old in before.items() if after.get(each, old) != old}


def _vault(workspaces: Iterable[Workspace]) -> dict[str, str]:
    """What the workspaces say of Vault. Each says a part, and in one topology they agree."""
    found: dict[str, str | None] = {}
    for each in workspaces:
        inputs = each.inputs
        if isinstance(inputs, HcpInputs):
            found |= {HVN: inputs.hvn_id, PROJECT: inputs.project_id}
            found |= {CLUSTER: inputs.new_vault.cluster_id} if inputs.new_vault else {}
            # ForceNew of hcp_hvn; of one that exists nothing is known to have been replaced.
            found |= {"the HVN's range": inputs.cidr, "the HVN's region": inputs.location} if inputs.new_hvn else {}
        elif isinstance(inputs, PeeringInputs):
            found |= {HVN: inputs.hvn.hvn_id, PROJECT: inputs.hvn.project_id}
        elif isinstance(inputs, VsoInputs):
            found |= {CLUSTER: inputs.vault_cluster_id, PROJECT: inputs.project_id}
    return {each: value for each, value in found.items() if value}


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
