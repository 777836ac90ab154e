"""Read the values of another topology file for a second file, which shares the HVN and the Vault cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from hvn.topology.model import AzurermState, CloudState, ExistingHub, LocalState, Topology
from hvn.topology.ranges import top_ranges


@dataclass(frozen=True, slots=True)
class SharedVault:
    """The section `hvn` of the new file, the Vault cluster, and the ranges of the other file.

    `name` is the other file's name. `defaults` are values of options: tenant, region, project and state. `state`,
    `tags`, `logs`, `on_premises` and `naming` are sections of the other file. `hub` is the VNet of the other file's
    existing hub in lower case, if the hub has a peering with the HVN.
    """

    name: str
    hvn: Mapping[str, Any]
    cluster_id: str
    namespace: str
    ranges: tuple[IPv4Network, ...]
    hub: str
    defaults: Mapping[str, str]
    state: Mapping[str, str]
    tags: Mapping[str, str]
    logs: Mapping[str, str]
    on_premises: Mapping[str, Sequence[IPv4Network]]
    naming: Mapping[str, str]


def shared_vault(topology: Topology) -> SharedVault:
    """Return the parts of a topology that a second file shares."""
    hvn, hub = topology.hvn, topology.hub
    backup = {"backup": {"id": hvn.backup.id, "cidr": str(hvn.backup.cidr)}} if hvn.backup else {}
    peered = hub.existing.vnet_id.lower() if isinstance(hub, ExistingHub) and hub.vault_peering else ""
    return SharedVault(
        topology.name,
        {"id": hvn.id, "cidr": str(hvn.cidr), "existing": True, **backup},
        topology.vault.cluster_id,
        topology.vault.namespace,
        (*(cidr for _, cidr in top_ranges(topology)), *topology.in_use),
        peered,
        _defaults(topology),
        _state(topology),
        topology.azure.tags,
        topology.logs.model_dump(exclude_none=True) if topology.logs else {},
        topology.on_premises,
        topology.naming.model_dump(exclude_unset=True),
    )


def _defaults(topology: Topology) -> Mapping[str, str]:
    """Return the values of options that two environments share. The subscription usually differs."""
    azure, project = topology.azure, topology.hvn.project_id
    values = {"tenant_id": azure.tenant_id, "region": azure.region, **({"project_id": project} if project else {})}
    return {**values, "state": _state_option(topology.state)}


def _state_option(state: AzurermState | CloudState | LocalState) -> str:
    if isinstance(state, AzurermState):
        return f"azurerm:{state.resource_group}/{state.storage_account}"
    return f"cloud:{state.organization}" if isinstance(state, CloudState) else "local"


def _state(topology: Topology) -> Mapping[str, str]:
    """Return the section `state`. The new file may have a different `azure.subscription_id`, which is the default of
    the storage account's subscription."""
    state = topology.state
    section = {key: str(value) for key, value in state.model_dump(exclude_unset=True).items()}
    if isinstance(state, AzurermState) and not state.subscription_id:
        return {"backend": "azurerm", "subscription_id": topology.azure.subscription_id, **section}
    return section
