"""Define the faults of `--fault`: their effects and remedies, and the errors of the fake providers.

A fault affects one Terraform command of a workspace. The next run of the command must succeed.
"""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from hvn.rehearsal.azure_subnets import EXCLUDED, without_nsg
from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.behaviours.aks_prerequisites import missing_zone_rights
from hvn.rehearsal.behaviours.peering_permissions import never_active
from hvn.rehearsal.tables import table

# The maximum time in seconds to wait until an interrupted Terraform stops its providers.
STOP_TIMEOUT = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault. `Kind.faults` names the faults that can affect a kind of workspace."""

    happens: str
    to_do: str
    command: Literal["apply", "plan", "outside"] = "apply"
    """The command that the fault affects: the first apply, or a plan after the apply. `outside` is a plan after
    somebody changed resources outside Terraform; the plan may revert the changes."""
    may_pass: bool = False
    """True if a command with the fault may succeed, because the fault does not affect every workspace."""


ROLES = "role-propagation-slow"
CLUSTER = "azurerm_kubernetes_cluster"
API_SERVER = "api-server-unreachable"
AZURE_POLICY = "azure-policy"
POLICY = "policy-deny"

FAULTS: Mapping[str, Fault] = {
    "peering-not-accepted": Fault(
        happens="HCP waits for the acceptance of the peering, and the provider times out after 35 minutes",
        to_do="check that the service principal, the role and its assignment exist, then apply again: the request is "
        "valid for 7 days",
    ),
    "permission-denied": Fault(
        happens="Azure refuses to create one resource in the middle of the apply; the state contains the resources "
        "created earlier",
        to_do="grant the identity the permission in the message (docs/reference/rights.md), wait until the "
        "permission takes effect, and apply again",
    ),
    "interrupted": Fault(
        happens=(
            "Ctrl-C or a cancelled job interrupts the apply: Terraform finishes the resources in progress, "
            "writes the state and stops"
        ),
        to_do="apply again. If Terraform was killed, the state may still be locked: run `terraform force-unlock ID` "
        "when no other run is in progress",
    ),
    ROLES: Fault(
        happens="Azure needs up to 60 minutes until a new role assignment takes effect, and refuses the cluster until "
        "then (CustomPrivateDNSZoneMissingPermissionError, LinkedAuthorizationFailed)",
        to_do="wait, and apply again",
    ),
    POLICY: Fault(
        happens="Azure Policy refuses a subnet without an NSG at creation (ALZ's Deny-Subnet-Without-Nsg)",
        to_do="request an Azure Policy exemption for the existing VNet, then apply again; new VNets need no exemption",
        may_pass=True,
    ),
    API_SERVER: Fault(
        happens=(
            "the cluster's API server does not answer, because the runner is outside the network, `kubelogin` "
            "is missing, or DNS fails. The plan fails when it reads the namespace kube-system"
        ),
        to_do="run Terraform in the network, with `kubelogin`, and plan again",
        command="plan",
    ),
    AZURE_POLICY: Fault(
        happens="Azure Policy changes resources after the apply. It adds a DDoS plan to VNets, Defender and the policy "
        "add-on to clusters, and a tag to every resource. The next plan reverts these changes",
        to_do="list the arguments that your policies write in `azure.policy_owned`",
        command="outside",
    ),
}


@dataclass(slots=True)
class Injections:
    """The current fault of a slot's fake providers. A fault that affects creations occurs at creation number `at`,
    counted from 1."""

    fault: str = ""
    at: int = 1
    interrupt: Callable[[], None] = lambda: None
    created: int = 0
    workspace: str = ""
    """The workspace that the slot is rehearsing."""
    stopped: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def set(self, fault: str, at: int, interrupt: Callable[[], None]) -> None:
        """Cause this fault until `clear` is called."""
        self.fault, self.at, self.interrupt, self.created = fault, at, interrupt, 0
        self.stopped.clear()

    def clear(self) -> None:
        """Cause no faults until the next `set`."""
        self.fault = ""

    def creating(self, change: Change) -> None:
        """Raise `Refusal` or interrupt Terraform if the fault affects this creation."""
        if self.fault == POLICY:
            _check_policy(change)
        with self.lock:
            self.created += 1
            affected = self.created == self.at
        if self.fault == ROLES and change.kind == CLUSTER:
            raise missing_zone_rights(str(change.after["private_dns_zone_id"]))
        if affected and self.fault == "permission-denied":
            raise denied(change)
        if affected and self.fault == "interrupted":
            self.interrupt()
            self.stopped.wait(STOP_TIMEOUT)

    def looking_up(self, change: Change) -> None:
        """Raise `Refusal` if the fault affects this data source."""
        if self.fault == "peering-not-accepted" and change.kind == "hcp_azure_peering_connection":
            raise never_active(change)
        if self.fault == API_SERVER and change.kind.startswith("kubernetes_"):
            raise Refusal(f'Get "{change.place}/api/v1/namespaces/{change.after["id"]}": dial tcp: i/o timeout')

    def cannot_read(self, kind: str) -> bool:
        """Return whether the fault hides a Helm release. The helm provider reports no error and removes a hidden
        release from the state.

        Source: helm/resource_helm_release.go, `Read`; terraform-provider-helm issue 1669.
        """
        return self.fault == API_SERVER and kind == "helm_release"


def _check_policy(change: Change) -> None:
    """Refuse subnets without an NSG. A separate subnet cannot have an NSG at creation (azurerm #28701)."""
    names = list(without_nsg(change.after)) if change.kind == "azurerm_virtual_network" else []
    if change.kind == "azurerm_subnet" and change.after["name"] not in EXCLUDED:
        names = [change.after["name"]]
    if names:
        raise Refusal(
            f"creating {change.kind}: unexpected status 403 (403 Forbidden) with error: RequestDisallowedByPolicy",
            f"Resource '{min(names)}' was disallowed by policy. Policy identifiers: Deny-Subnet-Without-Nsg",
        )


def denied(change: Change) -> Refusal:
    """Return Azure's error for a missing permission."""
    return Refusal(
        f"creating {change.kind}: unexpected status 403 (403 Forbidden) with error: AuthorizationFailed",
        "The client with object id '00000000-0000-4000-8000-000000000003' does not have authorization to perform "
        f"action '{_action(change.kind)}' over the scope of {change.after.get('name') or change.after.get('scope')}, "
        "or the scope is invalid. If access was recently granted, please refresh your credentials.",
    )


# Azure's actions for types with an id from which `_action` cannot derive the action.
ACTIONS = {
    "azurerm_firewall_policy_rule_collection_group": "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
    "azurerm_resource_group": "Microsoft.Resources/subscriptions/resourceGroups",
    "azurerm_role_definition": "Microsoft.Authorization/roleDefinitions",
    "azurerm_subnet_network_security_group_association": "Microsoft.Network/virtualNetworks/subnets",
    "azurerm_subnet_route_table_association": "Microsoft.Network/virtualNetworks/subnets",
}


def _action(kind: str) -> str:
    """Return Azure's action to write resources of a type, such as `Microsoft.Network/virtualNetworks/subnets/write`."""
    by_id = re.sub(r"/\{\w+\}", "", table("azurerm", kind).id.rpartition("/providers/")[2])
    return f"{ACTIONS.get(kind, by_id)}/write"
