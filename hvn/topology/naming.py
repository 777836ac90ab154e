"""The names and ids of the resources in the workspaces. This module computes names and ids, so that a workspace can
refer to resources of another workspace.

`name` returns every name that the file can change with an exception (`names`) or a pattern (`naming`). With the default
patterns, a topology name of 12 and a spoke name of 32 characters, all names are within their limits
(hvn/topology/fields/resource_names.py). HCP's ids have at most 36 characters.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from hvn.topology.model import NODE_SUBNET as NODE_SUBNET
from hvn.topology.model import HubNames, NewHub, SpokeNames, Topology

SLUG_LENGTH = 36
HUB = "hub"
"""The owner of the hub's names. All other owners are spokes."""
RUNNERS = "runners"
GATEWAY = "gateway"
FIREWALL = "firewall"
"""The parts of the hub with their own route table."""
RUNNER_SUBNET = "runners"
HVN_ROUTE, BACKUP_ROUTE = "hvn", "hvn-backup"
"""The names of the user-defined routes to the HVN and to the backup HVN."""
NO_ROUTES = "none"
"""The key of the route table without routes."""
BASTION = "bastion"
BASTION_SUBNET = "AzureBastionSubnet"
ROUTE_SERVER_SUBNET = "RouteServerSubnet"
"""The keys of subnets that the file does not list in `subnets`."""
SPOKE_HALVES = ("peering_from_spoke", "peering_to_spoke")
"""The halves of `spokes.<spoke>.peerings`, which have no pattern."""
HALVES = ("peering_to_hub", "peering_from_hub", *SPOKE_HALVES)
NSG = "network_security_group"
NSG_LENGTH = 80
# Azure compares names without regard to case.
AZURE_SUBNETS = (
    "azurebastionsubnet",
    "azurefirewallmanagementsubnet",
    "azurefirewallsubnet",
    "gatewaysubnet",
    "routeserversubnet",
)
"""Names of subnets that belong to Azure's services, in lower case."""
CI_MOUNTS = {"github": "ci-github", "azure_devops": "ci-azure-devops", "hcp_terraform": "ci-hcp-terraform"}
"""The JWT mounts of CI by key in `vault.ci`."""
VSO_NAMESPACE = "vault-secrets-operator-system"


@dataclass(frozen=True, slots=True)
class ResourceGroup:
    """A resource group in a subscription."""

    subscription_id: str
    name: str

    @property
    def id(self) -> str:
        """Return the Azure resource id."""
        return f"/subscriptions/{self.subscription_id}/resourceGroups/{self.name}"


@dataclass(frozen=True, slots=True)
class Resource:
    """An Azure resource by group, type (`Microsoft.Network/virtualNetworks`) and name."""

    group: ResourceGroup
    type: str
    name: str

    @property
    def id(self) -> str:
        """Return the Azure resource id."""
        return f"{self.group.id}/providers/{self.type}/{self.name}"


def vnet(group: ResourceGroup, name: str) -> Resource:
    return Resource(group, "Microsoft.Network/virtualNetworks", name)


def route_table(group: ResourceGroup, name: str) -> Resource:
    return Resource(group, "Microsoft.Network/routeTables", name)


def firewall_policy(group: ResourceGroup, name: str) -> Resource:
    return Resource(group, "Microsoft.Network/firewallPolicies", name)


def security_group(group: ResourceGroup, name: str) -> Resource:
    return Resource(group, "Microsoft.Network/networkSecurityGroups", name)


def nat_gateway(group: ResourceGroup, name: str) -> Resource:
    return Resource(group, "Microsoft.Network/natGateways", name)


def private_dns_zone(group: ResourceGroup, name: str) -> Resource:
    return Resource(group, "Microsoft.Network/privateDnsZones", name)


def aks(group: ResourceGroup, name: str) -> Resource:
    return Resource(group, "Microsoft.ContainerService/managedClusters", name)


def parse(resource_id: str) -> Resource:
    """Return the parts of an Azure resource id. The model has already validated the id."""
    _, _, subscription, _, group, _, provider, kind, name = resource_id.split("/")
    return Resource(ResourceGroup(subscription.lower(), group), f"{provider}/{kind}", name)


def subnet_id(network: Resource, name: str) -> str:
    """Return the Azure resource id of a subnet."""
    return f"{network.id}/subnets/{name}"


def identifier(name: str) -> str:
    """Return a name as a part of a Terraform address, which cannot contain dots. Different names have different
    results."""
    if "." not in name:
        return name
    return f"{name.replace('.', '_')}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def slug(*parts: str) -> str:
    """Return an id for HCP: the parts joined with hyphens. The function cuts an id of more than 36 characters, and adds
    a hash."""
    whole = "-".join(parts)
    if len(whole) <= SLUG_LENGTH:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: SLUG_LENGTH - len(digest) - 1].rstrip('-')}-{digest}"


def aks_zone(region: str) -> str:
    """Return the name of the private DNS zone for the API servers of private clusters."""
    return f"privatelink.{region}.azmk8s.io"


def name(topology: Topology, kind: str, owner: str, part: str = "") -> str:
    """Return the name of a resource: the exception in `names`, otherwise the name from the pattern of the kind.

    `kind` is a field of `naming`, `owner` a spoke or HUB. `part` is the key of a subnet, NSG, route table, peering or
    app; empty for all other resources. Azure requires the name of the subnet for Bastion.
    """
    if kind == "subnet" and part == BASTION_SUBNET:
        return part
    return exception(topology, kind, owner, part) or by_pattern(topology, kind, owner, part)


