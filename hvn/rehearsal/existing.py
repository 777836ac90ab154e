"""Put resources that are managed outside this project into the cloud before the rehearsal."""

from collections.abc import Iterable, Iterator

from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.kind import Reference
from hvn.kinds.peering.inputs import PeeringInputs
from hvn.kinds.registry import kind_of
from hvn.kinds.vso.inputs import VsoInputs
from hvn.kinds.workspace import Workspace
from hvn.rehearsal import values
from hvn.rehearsal.behaviours.aks_results import access, public_name, system_name
from hvn.rehearsal.behaviours.firewall_address import FIREWALL_ADDRESS
from hvn.rehearsal.cloud import Cloud, Object
from hvn.rehearsal.tables import table

VAULT_URL: str = table("hcp", "hcp_vault_cluster").of("vault_private_endpoint_url")["result"]


def put(cloud: Cloud, workspaces: Iterable[Workspace]) -> None:
    """Create in the cloud the resources that the workspaces refer to but do not create."""
    built = [workspace for workspace in workspaces if workspace.inputs]
    created = {_id(reference) for workspace in built for reference in kind_of(workspace.id).creates(workspace.inputs)}
    api_servers = dict(_api_servers(built))
    # Workspaces with an HVN peering come last, because their inputs lack the ranges of an existing VNet.
    for workspace in sorted(built, key=lambda workspace: isinstance(workspace.inputs, PeeringInputs)):
        for reference in kind_of(workspace.id).refers_to(workspace.inputs):
            id_ = _id(reference)
            place = api_servers.get(reference.place, reference.place)
            if id_ not in created and cloud.get(reference.type, id_, place) is None:
                cloud.put(reference.type, id_, _object(reference), place)
        if isinstance(workspace.inputs, HubInputs) and (firewall := workspace.inputs.firewall):
            # Use the firewall address in the topology, because a rehearsal cannot know the address that Azure assigns.
            cloud.put(FIREWALL_ADDRESS, firewall.name, {"address": firewall.private_ip})


def _api_servers(built: Iterable[Workspace]) -> Iterator[tuple[str, str]]:
    """Yield the name and the API server of each cluster."""
    for workspace in built:
        if isinstance(inputs := workspace.inputs, AksInputs):
            zone = inputs.dns_zone
            without = public_name if inputs.public_api_server else system_name
            name = f"{inputs.dns_prefix}.{zone.name}" if zone else without(inputs.dns_prefix, inputs.location)
            yield inputs.cluster, f"https://{name}:443"
        elif isinstance(inputs, VsoInputs) and inputs.cluster.existing:
            yield inputs.cluster.cluster.name, _api_server(inputs.cluster.cluster.name)


def _api_server(cluster: str) -> str:
    """Return an invented address for the API server of an existing cluster, because the topology does not contain the
    real address."""
    return f"https://{cluster}.existing.azmk8s.io:443"


def _id(reference: Reference) -> str:
    return values.fill(reference.id, values.FALLBACK)


def _object(reference: Reference) -> Object:
    """Return the referenced resource with its id and its arguments. An existing Vault cluster has an address, an
    existing AKS cluster has an issuer and a kubeconfig."""
    arguments = {
        name: values.fill(value, values.FALLBACK) if isinstance(value, str) else value
        for name, value in reference.arguments
    }
    if reference.type == "hcp_vault_cluster":
        arguments["vault_private_endpoint_url"] = values.fill(VAULT_URL, {"cluster_id": arguments["cluster_id"]})
    if reference.type == "azurerm_kubernetes_cluster":
        arguments |= access(arguments, _api_server(str(arguments["name"])))
        arguments["oidc_issuer_url"] = f"https://japaneast.oic.prod-aks.azure.com/existing/{arguments['name']}/"
    return {"id": _id(reference), **arguments}
