"""`peering-<spoke>` and `peering-hub`: a peering with each HVN, the right to accept the peering, and the HVN's routes.

HCP creates its half of the peering and waits. The peering becomes ACTIVE after HCP's application has a service
principal in the customer's tenant with the right to write the VNet's half. Every peering has its own application.
docs/reference/facts.md, "Peering an HVN", explains the order of the resources.
"""

import json
from collections.abc import Sequence

from cdktf import ITerraformDependable, Postcondition, TerraformOutput, TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_azuread.service_principal import ServicePrincipal
from cdktf_cdktf_provider_azurerm.role_assignment import RoleAssignment
from cdktf_cdktf_provider_azurerm.role_definition import RoleDefinition, RoleDefinitionPermissions
from cdktf_cdktf_provider_hcp.azure_peering_connection import AzurePeeringConnection
from cdktf_cdktf_provider_hcp.data_hcp_azure_peering_connection import DataHcpAzurePeeringConnection
from cdktf_cdktf_provider_hcp.data_hcp_hvn import DataHcpHvn
from cdktf_cdktf_provider_hcp.hvn_route import HvnRoute, HvnRouteAzureConfig

from hvn.kinds.inputs import HvnRef
from hvn.kinds.peering.inputs import HvnPeering, PeeringInputs
from stacks import workspace
from stacks.hvn_dns import forward_dns

# Only the actions that HCP's portal requests (guides/peering-azure of the hcp provider).
PEER_ACTIONS = (
    "Microsoft.Network/virtualNetworks/peer/action",
    "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/read",
    "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write",
)


def build(stack: TerraformStack, inputs: PeeringInputs) -> None:
    """Build peering, service principal, role and role assignment, unless the peering exists. Wait until the peering is
    ACTIVE, then build the HVN routes and the DNS forwarding. Then build these resources for the backup HVN.
    """
    workspace.hcp(stack, inputs.hvn.project_id)
    if inputs.backup or not inputs.existing:
        workspace.azuread(stack, inputs)
        workspace.azurerm(stack, inputs, inputs.vnet.group.subscription_id)
    active = _existing(stack, inputs) if inputs.existing else _new(stack, inputs, inputs.own)
    if inputs.backup:
        # Azure refuses two changes of a VNet's peerings at the same time.
        _new(stack, inputs, inputs.backup, prefix="backup_", after=[active])


def _existing(stack: TerraformStack, inputs: PeeringInputs) -> DataHcpAzurePeeringConnection:
    hvn_link = _hvn_link(stack, "hvn", inputs.hvn)
    conditions = [_is_active(inputs, inputs.peering_id), _is_with_vnet(inputs)]
    active = _active(stack, "active", hvn_link, inputs.peering_id, conditions)
    _routes(stack, "", inputs.own, hvn_link, active.self_link, active)
    return active


def _new(
    stack: TerraformStack,
    inputs: PeeringInputs,
    own: HvnPeering,
    *,
    prefix: str = "",
    after: Sequence[ITerraformDependable] = (),
) -> DataHcpAzurePeeringConnection:
    hvn_link = _hvn_link(stack, f"{prefix}hvn", own.hvn)
    peering = AzurePeeringConnection(
        stack,
        f"{prefix}peering",
        hvn_link=hvn_link,
        peering_id=own.peering_id,
        peer_tenant_id=inputs.tenant_id,
        peer_subscription_id=inputs.vnet.group.subscription_id,
        peer_resource_group_name=inputs.vnet.group.name,
        peer_vnet_name=inputs.vnet.name,
        peer_vnet_region=inputs.location,
        allow_forwarded_traffic=inputs.allow_forwarded_traffic,
        use_remote_gateways=False,
        depends_on=list(after) or None,
    )
    assignment = _grant(stack, prefix, peering.application_id, inputs.vnet.id)
    conditions = [_is_active(inputs, own.peering_id)]
    # Without this dependency, the data source may wait 35 minutes for a role assignment that does not exist yet.
    active = _active(stack, f"{prefix}active", hvn_link, peering.peering_id, conditions, after=[assignment])
    # Use the link of the resource. The data source has the same link, but the link is unknown if Terraform reads the
    # data source at apply. An unknown target_link replaces the route.
    _routes(stack, prefix, own, hvn_link, peering.self_link, active)
    return active


