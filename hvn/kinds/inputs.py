"""The inputs that several kinds share. A workspace is built from one frozen value and nothing else.

Ranges and addresses are text here, because Terraform wants text. Sequences are tuples in a fixed order, so that equal
topologies give equal values, and equal values give equal bytes.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

from hvn.topology.naming import Resource, subnet_id


@dataclass(frozen=True, slots=True)
class LocalBackend:
    """State in a file; the path is relative to the workspace's folder, `<output>/stacks/<workspace>`."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AzurermBackend:
    """State as a blob, with access by Entra roles on the container."""

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

    @property
    def fingerprint(self) -> str:
        """Stable hash of the inputs, the same on every machine."""
        kind = type(self).__name__
        return hashlib.sha256(json.dumps([kind, asdict(self)], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureInputs(Inputs):
    """The inputs of every workspace with resources in Azure."""

    location: str
    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet of a VNet."""

    vnet: Resource
    name: str
    cidr: str

    @property
    def id(self) -> str:
        """Azure resource id."""
        return subnet_id(self.vnet, self.name)


@dataclass(frozen=True, slots=True)
class Route:
    """A user-defined route with an appliance as its next hop."""

    name: str
    cidr: str
    next_hop: str


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A route table with all of its routes."""

    resource: Resource
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HvnRef:
    """The HVN as another workspace refers to it. Without a project id its link must be looked up."""

    hvn_id: str
    project_id: str | None

    @property
    def link(self) -> str | None:
        """HCP's self link (`data_source_hvn.go` of the hcp provider), if it can be computed."""
        return f"/project/{self.project_id}/hashicorp.network.hvn/{self.hvn_id}" if self.project_id else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRef:
    """A cluster as other workspaces refer to it. With `entra`, people and pipelines log in with kubelogin."""

    cluster: Resource
    entra: bool
