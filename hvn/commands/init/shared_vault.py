"""Read the HVN and the Vault cluster of another topology file, for a second file that shares both."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from hvn.topology.model import ExistingHub, Topology
from hvn.topology.ranges import top_ranges


@dataclass(frozen=True, slots=True)
class SharedVault:
    """The section `hvn` of the new file, the Vault cluster, and the ranges of the other file.

    `hub` is the VNet of the other file's existing hub in lower case, if the hub has a peering with the HVN.
    """

    hvn: Mapping[str, Any]
    cluster_id: str
    namespace: str
    ranges: tuple[IPv4Network, ...]
    project_id: str | None
    hub: str


def shared_vault(topology: Topology) -> SharedVault:
    """Return the parts of a topology that a second file shares."""
    hvn, hub = topology.hvn, topology.hub
    backup = {"backup": {"id": hvn.backup.id, "cidr": str(hvn.backup.cidr)}} if hvn.backup else {}
    peered = hub.existing.vnet_id.lower() if isinstance(hub, ExistingHub) and hub.vault_peering else ""
    return SharedVault(
        {"id": hvn.id, "cidr": str(hvn.cidr), "existing": True, **backup},
        topology.vault.cluster_id,
        topology.vault.namespace,
        tuple(cidr for _, cidr in top_ranges(topology)),
        hvn.project_id,
        peered,
    )