def _active(
    stack: TerraformStack,
    name: str,
    hvn_link: str,
    peering_id: str,
    conditions: list[Postcondition],
    *,
    after: Sequence[RoleAssignment] = (),
) -> DataHcpAzurePeeringConnection:
    return DataHcpAzurePeeringConnection(
        stack,
        name,
        hvn_link=hvn_link,
        peering_id=peering_id,
        wait_for_active_state=True,
        depends_on=list(after) or None,
        # In the states FAILED, EXPIRED and REJECTED the provider only prints a warning.
        lifecycle=TerraformResourceLifecycle(postcondition=conditions),
    )


def _routes(
    stack: TerraformStack,
    prefix: str,
    own: HvnPeering,
    hvn_link: str,
    target_link: str,
    active: DataHcpAzurePeeringConnection,
) -> None:
    routes = [
        HvnRoute(
            stack,
            f"{prefix}route_{route.name}",
            hvn_link=hvn_link,
            hvn_route_id=route.route_id,
            destination_cidr=route.destination,
            target_link=target_link,
            azure_config=HvnRouteAzureConfig(next_hop_type="VIRTUAL_APPLIANCE", next_hop_ip_address=route.next_hop)
            if route.next_hop
            else None,
            depends_on=[active],
        )
        for route in own.routes
    ]
    if own.dns_forwarding:
        forward_dns(stack, prefix, own, own.dns_forwarding, after=[active, *routes])
    TerraformOutput(stack, f"{prefix}peering_state", static_id=True, value=active.state)


def _hvn_link(stack: TerraformStack, name: str, hvn: HvnRef) -> str:
    if hvn.link:
        return hvn.link
    return DataHcpHvn(stack, name, hvn_id=hvn.hvn_id).self_link


def _grant(stack: TerraformStack, prefix: str, application_id: str, vnet_id: str) -> RoleAssignment:
    principal = ServicePrincipal(
        stack,
        f"{prefix}hcp",
        client_id=application_id,
        # If somebody granted consent in the portal, the service principal already exists. Use the existing service
        # principal instead of failing.
        use_existing=True,
    )
    role = RoleDefinition(
        stack,
        f"{prefix}peer",
        # Role names are unique in a tenant, and every peering has its own application.
        name=f"hcp-hvn-peering-access-{application_id}",
        description="Lets HCP write its peering with this VNet",
        scope=vnet_id,
        assignable_scopes=[vnet_id],
        permissions=[RoleDefinitionPermissions(actions=list(PEER_ACTIONS))],
    )
    return RoleAssignment(
        stack,
        f"{prefix}hcp_may_peer",
        scope=vnet_id,
        role_definition_id=role.role_definition_resource_id,
        # Since azuread 3 the `id` of a service principal has a prefix, but ARM requires the plain object id.
        principal_id=principal.object_id,
        # With the type, ARM skips a look-up of the principal. The look-up fails until Entra has replicated a new
        # principal.
        principal_type="ServicePrincipal",
    )


def _is_active(inputs: PeeringInputs, peering_id: str) -> Postcondition:
    return Postcondition(
        condition='${self.state == "ACTIVE"}',
        error_message=(
            f"The peering {peering_id} is not ACTIVE. Check its state in HCP (a request "
            "expires after 7 days: taint the peering and apply again); the service principal of its application_id in "
            f"tenant {inputs.tenant_id}; the role hcp-hvn-peering-access-* and its assignment on {inputs.vnet.id}; "
            "a peering of that VNet in state Disconnected, which must be deleted first."
        ),
    )


def _is_with_vnet(inputs: PeeringInputs) -> Postcondition:
    """Return the postcondition of an existing peering: it has this VNet and the needed flag for forwarded traffic. HCP
    cannot change either.
    """
    group = inputs.vnet.group
    same = (
        f"lower(self.peer_subscription_id) == {json.dumps(group.subscription_id.lower())}",
        f"lower(self.peer_resource_group_name) == {json.dumps(group.name.lower())}",
        f"lower(self.peer_vnet_name) == {json.dumps(inputs.vnet.name.lower())}",
        *(("self.allow_forwarded_traffic",) if inputs.allow_forwarded_traffic else ()),
    )
    forwards = ", and must allow forwarded traffic" if inputs.allow_forwarded_traffic else ""
    return Postcondition(
        condition=f"${{{' && '.join(same)}}}",
        error_message=(
            f"The existing peering {inputs.peering_id} must be with {inputs.vnet.id}{forwards}. HCP cannot change a "
            "peering: name another peering in existing_peering, or let this project create the peering."
        ),
    )
