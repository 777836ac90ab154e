"""Resources that one workspace creates and other workspaces refer to, by Terraform's type and by id."""

from collections.abc import Iterable, Iterator
from typing import Any

from hvn.kinds.inputs import BuiltSubnet, ClusterRef, HvnRef, LogInputs, RouteTable
from hvn.kinds.kind import Reference
from hvn.topology.naming import Resource, ResourceGroup

PROJECT = "{project_id}"
"""Placeholder for the HCP project if the topology does not name a project."""


GATEWAY = "hvn:virtual-network-gateway"
"""The type of a reference to a VNet's gateway. The reference omits the gateway's name and resource group."""


def gateway(vnet: Resource) -> Reference:
    """Return the reference to the gateway or Route Server in a VNet."""
    return Reference(GATEWAY, f"{vnet.id}/gateway")


def hvn(name: str, project: str | None, cidr: str | None) -> Reference:
    """Return the reference to an HVN. The HVN's id is HCP's self link."""
    id_ = f"/project/{project or PROJECT}/hashicorp.network.hvn/{name}"
    arguments = {"hvn_id": name, "self_link": id_, "cidr_block": cidr, "state": "STABLE"}
    return Reference("hcp_hvn", id_, tuple(arguments.items()))


def hvn_peering(ref: HvnRef, peering_id: str, vnet: Resource, *, forwards: bool) -> Reference:
    """Return the reference to an ACTIVE peering of an HVN with a VNet. The peering's id is HCP's self link."""
    id_ = f"/project/{ref.project_id or PROJECT}/hashicorp.network.peering/{peering_id}"
    arguments = {
        "hvn_link": f"/project/{ref.project_id or PROJECT}/hashicorp.network.hvn/{ref.hvn_id}",
        "peering_id": peering_id,
        "peer_subscription_id": vnet.group.subscription_id,
        "peer_resource_group_name": vnet.group.name,
        "peer_vnet_name": vnet.name,
        "allow_forwarded_traffic": forwards,
        "self_link": id_,
        "state": "ACTIVE",
    }
    return Reference("hcp_azure_peering_connection", id_, tuple(arguments.items()))


def cluster(ref: ClusterRef) -> Iterator[Reference]:
    """Yield the reference to an existing cluster; none for a cluster of this project, which has its own workspace."""
    if ref.existing:
        group = ref.cluster.group
        yield Reference(
            "azurerm_kubernetes_cluster",
            ref.cluster.id,
            (("name", ref.cluster.name), ("resource_group_name", group.name), ("local_account_disabled", ref.entra)),
        )


def vault_cluster(name: str, project: str | None) -> Reference:
    """Return the reference to a Vault cluster. The cluster's id is HCP's self link."""
    id_ = f"/project/{project or PROJECT}/hashicorp.vault.cluster/{name}"
    return Reference("hcp_vault_cluster", id_, (("cluster_id", name), ("self_link", id_)))


def resource_group(group: ResourceGroup) -> Reference:
    """Return the reference to a resource group."""
    return Reference("azurerm_resource_group", group.id, (("name", group.name),))


def azure(type_: str, resource: Resource, **arguments: Any) -> Iterator[Reference]:
    """Yield the references to an Azure resource and to its resource group."""
    yield resource_group(resource.group)
    yield Reference(type_, resource.id, (("name", resource.name), *arguments.items()))


def created(references: Iterable[Reference], group: ResourceGroup, *, new_group: bool) -> Iterator[Reference]:
    """Yield the references, without the reference to the resource group if the group is existing."""
    return (one for one in references if new_group or one != resource_group(group))


def existing_nsgs(subnets: Iterable[BuiltSubnet]) -> Iterator[Reference]:
    """Yield the references to the NSGs of the hub, and to NSGs that are managed outside this project."""
    for subnet in subnets:
        if subnet.security_group.rules is None:
            yield from azure("azurerm_network_security_group", subnet.security_group.resource)


def existing_tables(subnets: Iterable[BuiltSubnet], own: Iterable[RouteTable]) -> Iterator[Reference]:
    """Yield the references to the route tables that are managed outside this project. `own` are the tables that the
    workspace creates."""
    built = {table.resource for table in own}
    for subnet in subnets:
        if subnet.route_table and subnet.route_table not in built:
            yield from azure("azurerm_route_table", subnet.route_table)


def dns_zone(zone: Resource) -> Iterator[Reference]:
    """Yield the references to a private DNS zone and to its resource group."""
    yield from azure("azurerm_private_dns_zone", zone)


def logs(destinations: LogInputs | None) -> Iterator[Reference]:
    """Yield the references to the destinations of logs."""
    if destinations:
        for type_, id_ in (
            ("azurerm_log_analytics_workspace", destinations.workspace_id),
            ("azurerm_storage_account", destinations.storage_account_id),
            ("azurerm_eventhub_namespace_authorization_rule", destinations.event_hub_rule_id),
        ):
            if id_:
                yield Reference(type_, id_)


def ddos_plan(id_: str | None) -> Iterator[Reference]:
    """Yield the reference to a DDoS protection plan, if any."""
    if id_:
        yield Reference("azurerm_network_ddos_protection_plan", id_)
