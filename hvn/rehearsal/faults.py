"""What goes wrong on request: the fault, what a person would see and do, and how it is brought about in a stand-in.

A fault strikes one apply. The run after it must mend what it left.
"""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.behaviours.peering_needs_rights import never_active
from hvn.rehearsal.tables import table

# An interrupted Terraform tells its providers at once; no machine takes this long.
PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, and what a person does about it. The kinds of workspaces name the faults that they can have."""

    happens: str
    to_do: str


FAULTS: Mapping[str, Fault] = {
    "peering-not-accepted": Fault(
        happens="HCP's half of the peering waits for Azure's, and the provider gives up after 35 minutes",
        to_do="look whether the service principal, the role and its assignment are there, then apply again: the "
        "request is good for 7 days, and the wait goes on where it stopped",
    ),
    "permission-denied": Fault(
        happens="Azure refuses one resource half-way through the apply; what was made before it stays, and is in the "
        "state",
        to_do="give the identity the right that the message names (docs/reference/rights.md has those of each "
        "workspace), wait some minutes for it to take effect, and apply again: only what is missing is made",
    ),
    "interrupted": Fault(
        happens="Terraform is interrupted half-way through the apply (Ctrl-C, a cancelled job): it ends what it has "
        "begun, writes the state and stops",
        to_do="apply again. Was it killed instead, the state's lock may remain: `terraform force-unlock ID` once "
        "nobody else is running",
    ),
}


@dataclass(slots=True)
class Injections:
    """The fault that a slot's stand-ins bring about, if any; `at` is the creation, counted from 1, that it strikes."""

    fault: str = ""
    at: int = 1
    interrupt: Callable[[], None] = lambda: None
    created: int = 0
    workspace: str = ""
    """Which workspace the slot has at hand."""
    stopped: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def set(self, fault: str, at: int, interrupt: Callable[[], None]) -> None:
        """Bring this about from now on."""
        self.fault, self.at, self.interrupt, self.created = fault, at, interrupt, 0
        self.stopped.clear()

    def clear(self) -> None:
        """Let everything go well."""
        self.fault = ""

    def creating(self, change: Change) -> None:
        """Called before a resource is made. Raises `Refusal`."""
        with self.lock:
            self.created += 1
            struck = self.created == self.at
        if struck and self.fault == "permission-denied":
            raise denied(change)
        if struck and self.fault == "interrupted":
            self.interrupt()
            self.stopped.wait(PATIENCE)

    def looking_up(self, change: Change) -> None:
        """Called before a data source gives what it found. Raises `Refusal`."""
        if self.fault == "peering-not-accepted" and change.kind == "hcp_azure_peering_connection":
            raise never_active(change)


def denied(change: Change) -> Refusal:
    """Azure's answer to one who has no right to write a resource."""
    return Refusal(
        f"creating {change.kind}: unexpected status 403 (403 Forbidden) with error: AuthorizationFailed",
        "The client with object id '00000000-0000-4000-8000-000000000003' does not have authorization to perform "
        f"action '{_action(change.kind)}' over the scope of {change.after.get('name') or change.after.get('scope')}, "
        "or the scope is invalid. If access was recently granted, please refresh your credentials.",
    )


# Where the form of the id does not say it.
ACTIONS = {
    "azurerm_firewall_policy_rule_collection_group": "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
    "azurerm_resource_group": "Microsoft.Resources/subscriptions/resourceGroups",
    "azurerm_role_definition": "Microsoft.Authorization/roleDefinitions",
    "azurerm_subnet_network_security_group_association": "Microsoft.Network/virtualNetworks/subnets",
    "azurerm_subnet_route_table_association": "Microsoft.Network/virtualNetworks/subnets",
}


def _action(kind: str) -> str:
    """`Microsoft.Network/virtualNetworks/subnets/write`, by the form of the type's ids."""
    by_id = re.sub(r"/\{\w+\}", "", table("azurerm", kind).id.rpartition("/providers/")[2])
    return f"{ACTIONS.get(kind, by_id)}/write"
