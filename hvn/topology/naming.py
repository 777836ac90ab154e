"""The names and ids of the resources in the workspaces. Names and ids are computed, so a workspace can refer to
resources of another workspace.

Limits (docs/reference/facts.md, "Names"): the names of resource group, VNet and subnet of an overlay cluster become
node labels, so they have at most 63 characters; HCP's ids have at most 36. With a topology name of 12 and a spoke name
of 32 characters, all names except HCP's ids are short enough.
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
    """Return a virtual network."""
    return Resource(group, "Microsoft.Network/virtualNetworks", name)


def route_table(group: ResourceGroup, name: str) -> Resource:
    """Return a route table."""
    return Resource(group, "Microsoft.Network/routeTables", name)


def private_dns_zone(group: ResourceGroup, name: str) -> Resource:
    """Return a private DNS zone."""
    return Resource(group, "Microsoft.Network/privateDnsZones", name)


def aks(group: ResourceGroup, name: str) -> Resource:
    """Return an AKS cluster."""
    return Resource(group, "Microsoft.ContainerService/managedClusters", name)


def parse(resource_id: str) -> Resource:
    """Return the parts of an Azure resource id. The model has checked its form."""
    _, _, subscription, _, group, _, provider, kind, name = resource_id.split("/")
    return Resource(ResourceGroup(subscription.lower(), group), f"{provider}/{kind}", name)


def subnet_id(network: Resource, name: str) -> str:
    """Return the Azure resource id of a subnet."""
    return f"{network.id}/subnets/{name}"


def slug(*parts: str) -> str:
    """Return an id for HCP: the parts joined with hyphens. A longer id than 36 characters is cut and gets a hash."""
    whole = "-".join(parts)
    if len(whole) <= SLUG_LENGTH:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: SLUG_LENGTH - len(digest) - 1].rstrip('-')}-{digest}"


def aks_zone(region: str) -> str:
    """Return the name of the private DNS zone for the API servers of private clusters."""
    return f"privatelink.{region}.azmk8s.io"


def resource_group(topology: str, owner: str) -> str:
    """Return the name of the resource group of the hub or of a spoke."""
    return f"rg-{topology}-{owner}"


def node_group(topology: str, spoke: str) -> str:
    """Return the name of the resource group that AKS creates for the nodes. AKS's own name can be too long."""
    return f"rg-{topology}-{spoke}-nodes"


def peering_id(topology: str, owner: str) -> str:
    """Return HCP's id of the peering with the hub or with a spoke, and of the HVN route to a direct spoke."""
    return slug(topology, owner)


def runner_route_id(topology: str) -> str:
    """Return HCP's id of the HVN route to the runners."""
    return slug(topology, "hub", "runners")


def transit_route_id(topology: str, pool: str) -> str:
    """Return HCP's id of the HVN route to a transit pool."""
    return slug(topology, "hub", "transit", pool)


def range_route_id(topology: str, spoke: str, cidr: str) -> str:
    """Return HCP's id of the HVN route to one range of an existing VNet."""
    return slug(topology, spoke, dashed(cidr))


def dashed(cidr: str) -> str:
    """Return a range as a part of a name: `10-64-0-0-16`."""
    return cidr.replace(".", "-").replace("/", "-")


def cloud_workspace(topology: str, workspace: str) -> str:
    """Return the name of a workspace in HCP Terraform."""
    return f"{topology}-{workspace}"


def jwt_mount(spoke: str) -> str:
    """Return the path of a spoke's JWT mount in Vault."""
    return f"jwt-{spoke}"
