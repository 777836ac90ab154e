"""The whole topology file."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticKnownError

from hvn.topology.fields import Cidr, Frozen, Limit, PoolName, SiteName, SpokeName, TopologyName
from hvn.topology.model.azure import Azure, State
from hvn.topology.model.base import Model
from hvn.topology.model.dnat_rule import DnatRules
from hvn.topology.model.firewall_rule import FirewallRules
from hvn.topology.model.hub import ExistingHub, Firewall, Hub, NewHub, VaultPeering
from hvn.topology.model.hub_peering import HubPeering
from hvn.topology.model.logs import Logs
from hvn.topology.model.names import Naming
from hvn.topology.model.spoke import Spoke
from hvn.topology.model.vault import Hvn, Vault

_VERSION = Limit(why="this release reads version 1 of the format only", see="docs/reference/topology.md")
_POOLS = Limit(
    why="every spoke's range must be in a pool, because the firewall's rules and the routes apply to pools",
    see="docs/decisions/0001-one-file-explicit-addresses.md",
)
_SITE = Limit(
    why="an on-premises network needs a range for its routes and firewall rules",
    see="docs/reference/topology.md",
)
_Site = Annotated[tuple[Cidr, ...], Field(min_length=1), _SITE]


def _whole_number(value: Any) -> Any:
    """Return the value. Raises `PydanticKnownError` for true and false, which equal 1 and 0 in Python."""
    if isinstance(value, bool):
        raise PydanticKnownError("int_type")
    return value


class Topology(Model):
    """A hub-and-spoke network on Azure, the HVN, the clusters in the network, and the apps that read secrets."""

    version: Annotated[Literal[1], BeforeValidator(_whole_number), _VERSION]
    """Version of this file's format."""
    name: TopologyName
    """Part of the resources' names. Files that share a subscription, an HVN or a private DNS zone need different names.
    Each file needs its own Vault namespace."""
    naming: Naming = Naming()
    """Patterns for the names of all resources."""
    azure: Azure
    """Tenant, subscription, region and tags."""
    state: State
    """Backend for Terraform's state."""
    hvn: Hvn
    """The network that HashiCorp runs, with the Vault cluster in it."""
    vault: Vault
    """The private Vault cluster in the HVN."""
    address_pools: Annotated[Mapping[PoolName, Cidr], Field(min_length=1), Frozen, _POOLS]
    """Ranges for spokes, by the pool's name. Every spoke's range is inside one pool. The hub's range may be inside a
    pool, except a transit pool; firewall rules for the pool exclude the hub's addresses."""
    on_premises: Annotated[Mapping[SiteName, _Site], Frozen] = Field(default={}, validate_default=True)
    """Ranges of networks outside Azure by name, for example `tokyo: [10.200.0.0/16]`. Other ranges must not overlap
    these networks."""
    in_use: tuple[Cidr, ...] = ()
    """Ranges of other networks, which new networks must not use."""
    hub: Hub
    """The hub, created here or existing. none: the file has no hub; each spoke has its own peering with the HVN, or
    none."""
    logs: Logs | None = None
    """Destinations of the resource logs in Azure. [default: no logs]"""
    spokes: Annotated[Mapping[SpokeName, Spoke], Frozen] = Field(default={}, validate_default=True)
    """The spokes by name."""

    @property
    def vault_peering(self) -> VaultPeering | None:
        """Return the hub's own peering with the HVN; None without a hub or a peering."""
        return self.hub.vault_peering if isinstance(self.hub, NewHub | ExistingHub) else None

    @property
    def hub_peerings(self) -> Mapping[str, HubPeering]:
        """Return the hub's peerings with VNets outside the file, by key."""
        return self.hub.peerings if isinstance(self.hub, NewHub | ExistingHub) else {}

    @property
    def dnat_rules(self) -> DnatRules:
        """Return the DNAT rules of the hub's new firewall, by name."""
        firewall = self.hub.firewall if isinstance(self.hub, NewHub) else None
        return firewall.dnat_rules if isinstance(firewall, Firewall) else {}

    @property
    def shared_rules(self) -> FirewallRules:
        """Return the firewall rules of the hub; empty without a hub."""
        return self.hub.firewall_rules if isinstance(self.hub, NewHub | ExistingHub) else {}
