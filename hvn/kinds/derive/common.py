"""What the inputs of several workspaces are made from: backend and tags, and where hub, spokes and clusters are."""

from typing import Any

from hvn.kinds.inputs import AzurermBackend, Backend, CloudBackend, ClusterRef, HvnRef, LocalBackend
from hvn.topology import naming
from hvn.topology.addresses import firewall_address
from hvn.topology.model import AzurermState, CloudState, Cluster, ExistingHub, Spoke, Topology
from hvn.topology.naming import Resource, ResourceGroup


def common(topology: Topology, workspace: str) -> dict[str, Any]:
    """The arguments that every inputs class has."""
    return {
        "workspace": workspace,
        "backend": _backend(topology, workspace),
        "tenant_id": topology.azure.tenant_id,
    }


def in_azure(topology: Topology, workspace: str) -> dict[str, Any]:
    """The arguments of every workspace that makes resources in Azure."""
    return {
        **common(topology, workspace),
        "location": topology.azure.region,
        "tags": tuple(sorted(topology.azure.tags.items())),
    }


def _backend(topology: Topology, workspace: str) -> Backend:
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
    # Relative to <output>/stacks/<workspace>: the same text wherever the project lies.
    return LocalBackend(f"../../../state/{topology.name}/{workspace}.tfstate")


def hvn(topology: Topology) -> HvnRef:
    """The HVN."""
    return HvnRef(hvn_id=topology.hvn.id, project_id=topology.hvn.project_id)


def hub_vnet(topology: Topology) -> Resource:
    """The hub's VNet."""
    if isinstance(topology.hub, ExistingHub):
        return naming.parse(topology.hub.existing.vnet_id)
    subscription = topology.hub.subscription_id or topology.azure.subscription_id
    group = ResourceGroup(subscription, naming.resource_group(topology.name, "hub"))
    return naming.vnet(group, f"vnet-{topology.name}-hub")


def hub_cidrs(topology: Topology) -> tuple[str, ...]:
    """All ranges of the hub's VNet."""
    hub = topology.hub
    return _texts(hub.existing.cidrs if isinstance(hub, ExistingHub) else (hub.cidr,))


def runners_cidr(topology: Topology) -> str:
    """The range in which Terraform runs."""
    hub = topology.hub
    return str(hub.existing.runners_cidr if isinstance(hub, ExistingHub) else hub.runners.cidr)


def dns_zone(topology: Topology) -> Resource:
    """The private DNS zone of AKS, one for all spokes; beside the hub's VNet if it is ours."""
    if isinstance(topology.hub, ExistingHub):
        return naming.parse(topology.hub.existing.private_dns_zone_id)
    return naming.private_dns_zone(hub_vnet(topology).group, naming.aks_zone(topology.azure.region))


def firewall_ip(topology: Topology) -> str:
    """The firewall's address: computed, since Azure assigns it; the hub's apply fails if it gave another."""
    hub = topology.hub
    if isinstance(hub, ExistingHub):
        return str(hub.existing.firewall_private_ip)
    return str(hub.firewall.private_ip or firewall_address(hub.firewall.cidr))


def spoke_group(topology: Topology, name: str, spoke: Spoke) -> ResourceGroup:
    """The resource group that holds what is ours of a spoke."""
    subscription = spoke.subscription_id or (
        naming.parse(spoke.existing.vnet_id).group.subscription_id if spoke.existing else topology.azure.subscription_id
    )
    return ResourceGroup(subscription, naming.resource_group(topology.name, name))


def spoke_vnet(topology: Topology, name: str, spoke: Spoke) -> Resource:
    """The spoke's VNet."""
    if spoke.existing:
        return naming.parse(spoke.existing.vnet_id)
    return naming.vnet(spoke_group(topology, name, spoke), f"vnet-{topology.name}-{name}")


def spoke_cidrs(spoke: Spoke) -> tuple[str, ...]:
    """All ranges of the spoke's VNet."""
    return _texts(spoke.existing.cidrs if spoke.existing else (spoke.cidr,) if spoke.cidr else ())


def spoke_route_table(topology: Topology, name: str, spoke: Spoke) -> Resource:
    """The spoke's route table; ours, also where the VNet is not."""
    return naming.route_table(spoke_group(topology, name, spoke), f"rt-{topology.name}-{name}")


def cluster_ref(topology: Topology, name: str, spoke: Spoke, cluster: Cluster) -> ClusterRef:
    """The spoke's cluster."""
    group = spoke_group(topology, name, spoke)
    return ClusterRef(cluster=naming.aks(group, f"aks-{topology.name}-{name}"), entra=bool(cluster.admin_groups))


def vault_namespace(topology: Topology) -> str | None:
    """The namespace of the vault provider; with HCP Terraform its own variables say it, and must alone."""
    return None if isinstance(topology.state, CloudState) else topology.vault.namespace


def _texts(ranges: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(str(cidr) for cidr in sorted(ranges))
