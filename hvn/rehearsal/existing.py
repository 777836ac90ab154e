"""Resources that are managed outside this project: they are in the cloud before the rehearsal and after it."""

from collections.abc import Iterable, Iterator

from hvn.rehearsal import values
from hvn.rehearsal.behaviours.firewall_address import FIREWALL_ADDRESS
from hvn.rehearsal.cloud import Cloud, Object
from hvn.rehearsal.tables import table
from hvn.topology import inputs
from hvn.topology.inputs import Inputs
from hvn.topology.names import Resource

VAULT_URL = table("hcp", "hcp_vault_cluster").of("vault_private_endpoint_url")["result"]
ZONES = "/providers/Microsoft.Network/privateDnsZones/"


def put(cloud: Cloud, built: Iterable[Inputs]) -> None:
    """Create the resources that the workspaces refer to and that none of them creates."""
    all_inputs = list(built)
    made = set(_made(all_inputs))
    # Networks first: they have the address spaces of VNets, a peering has only their names.
    for workspace in sorted(all_inputs, key=lambda workspace: isinstance(workspace, inputs.PeeringInputs)):
        for kind, value in _needed(workspace):
            if value["id"] not in made and cloud.get(kind, value["id"]) is None:
                cloud.put(kind, value["id"], value)
    for workspace in all_inputs:
        if isinstance(workspace, inputs.HubInputs):
            # The rehearsal cannot know which address Azure assigns: it takes the topology's.
            cloud.put(FIREWALL_ADDRESS, workspace.firewall.name, {"address": workspace.firewall.private_ip})
    for place, namespace in _namespaces(all_inputs):
        cloud.put("kubernetes_namespace_v1", namespace, {"id": namespace}, place)


def _made(all_inputs: Iterable[Inputs]) -> Iterator[str]:
    """Yield the ids of resources that one workspace creates and another refers to."""
    for workspace in all_inputs:
        if isinstance(workspace, inputs.HcpInputs):
            yield from (hvn_id(workspace.project_id, workspace.hvn_id),) if workspace.new_hvn else ()
            yield from (vault_id(workspace.project_id, workspace.new_vault.cluster_id),) if workspace.new_vault else ()
        elif isinstance(workspace, inputs.HubInputs):
            yield from (workspace.group.id, workspace.vnet.id, f"{workspace.group.id}{ZONES}{workspace.dns_zone}")
        elif isinstance(workspace, inputs.NetworkInputs):
            yield workspace.group.id
            yield from (workspace.vnet.id,) if workspace.new_vnet else ()


def _needed(workspace: Inputs) -> Iterator[tuple[str, Object]]:
    if isinstance(workspace, inputs.HcpInputs) and not workspace.new_hvn:
        yield _hvn(workspace.hvn_id, workspace.project_id, workspace.cidr)
    elif isinstance(workspace, inputs.PeeringInputs):
        yield _hvn(workspace.hvn.hvn_id, workspace.hvn.project_id, None)
        yield from _azure("azurerm_virtual_network", workspace.vnet)
    elif isinstance(workspace, inputs.VsoInputs):
        yield _vault(workspace.vault_cluster_id, workspace.project_id)
    elif isinstance(workspace, inputs.NetworkInputs):
        yield from _azure("azurerm_virtual_network", workspace.vnet, address_space=list(workspace.cidrs))
        yield from _azure("azurerm_virtual_network", workspace.hub.vnet, address_space=list(workspace.hub.cidrs))
        yield from _azure("azurerm_private_dns_zone", workspace.hub.dns_zone)
    elif isinstance(workspace, inputs.AksInputs):
        yield from _azure("azurerm_private_dns_zone", workspace.dns_zone)


def _namespaces(all_inputs: Iterable[Inputs]) -> Iterator[tuple[str, str]]:
    """Yield the namespaces that an app uses and no workspace creates, with their API server."""
    built = list(all_inputs)
    hosts = {
        workspace.cluster: f"https://{workspace.dns_prefix}.{workspace.dns_zone.name}:443"
        for workspace in built
        if isinstance(workspace, inputs.AksInputs)
    }
    for workspace in built:
        if isinstance(workspace, inputs.SecretsInputs):
            for namespace in {app.namespace for app in workspace.apps} - set(workspace.namespaces):
                yield hosts[workspace.cluster.cluster.name], namespace


def hvn_id(project: str | None, hvn: str) -> str:
    """Return the id that HCP gives an HVN."""
    return f"/project/{project or values.FALLBACK['project_id']}/hashicorp.network.hvn/{hvn}"


def vault_id(project: str | None, cluster: str) -> str:
    """Return the id that HCP gives a Vault cluster."""
    return f"/project/{project or values.FALLBACK['project_id']}/hashicorp.vault.cluster/{cluster}"


def _hvn(name: str, project: str | None, cidr: str | None) -> tuple[str, Object]:
    id_ = hvn_id(project, name)
    return "hcp_hvn", {"id": id_, "hvn_id": name, "self_link": id_, "cidr_block": cidr, "state": "STABLE"}


def _vault(name: str, project: str | None) -> tuple[str, Object]:
    id_ = vault_id(project, name)
    url = values.fill(VAULT_URL, {"cluster_id": name})
    return "hcp_vault_cluster", {"id": id_, "cluster_id": name, "self_link": id_, "vault_private_endpoint_url": url}


def _azure(kind: str, resource: Resource, **arguments: object) -> Iterator[tuple[str, Object]]:
    """Yield a resource and its resource group."""
    yield "azurerm_resource_group", {"id": resource.group.id, "name": resource.group.name}
    yield kind, {"id": resource.id, "name": resource.name, **arguments}
