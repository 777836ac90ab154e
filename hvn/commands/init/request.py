"""The values of a new topology, from options, answers and the resources in Azure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from hvn.commands.init.shared_vault import SharedVault
from hvn.commands.spoke.addition import Request as Addition
from hvn.commands.spoke.existing import ExistingVnet
from hvn.commands.spoke.new_app import NewApp
from hvn.commands.spoke.node_pools import NewPool


class NoRange(Exception):
    """Raised if the private address space lacks a free range. The message is one line."""


@dataclass(frozen=True, slots=True)
class Request:
    """The values of a new topology. `answers` contains the options with one value, by name.

    `spoke_vnet` is the existing VNet of the first spoke, and `nodes` has the ranges of the nodes in this VNet.
    `is_known`: the VNet is in the files from Azure.
    """

    answers: Mapping[str, str]
    in_use: tuple[IPv4Network, ...]
    on_premises: Mapping[str, Sequence[IPv4Network]]
    cluster: bool
    apps: tuple[NewApp, ...]
    taken: tuple[IPv4Network, ...] = ()
    """The ranges that exist in Azure."""
    spoke_vnet: ExistingVnet | None = None
    nodes: tuple[IPv4Network, ...] = ()
    is_known: bool = False
    naming: Mapping[str, str] = field(default_factory=dict)
    scheme: str = ""
    """The scheme of all names, with `{type}`. `naming` overrides its patterns."""
    tags: Mapping[str, str] = field(default_factory=dict)
    admin_groups: tuple[str, ...] = ()
    """The Entra groups that administer the cluster."""
    node_pools: tuple[NewPool, ...] = ()
    """The additional node pools of the new cluster."""
    shared: SharedVault | None = None
    """The HVN and Vault cluster that another file creates. None: the new file creates both."""
    ask: bool = False
    """Ask the open questions, even if all required options are set."""
    planned: Mapping[str, str] = field(default_factory=dict)
    """The step that creates the resource of an option, for resources that do not exist yet."""
    more: tuple[Addition, ...] = ()
    """The spokes after the first spoke. An empty `vault_route` is the first spoke's route."""

    @property
    def gateway(self) -> str:
        """Return the type of the hub's gateway, `yes` for an unknown type, or an empty text. A new hub gets
        GatewaySubnet; an existing hub has the gateway."""
        answer = self.answers.get("gateway", "none")
        return "" if answer == "none" else answer

    @property
    def defaults(self) -> Mapping[str, str]:
        """Return the values of the other file. Options and the resources in Azure take precedence."""
        return self.shared.defaults if self.shared else {}

    @property
    def route(self) -> str:
        """Return the route of the first spoke to Vault."""
        return self.answers.get("vault_route", "direct")

    @property
    def vnets(self) -> Sequence[tuple[ExistingVnet, str]]:
        """Return the existing VNets of the spokes, each with its spoke's route to Vault."""
        first = [(self.spoke_vnet, self.route)] if self.spoke_vnet else []
        return first + [(one.known_vnet, one.vault_route or self.route) for one in self.more if one.known_vnet]

    @property
    def peered_hub(self) -> bool:
        """Return whether the other file has the peering of this hub with the HVN. HCP refuses a second peering and
        second routes."""
        hub = self.shared.hub if self.shared else ""
        return hub != "" and hub == self.answers.get("hub_vnet_id", "").lower()

    @property
    def gateway_type(self) -> str:
        """Return the type of the hub's gateway, or an empty text."""
        return "" if self.gateway == "yes" else self.gateway


def ranges_of(answers: Mapping[str, str], option: str) -> tuple[IPv4Network, ...]:
    """Return the ranges of an option; empty without the option."""
    return tuple(IPv4Network(cidr) for cidr in answers.get(option, "").split(",") if cidr)
