"""An HVN peering becomes ACTIVE only when HCP has permission to create the peering's half in the customer's VNet.

HCP's application needs a service principal in the customer's tenant, and the principal needs a role with three actions
on the VNet. Without these permissions the peering stays PENDING_ACCEPTANCE, and a data source that waits for the
peering times out after 35 minutes. If the peering can no longer become ACTIVE, the data source only returns a warning.

terraform-provider-hcp: guide peering-azure, data_source_azure_peering_connection.go, clients/peering.go.
"""

from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import Object, same

ACTIONS = {
    "Microsoft.Network/virtualNetworks/peer/action",
    "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/read",
    "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write",
}
# Built-in roles that include the three actions.
NETWORK_ROLES = ("Network Contributor", "Contributor", "Owner")
PENDING = {"CREATING", "PENDING_ACCEPTANCE", "ACCEPTED"}


def wait(change: Change) -> None:
    """Set a pending peering to ACTIVE if the data source waits and HCP has the required permissions. Add a warning for
    a state that cannot become ACTIVE."""
    state = str(change.after.get("state"))
    if state in PENDING:
        # HCP needs minutes to accept a peering, so only a data source that waits returns ACTIVE.
        if not change.before.get("wait_for_active_state"):
            return
        missing = _missing(change, change.after)
        if missing:
            raise never_active(change, missing)
        change.after["state"] = "ACTIVE"
        change.after["azure_peering_id"] = (
            f"{vnet_of(change.after)}/virtualNetworkPeerings/{change.after['peering_id']}"
        )
        change.cloud.put(change.kind, str(change.after["id"]), change.after)
    elif state != "ACTIVE":
        change.warnings.append(
            (
                f'Peering is in an unexpected state, connections may fail: "{state}"',
                "Expected a CREATING, PENDING_ACCEPTANCE, ACCEPTED, or ACTIVE state",
            )
        )


def never_active(change: Change, missing: str = "") -> Refusal:
    """Return the provider's timeout error after 35 minutes. The rehearsal adds the missing permission, which HCP does
    not report."""
    return Refusal(
        f"error waiting for peering connection ({change.after.get('peering_id')}) to become 'ACTIVE': timeout while "
        f"waiting for state to become 'ACTIVE' (last state: '{change.after.get('state')}', timeout: 35m0s)",
        f"HCP does not report the reason. In the rehearsal it is: {missing}" if missing else "",
    )


def vnet_of(peering: Object) -> str:
    """Return the id of the VNet on the other side of an HVN peering."""
    return (
        f"/subscriptions/{peering['peer_subscription_id']}/resourceGroups/{peering['peer_resource_group_name']}"
        f"/providers/Microsoft.Network/virtualNetworks/{peering['peer_vnet_name']}"
    )


def _missing(change: Change, peering: Object) -> str:
    application = str(peering.get("application_id"))
    principals = change.cloud.find("azuread_service_principal", client_id=application)
    if not principals:
        return f"no service principal for application {application}"
    vnet = vnet_of(peering)
    if not change.cloud.named(vnet):
        return f"no VNet {vnet}"
    principal = principals[0]["object_id"]
    assigned = [
        assignment
        for assignment in change.cloud.find("azurerm_role_assignment", principal_id=principal)
        if f"{vnet}/".casefold().startswith(f"{assignment['scope']}/".casefold())
    ]
    if not assigned:
        return f"no role assignment for {principal} on {vnet}"
    roles = [
        role
        for role in change.cloud.find("azurerm_role_definition")
        if any(same(role["role_definition_resource_id"], other["role_definition_id"]) for other in assigned)
    ]
    if any(assignment.get("role_definition_name") in NETWORK_ROLES for assignment in assigned):
        return ""
    allowed = {action for role in roles for block in role["permissions"] for action in block["actions"] or ()}
    if not allowed >= ACTIONS:
        return f"the assigned role lacks {', '.join(sorted(ACTIONS - allowed))}"
    return ""


LOOK_UP = {"hcp_azure_peering_connection": wait}
