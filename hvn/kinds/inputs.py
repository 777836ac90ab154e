"""The inputs that several kinds share. A stack builds a workspace only from the workspace's inputs, one frozen value.

Ranges and addresses are strings, as Terraform requires. Sequences are tuples in a fixed order, so that equal
topologies give equal values, and equal values give equal bytes.
"""

import hashlib
import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from hvn.topology.naming import Resource, subnet_id
from hvn.topology.security import SecurityRule
from hvn.topology.tags import in_dns

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class LocalBackend:
    """State in a file; the path is relative to the workspace's folder, `<output>/stacks/<workspace>`."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AzurermBackend:
    """State as a blob; access needs an Entra role on the container."""

    tenant_id: str
    subscription_id: str
    resource_group: str
    storage_account: str
    container: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudBackend:
    """State in a workspace of HCP Terraform."""

    hostname: str
    organization: str
    project: str | None
    name: str


Backend = LocalBackend | AzurermBackend | CloudBackend


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The inputs of every workspace."""

    workspace: str
    backend: Backend
    tenant_id: str
    extra: tuple[tuple[str, str], ...] = ()
    """The user's own files for this workspace: names and contents as JSON (hvn/check/extra_files.py)."""

    @property
    def fingerprint(self) -> str:
        """Return a stable hash of the inputs, the same on every machine."""
        text = json.dumps([type(self).__name__, self], sort_keys=True, default=_values)
        return hashlib.sha256(text.encode()).hexdigest()


def _values(inputs: "DataclassInstance") -> dict[str, Any]:
    """Return the values of the fields by name, without the copies that `asdict` makes."""
    return {field.name: getattr(inputs, field.name) for field in fields(inputs)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureInputs(Inputs):
    """The inputs of every workspace with resources in Azure."""

    location: str
    tags: tuple[tuple[str, str], ...]
    policy_owned: tuple[tuple[str, str], ...]
    """Pairs of Terraform type (`*`: every type) and argument that Azure Policy owns."""

    @property
    def dns_tags(self) -> tuple[tuple[str, str], ...]:
        """Return the tags for private DNS zones and their links."""
        return in_dns(self.tags)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogInputs:
    """The name of each diagnostic setting, and the ids of its destinations."""

    setting: str
    workspace_id: str | None
    storage_account_id: str | None
    event_hub_rule_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedInputs(AzureInputs):
    """The inputs of a workspace with resources that have resource logs."""

    logs: LogInputs | None


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet of a VNet. `key` is the subnet's key in the file, independent of its name."""

    vnet: Resource
    key: str
    name: str
    cidr: str

    @property
    def id(self) -> str:
        """Return the Azure resource id."""
        return subnet_id(self.vnet, self.name)


@dataclass(frozen=True, slots=True)
class FirewallSubnet(Subnet):
    """AzureFirewallSubnet. Its route table is None without a firewall in a remote VNet."""

    route_table: Resource | None


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """An NSG with all of its rules. `rules` is None for an NSG of another workspace, or outside this project. `key` is
    the key in `network_security_groups`, empty for an NSG of one subnet."""

    resource: Resource
    rules: tuple[SecurityRule, ...] | None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Delegation:
    """The delegation of a subnet to an Azure service, with Azure's actions for the service."""

    service: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltSubnet(Subnet):
    """A subnet that a workspace builds."""

    security_group: SecurityGroup
    route_table: Resource | None
    delegation: Delegation | None = None
    service_endpoints: tuple[str, ...] = ()
    private_endpoint_network_policies: str = "Disabled"


@dataclass(frozen=True, slots=True)
class Route:
    """A user-defined route to a range or a service tag. `next_hop` is the address of an appliance, otherwise empty."""

    name: str
    cidr: str
    next_hop: str
    next_hop_type: str = "VirtualAppliance"


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A route table with all of its routes. With `bgp_route_propagation` the table also has the routes of a gateway.

    `key` is the key in `route_tables`, empty for the other tables.
    """

    resource: Resource
    routes: tuple[Route, ...]
    bgp_route_propagation: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NatGateway:
    """A NAT gateway with the names of its public addresses, and the subnets that use it."""

    resource: Resource
    public_ips: tuple[str, ...]
    idle_timeout_minutes: int
    zone: str | None
    subnets: tuple[Subnet, ...]


@dataclass(frozen=True, slots=True)
class ZoneLink:
    """The link of a VNet to an additional private DNS zone. If `new`, the workspace also creates the zone. With
    `registers`, Azure registers the VNet's machines in the zone."""

    zone: Resource
    name: str
    new: bool = False
    registers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HvnRef:
    """The HVN to which another workspace refers. Without a project id, Terraform must look up the HVN's self link."""

    hvn_id: str
    project_id: str | None

    @property
    def link(self) -> str | None:
        """Return the HVN's self link (`data_source_hvn.go` of the hcp provider), or None without a project id."""
        return f"/project/{self.project_id}/hashicorp.network.hvn/{self.hvn_id}" if self.project_id else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRef:
    """A cluster to which another workspace refers. With `entra`, people and pipelines log in with kubelogin.
    `existing` is true for a cluster that is managed outside this project."""

    cluster: Resource
    entra: bool
    existing: bool = False
