"""Names and ids of what the workspaces create: computed, so that one workspace can name what another one makes.

Limits (docs/reference/facts.md, names): a resource group, VNet or subnet of an overlay cluster becomes a node
label, so 63 characters; HCP's ids take 36. With a topology name of 12 and a spoke name of 32 characters everything
but HCP's ids fits as it is.
"""

import hashlib
from dataclasses import dataclass

SLUG_LENGTH = 36
NODE_SUBNET = "nodes"
RUNNER_SUBNET = "runners"
VSO_NAMESPACE = "vault-secrets-operator-system"


@dataclass(frozen=True, slots=True)
class ResourceGroup:
    """A resource group in a subscription."""

    subscription_id: str
    name: str

    @property
    def id(self) -> str:
        """Azure resource id."""
        return f"/subscriptions/{self.subscription_id}/resourceGroups/{self.name}"


@dataclass(frozen=True, slots=True)
class Resource:
    """An Azure resource by group, type (`Microsoft.Network/virtualNetworks`) and name."""

    group: ResourceGroup
    type: str
    name: str

    @property
    def id(self) -> str:
        """Azure resource id."""
        return f"{self.group.id}/providers/{self.type}/{self.name}"


def vnet(group: ResourceGroup, name: str) -> Resource:
    """A virtual network."""
    return Resource(group, "Microsoft.Network/virtualNetworks", name)


def route_table(group: ResourceGroup, name: str) -> Resource:
    """A route table."""
    return Resource(group, "Microsoft.Network/routeTables", name)


def private_dns_zone(group: ResourceGroup, name: str) -> Resource:
    """A private DNS zone."""
    return Resource(group, "Microsoft.Network/privateDnsZones", name)


def aks(group: ResourceGroup, name: str) -> Resource:
    """An AKS cluster."""
    return Resource(group, "Microsoft.ContainerService/managedClusters", name)


def parse(resource_id: str) -> Resource:
    """The parts of an Azure resource id whose form the model has checked."""
    _, _, subscription, _, group, _, provider, kind, name = resource_id.split("/")
    return Resource(ResourceGroup(subscription.lower(), group), f"{provider}/{kind}", name)


def subnet_id(network: Resource, name: str) -> str:
    """Azure resource id of a subnet."""
    return f"{network.id}/subnets/{name}"


def slug(*parts: str) -> str:
    """An id that HCP takes: the parts joined by hyphens, or cut and told apart by a hash if over 36 characters."""
    whole = "-".join(parts)
    if len(whole) <= SLUG_LENGTH:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: SLUG_LENGTH - len(mark) - 1].rstrip('-')}-{mark}"


def aks_zone(region: str) -> str:
    """Name of the private DNS zone in which the API servers of private clusters have their names."""
    return f"privatelink.{region}.azmk8s.io"


def resource_group(topology: str, owner: str) -> str:
    """Resource group of the hub or of a spoke."""
    return f"rg-{topology}-{owner}"


def node_group(topology: str, spoke: str) -> str:
    """The resource group that AKS makes for the nodes: named here, since its own name can get too long."""
    return f"rg-{topology}-{spoke}-nodes"


def peering_id(topology: str, owner: str) -> str:
    """HCP's id of the peering with the hub or with a spoke, and of the HVN's route to a direct spoke."""
    return slug(topology, owner)


def runner_route_id(topology: str) -> str:
    """HCP's id of the HVN's route to the runners."""
    return slug(topology, "hub", "runners")


def transit_route_id(topology: str, pool: str) -> str:
    """HCP's id of the HVN's route to a transit pool."""
    return slug(topology, "hub", "transit", pool)


def range_route_id(topology: str, spoke: str, cidr: str) -> str:
    """HCP's id of the HVN's route to one range of an existing VNet."""
    return slug(topology, spoke, dashed(cidr))


def dashed(cidr: str) -> str:
    """A range as part of a name: `10-64-0-0-16`."""
    return cidr.replace(".", "-").replace("/", "-")


def cloud_workspace(topology: str, workspace: str) -> str:
    """Name of a workspace in HCP Terraform."""
    return f"{topology}-{workspace}"


def jwt_mount(spoke: str) -> str:
    """Path of a spoke's JWT mount in Vault."""
    return f"jwt-{spoke}"