def exception(topology: Topology, kind: str, owner: str, part: str = "") -> str | None:
    """Return the name that `hub.names` or `spokes.<spoke>.names` sets for a resource, or None."""
    names: HubNames | SpokeNames | None = None
    if owner != HUB:
        names = topology.spokes[owner].names
    elif isinstance(topology.hub, NewHub):
        names = topology.hub.names
    if names is None or not names.model_fields_set:  # nearly always: do not look for the field
        return None
    value = getattr(names, exception_field(kind, part), None)
    return value.get(part) if isinstance(value, Mapping) else value


def exception_field(kind: str, part: str) -> str:
    """Return the field of `names` for a kind: `subnets` has the names of all subnets by key."""
    if part and kind in HALVES:
        return kind.replace("peering", "peerings")
    return f"{kind}s" if part else kind


def by_pattern(topology: Topology, kind: str, owner: str, part: str = "") -> str:
    """Return the name from the pattern of a kind."""
    if kind == "route_table" and part and owner != HUB:
        return f"{name(topology, kind, owner)[: 79 - len(part)]}-{part}"  # Azure allows 80 characters
    if kind in SPOKE_HALVES:
        return f"to-{topology.name}-{part if kind == SPOKE_HALVES[0] else owner}"
    pattern = getattr(topology.naming, kind)
    if pattern is None:
        # peering_to_hub: an existing VNet can have a peering with this name already.
        existing = owner == HUB or topology.spokes[owner].existing
        pattern = "to-{topology}-hub" if existing else "to-hub"
    spoke = part if owner == HUB and part and kind not in ("subnet", NSG) else owner
    whole = rendered(pattern, topology=topology.name, spoke=spoke, subnet=part, app=part)
    return _cut(whole) if kind == NSG else whole


def _cut(name: str) -> str:
    """Return the name of an NSG. The subnet's part alone may have 80 characters, so a long name ends with a hash."""
    if len(name) <= NSG_LENGTH:
        return name
    # Azure compares names without regard to case.
    digest = hashlib.sha256(name.casefold().encode()).hexdigest()[:8]
    return f"{name[: NSG_LENGTH - len(digest) - 1]}-{digest}"


def rendered(pattern: str, **values: str) -> str:
    """Return a pattern with its placeholders replaced."""
    for placeholder, value in values.items():
        if "{" not in pattern:
            break
        pattern = pattern.replace(f"{{{placeholder}}}", value)
    return pattern


def numbered(first: str, number: int) -> tuple[str, ...]:
    """Return the names of several resources: the first name, then the name with a number, at most 80 characters."""
    suffixes = (f"-{index}" for index in range(2, number + 1))
    return (first, *(f"{first[: 80 - len(suffix)]}{suffix}" for suffix in suffixes))


def mount_prefix(topology: Topology) -> str:
    """Return the beginning of the paths of all JWT mounts: the pattern up to `{spoke}`."""
    return rendered(topology.naming.jwt_mount.partition("{spoke}")[0], topology=topology.name)


def peering_id(topology: str, owner: str) -> str:
    """Return HCP's id of the peering with the hub or a spoke, which is also the id of the HVN route to a direct
    spoke."""
    return slug(topology, owner)


def runner_route_id(topology: str) -> str:
    """Return HCP's id of the HVN route to the runners."""
    return slug(topology, "hub", "runners")


def transit_route_id(topology: str, pool: str) -> str:
    """Return HCP's id of the HVN route to a transit pool."""
    return slug(topology, "hub", "transit", pool)


def site_route_id(topology: str, site: str, cidr: str) -> str:
    """Return HCP's id of the HVN route to one range of an on-premises network."""
    return slug(topology, "hub", "site", site, dashed(cidr))


def forwarding_id(topology: str) -> str:
    """Return HCP's id of the DNS forwarding: at most 32 characters, unique in the HCP account."""
    return f"{topology}-dns"


def forwarding_rule_id(topology: str, domain: str) -> str:
    """Return HCP's id of the forwarding rule for a domain: at most 32 characters, so the id contains a hash of the
    domain."""
    return f"{topology}-dns-{hashlib.sha256(domain.encode()).hexdigest()[:8]}"


def resolver_route_id(topology: str, address: str) -> str:
    """Return HCP's id of the HVN route to a DNS server in the hub."""
    return slug(topology, "hub", "dns", address.replace(".", "-"))


def range_route_id(topology: str, spoke: str, cidr: str) -> str:
    """Return HCP's id of the HVN route to one range of an existing VNet, or to an additional range of a new VNet."""
    return slug(topology, spoke, dashed(cidr))


def backup_id(id_: str) -> str:
    """Return HCP's id of a peering, route or DNS forwarding of the backup HVN, from the id in the HVN.

    HCP's links of peerings do not contain the HVN, so the ids must differ:
    internal/providersdkv2/resource_azure_peering_connection.go of the hcp provider.
    """
    return slug(id_, "backup")


def dashed(cidr: str) -> str:
    """Return a range as part of a name: `10-64-0-0-16`."""
    return cidr.replace(".", "-").replace("/", "-")


def cloud_workspace(topology: str, workspace: str) -> str:
    """Return the name of a workspace in HCP Terraform."""
    return f"{topology}-{workspace}"
