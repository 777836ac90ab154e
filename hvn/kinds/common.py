"""Derive the inputs that several kinds share: backend, tags, references to HVN and cluster."""

from ipaddress import IPv4Network
from typing import Any

from hvn.kinds import policy_owned
from hvn.kinds.inputs import (
    AzurermBackend,
    Backend,
    CloudBackend,
    ClusterRef,
    HvnRef,
    LocalBackend,
    LogInputs,
    Subnet,
    ZoneLink,
)
from hvn.topology import locations, naming, tags
from hvn.topology.model import AnyCluster, AzurermState, CloudState, ExistingCluster, NewHub, Spoke, Topology
from hvn.topology.naming import Resource, ResourceGroup


def common(topology: Topology, workspace: str) -> dict[str, Any]:
    """Return the arguments that every class of inputs requires."""
    return {
        "workspace": workspace,
        "backend": backend(topology, workspace),
        "tenant_id": topology.azure.tenant_id,
    }


def in_azure(topology: Topology, workspace: str, *types: str, spoke: str = "") -> dict[str, Any]:
    """Return the arguments that every class of inputs with resources in Azure requires.

    `types` are those Terraform types of the workspace that `azure.policy_owned` can affect.
    """
    return {
        **common(topology, workspace),
        "location": locations.region(topology, topology.spokes.get(spoke)),
        "tags": tags.tags(topology, spoke),
        "policy_owned": policy_owned.owned(topology, *types),
    }


def logs(topology: Topology) -> LogInputs | None:
    """Return the destinations of logs; None if the topology lacks destinations."""
    if topology.logs is None:
        return None
    return LogInputs(
        setting=f"diag-{topology.name}",
        workspace_id=topology.logs.workspace_id,
        storage_account_id=topology.logs.storage_account_id,
        event_hub_rule_id=topology.logs.event_hub_rule_id,
    )


def backend(topology: Topology, workspace: str) -> Backend:
    """Return the backend of a workspace's state."""
    state = topology.state
    if isinstance(state, AzurermState):
        return AzurermBackend(
            tenant_id=topology.azure.tenant_id,
            subscription_id=state.subscription_id or topology.azure.subscription_id,
            resource_group=state.resource_group,
            storage_account=state.storage_account,
            container=state.container,
            key=f"{topology.name}/{workspace}.tfstate",
        )
    if isinstance(state, CloudState):
        return CloudBackend(
            hostname=state.hostname,
            organization=state.organization,
            project=state.project,
            name=naming.cloud_workspace(topology.name, workspace),
        )
    # The path is relative to <output>/stacks/<workspace>, so it does not depend on the project's folder.
    return LocalBackend(f"../../../state/{topology.name}/{workspace}.tfstate")


def hvn(topology: Topology) -> HvnRef:
    """Return the reference to the HVN."""
    return HvnRef(hvn_id=topology.hvn.id, project_id=topology.hvn.project_id)


def backup_hvn(topology: Topology) -> HvnRef | None:
    """Return the reference to the backup HVN, or None if the topology lacks one."""
    backup = topology.hvn.backup
    return HvnRef(hvn_id=backup.id, project_id=topology.hvn.project_id) if backup else None


def subnet(topology: Topology, vnet: Resource, owner: str, key: str, cidr: IPv4Network) -> Subnet:
    """Return a subnet with its name. `owner` is a spoke or the hub, `key` the subnet's key in the file."""
    return Subnet(vnet, key, naming.name(topology, "subnet", owner, key), str(cidr))


def cluster_ref(topology: Topology, name: str, spoke: Spoke, cluster: AnyCluster) -> ClusterRef:
    """Return the reference to the spoke's cluster."""
    if isinstance(cluster, ExistingCluster):
        facts = cluster.existing
        return ClusterRef(cluster=naming.parse(facts.cluster_id), entra=facts.entra, existing=True)
    return ClusterRef(cluster=locations.spoke_cluster(topology, name, spoke), entra=cluster.entra)


def vault_namespace(topology: Topology) -> str | None:
    """Return the namespace of the vault provider; None with HCP Terraform, where variables set it."""
    return None if isinstance(topology.state, CloudState) else topology.vault.namespace


def zone_links(owner: NewHub | Spoke, group: ResourceGroup, name: str, *, create: bool) -> tuple[ZoneLink, ...]:
    """Return one link for each different zone of a VNet, sorted by the zone's id. Zones without an id are in `group`.
    With `create`, the workspace creates these zones."""
    new = {zone: not zone.startswith("/") for zone in owner.private_dns_zones}
    resources = {zone: naming.private_dns_zone(group, zone) if new[zone] else naming.parse(zone) for zone in new}
    by_id = {resource.id: zone for zone, resource in resources.items()}
    return tuple(
        ZoneLink(resources[zone], name, new=create and new[zone], registers=zone == owner.registration_zone)
        for _, zone in sorted(by_id.items())
    )
