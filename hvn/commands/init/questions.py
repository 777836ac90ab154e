"""The values of `hvn init`: their options, their types, and the questions on a terminal."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator

from hvn.commands.init import parsing
from hvn.commands.init.ci import Ci
from hvn.commands.init.new_topology import STATES, ExistingVault, State
from hvn.commands.spoke import conversion, existing
from hvn.commands.spoke.conversion import SHORT_ID, shown
from hvn.topology.fields import (
    Cidr,
    Ip,
    LogWorkspaceId,
    Region,
    SpokeName,
    TopologyName,
    Uuid,
    VaultNamespace,
    VmSize,
)
from hvn.topology.model import Vault

NO = parsing.NO
UNKNOWN = conversion.UNKNOWN
FREE = "free"
TIERS = tuple[str, ...](get_args(Vault.model_fields["tier"].annotation))
"""The sizes of a Vault cluster."""
ROUTES = ("direct", "via-hub", NO)
NEW = ("new", "no-firewall")
HUBS = (*NEW, "existing", NO)


@dataclass(frozen=True, slots=True)
class Question:
    """A value of the topology: the option, the type of the field, the question, and the proposed answer."""

    option: str
    type: Any
    text: str
    proposal: str = ""


NAME = Question(
    "name", TopologyName, "Short name of this network, used in HVN and Vault ids: 2 to 12 lower-case letters"
)
PLACE = (
    Question("tenant_id", Uuid, "Entra tenant id"),
    Question("region", parsing.AzureRegion, "Azure region, such as japaneast"),
)
SUBSCRIPTION = Question("subscription_id", Uuid, "Subscription id of new spokes")
PROJECT = Question("project_id", Uuid, "HCP project id (any UUID until the first deploy)")
STATE = Question("state", State, STATES, "local")
KIND = Question(
    "hub", Literal[HUBS], f"Hub: new (with Azure Firewall), no-firewall (new), none, or the existing VNet as {SHORT_ID}"
)
HUB = (
    Question("hub_vnet_id", conversion.AnyVnetId, f"Hub's VNet: {SHORT_ID}, or the resource id"),
    Question("hub_cidr", conversion.Cidrs, "All ranges of the hub's VNet, separated by commas"),
    Question("hub_runners_cidr", Cidr, "Range of its subnet for Terraform's runners, inside {hub_cidr}"),
    Question("hub_firewall_ip", Ip | Literal["none"], "Private address of its firewall, or none"),
    Question(
        "hub_dns_zone_id",
        conversion.ZoneId | Literal["unknown"],
        f"Private DNS zone {{zone}}: {SHORT_ID}, or unknown",
        UNKNOWN,
    ),
)
"""The facts about an existing hub."""
GATEWAY = Question(
    "gateway",
    Annotated[str, BeforeValidator(parsing.gateway)],
    f"Gateway in the hub, existing or planned: {parsing.GATEWAY_FORM}",
    "yes",
)
ROUTE = Question(
    "vault_route",
    Literal[ROUTES],
    "Route to Vault: direct (few spokes; bypasses the firewall), or via-hub (many spokes, or the firewall must control "
    "their traffic); a later change replaces VNets and clusters: docs/how-to/choose-a-vault-route.md",
    "direct",
)
CI = Question("ci", Ci | Literal["none"], "Pipelines' login to Vault: github:ORG/REPO, azure_devops, or none", NO)
SERVERS = Question("dns_server", conversion.Ips | Literal["none"], "DNS servers of new VNets, or none", NO)
REQUIRED = (NAME, *PLACE, SUBSCRIPTION, PROJECT, STATE, KIND)

OPTIONAL: dict[str, Any] = {"hub_subscription_id": Uuid, "hvn_cidr": Cidr, "hvn_region": Region}
OPTIONAL |= {"pool_cidr": Cidr | Literal[FREE], "vault_route": ROUTE.type}
OPTIONAL |= {"vault_tier": Literal[TIERS], "logs": LogWorkspaceId, "node_size": VmSize, "spoke_size": int}
OPTIONAL |= {"existing_vault": ExistingVault | Literal["none"], "vault_namespace": VaultNamespace}
OPTIONAL |= {"spoke_vnet_id": conversion.AnyVnetId, "spoke_cidr": conversion.Cidrs, "pod_cidr": existing.PodCidr}
OPTIONAL |= {"subnet_in_use": conversion.Cidrs | Literal["unknown"]}
OPTIONAL |= {"cluster_id": conversion.AnyClusterId, "node_cidr": conversion.Cidrs, "spoke": SpokeName}
OPTIONAL |= {"gateway": GATEWAY.type, "dns_server": SERVERS.type, "ci": CI.type}
"""The options that a topology does not need, or that other questions set."""
TYPES: Mapping[str, Any] = {question.option: question.type for question in (*REQUIRED, *HUB)} | OPTIONAL


def explicit(options: Mapping[str, str | None]) -> Mapping[str, str]:
    """Return the options with one value that are on the command line. Raises `UsageError` for an invalid value."""
    return {
        name: shown(conversion.valid(type_, name)(value)) for name, type_ in TYPES.items() if (value := options[name])
    }


def required(answers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the options that a new topology needs."""
    hub = HUB if answers.get("hub") == "existing" else ()
    return (*(question.option for question in (*REQUIRED, *hub)), "spoke")


def asks() -> bool:
    """Return whether the command can ask questions."""
    return sys.stdin is not None and sys.stdin.isatty()
