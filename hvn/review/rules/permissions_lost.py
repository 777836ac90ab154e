"""HVN920: a role assignment, a role definition or an identity of a cluster or of HCP is destroyed or replaced."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Rule
from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.peering.inputs import PeeringInputs
from hvn.review.context import Context
from hvn.review.losses import Loss, destroyed
from hvn.review.rules.cluster_replaced import CLUSTER, PERMISSIONS

RULE = Rule(
    id="HVN920",
    name="permissions-lost",
    reports="A role assignment, a role definition, a service principal or an identity is destroyed or replaced.",
    why="a cluster keeps running, but its next node, load balancer, DNS record or upgrade fails; HCP cannot change a "
    "peering",
    fix="find out why the plan destroys it before you apply",
    example="a plan that replaces `azurerm_role_assignment.cluster_may_join_subnet`",
    see="https://learn.microsoft.com/azure/aks/use-managed-identity",
)
LABEL = "hvn: destroys"
OF_A_CLUSTER = {
    "azurerm_user_assigned_identity": Loss(
        "all permissions of the cluster of {who} in Azure, and the cluster's updates"
    ),
    "azurerm_role_assignment": Loss(
        "the permission of the cluster of {who} to write its nodes' network, its routes or its DNS records"
    ),
}
# No source states whether an ACTIVE peering continues without these permissions.
HCP = Loss(
    "HCP's permission to write its half of the peering: without the permission HCP cannot create or change that half"
)
OF_HCP = dict.fromkeys(("azuread_service_principal", "azurerm_role_definition", "azurerm_role_assignment"), HCP)
TYPES = tuple({**OF_A_CLUSTER, **OF_HCP})
OF_ROUTES = "azurerm_role_assignment.may_use_routes"
"""The permission on the route table, which a cluster without a route table does not need (stacks/aks.py)."""


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about permissions that the plans destroy: HCP's in the workspace of a peering, a cluster's in any
    other workspace.

    HVN903 reports permissions that are replaced together with their cluster.
    """
    replaced = context.destroyed(CLUSTER)
    for workspace, changes in context.destroyed(*TYPES).items():
        alone = [change for change in changes if workspace not in replaced or change.type not in PERMISSIONS]
        now = context.after.get(workspace)
        if now and isinstance(now.inputs, AksInputs) and now.inputs.route_table is None:
            alone = [change for change in alone if change.address != OF_ROUTES]
        if not alone:
            continue
        peering = isinstance(context.inputs(workspace), PeeringInputs)
        losses = OF_A_CLUSTER | OF_HCP if peering else OF_HCP | OF_A_CLUSTER
        yield destroyed(RULE, context, workspace, alone, losses)
