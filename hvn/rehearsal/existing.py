"""What the topology says exists already: it is in the cloud before the rehearsal begins, and after it ends."""

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
    """Make what the workspaces refer to and none of them makes."""
    all_inputs = list(built)
    made = set(_made(all_inputs))
    # Networks first: they know the ranges of the VNets that a peering only names.
    for each in sorted(all_inputs, key=lambda each: isinstance(each, inputs.PeeringInputs)):
        for kind, value in _needed(each):
            if value["id"] not in made and cloud.get(kind, value["id"]) is None:
                cloud.put(kind, value["id"], value)
    for each in all_inputs:
        if isinstance(each, inputs.HubInputs):
            # Which address Azure gives cannot be rehearsed: it is the one that the topology says it has.
            cloud.put(FIREWALL_ADDRESS, each.firewall.name, {"address": each.firewall.private_ip})
    for place, namespace in _namespaces(all_inputs):
        cloud.put("kubernetes_namespace_v1", namespace, {"id": namespace}, place)


def _made(all_inputs: Iterable[Inputs]) -> Iterator[str]:
    """The ids of what some workspace makes and another refers to."""
    for each in all_inputs:
        if isinstance(each, inputs.HcpInputs):
            yield from (hvn_id(each.project_id, each.hvn_id),) if each.new_hvn else ()
            yield from (vault_id(each.project_id, each.new_vault.cluster_id),) if each.new_vault else ()
        elif isinstance(each, inputs.HubInputs):
            yield from (each.group.id, each.vnet.id, f"{each.group.id}{ZONES}{each.dns_zone}")
        elif isinstance(each, inputs.NetworkInputs):
            yield each.group.id
            yield from (each.vnet.id,) if each.new_vnet else ()


def _needed(each: Inputs) -> Iterator[tuple[str, Object]]:
    if isinstance(each, inputs.HcpInputs) and not each.new_hvn:
        yield _hvn(each.hvn_id, each.project_id, each.cidr)
    elif isinstance(each, inputs.PeeringInputs):
        yield _hvn(each.hvn.hvn_id, each.hvn.project_id, None)
        yield from _thing("azurerm_virtual_network", each.vnet)
    elif isinstance(each, inputs.VsoInputs):
        yield _vault(each.vault_cluster_id, each.project_id)
    elif isinstance(each, inputs.NetworkInputs):
        yield from _thing("azurerm_virtual_network", each.vnet, address_space=list(each.cidrs))
        yield from _thing("azurerm_virtual_network", each.hub.vnet, address_space=list(each.hub.cidrs))
        yield from _thing("azurerm_private_dns_zone", each.hub.dns_zone)
    elif isinstance(each, inputs.AksInputs):
        yield from _thing("azurerm_private_dns_zone", each.dns_zone)


def _namespaces(all_inputs: Iterable[Inputs]) -> Iterator[tuple[str, str]]:
    """Namespaces that an app uses and no workspace makes, with the API server they are in."""
    built = list(all_inputs)
    hosts = {
        each.cluster: f"https://{each.dns_prefix}.{each.dns_zone.name}:443"
        for each in built
        if isinstance(each, inputs.AksInputs)
    }
    for each in built:
        if isinstance(each, inputs.SecretsInputs):
            for namespace in {app.namespace for app in each.apps} - set(each.namespaces):
                yield hosts[each.cluster.cluster.name], namespace


def hvn_id(project: str | None, hvn: str) -> str:
    """The id that HCP gives an HVN."""
    return f"/project/{project or values.ELSEWHERE['project_id']}/hashicorp.network.hvn/{hvn}"


def vault_id(project: str | None, cluster: str) -> str:
    """The id that HCP gives a Vault cluster."""
    return f"/project/{project or values.ELSEWHERE['project_id']}/hashicorp.vault.cluster/{cluster}"


def _hvn(name: str, project: str | None, cidr: str | None) -> tuple[str, Object]:
    id_ = hvn_id(project, name)
    return "hcp_hvn", {"id": id_, "hvn_id": name, "self_link": id_, "cidr_block": cidr, "state": "STABLE"}


def _vault(name: str, project: str | None) -> tuple[str, Object]:
    id_ = vault_id(project, name)
    url = values.fill(VAULT_URL, {"cluster_id": name})
    return "hcp_vault_cluster", {"id": id_, "cluster_id": name, "self_link": id_, "vault_private_endpoint_url": url}


def _thing(kind: str, thing: Resource, **arguments: object) -> Iterator[tuple[str, Object]]:
    """A thing and the resource group that it lies in."""
    yield "azurerm_resource_group", {"id": thing.group.id, "name": thing.group.name}
    yield kind, {"id": thing.id, "name": thing.name, **arguments}
