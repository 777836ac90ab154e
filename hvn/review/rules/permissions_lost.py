"""HVN920: a role assignment, a role definition or an identity of a cluster, an app or HCP is destroyed or replaced."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Finding, Rule
from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.inputs import Inputs
from hvn.kinds.peering.inputs import PeeringInputs
from hvn.kinds.secrets.inputs import SecretsInputs
from hvn.review.context import Context
from hvn.review.losses import Loss, destroyed
from hvn.review.rules.cluster_replaced import CLUSTER, PERMISSIONS

RULE = Rule(
    id="HVN920",
    name="permissions-lost",
    reports="A role assignment, a role definition, a service principal or an identity is destroyed or replaced.",
    why=(
        "without rights, a cluster keeps running, but cannot add nodes, load balancers or DNS records, and HCP cannot "
        "change a peering"
    ),
    fix="before the apply, find out why the plan destroys the resource",
    example="a plan that replaces `azurerm_role_assignment.cluster_may_join_subnet`",
    see="https://learn.microsoft.com/azure/aks/use-managed-identity",
)
LABEL = "hvn: destroys"
OF_A_CLUSTER = {
    "azurerm_user_assigned_identity": Loss(
        "all permissions of the cluster of {who} in Azure, and the cluster's updates"
    ),
    "azurerm_role_assignment": Loss(
        "the permission of the cluster of {who} to write its nodes' network, its routes or its DNS records, or to pull "
        "images from a registry"
    ),
}
OF_AN_APP = {
    "azurerm_user_assigned_identity": Loss("the login of an app of {who} to Azure, and its identity's role assignments")
}
# No source states whether an ACTIVE peering keeps working without these permissions.
HCP = Loss(
    "HCP's permission to write its half of the peering: without the permission HCP cannot create or change that half"
)
OF_HCP = dict.fromkeys(("azuread_service_principal", "azurerm_role_definition", "azurerm_role_assignment"), HCP)
TYPES = tuple({**OF_A_CLUSTER, **OF_HCP})


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about permissions that the plans destroy.

    HVN903 reports permissions that are replaced together with their cluster, and HVN967 reports removed registries.
    """
    replaced = context.destroyed(CLUSTER)
    for workspace, changes in context.destroyed(*TYPES).items():
        alone = [change for change in changes if workspace not in replaced or change.type not in PERMISSIONS]
        unused = _unused(context, workspace)
        if alone := [change for change in alone if change.address not in unused]:
            yield destroyed(RULE, context, workspace, alone, _losses(context.inputs(workspace)))


def _losses(inputs: Inputs | None) -> Mapping[str, Loss]:
    """Return the losses by type. The kind of the workspace decides whether HCP, an app or a cluster loses a shared
    type."""
    if isinstance(inputs, PeeringInputs):
        return OF_A_CLUSTER | OF_HCP
    return OF_HCP | OF_A_CLUSTER | (OF_AN_APP if isinstance(inputs, SecretsInputs) else {})


def _unused(context: Context, workspace: str) -> set[str]:
    """Return the addresses of a cluster's role assignments that the edit makes unnecessary (stacks/aks.py)."""
    sides = [side[workspace].inputs if workspace in side else None for side in (context.before, context.after)]
    before, after = sides
    if not isinstance(after, AksInputs):
        return set()
    removed = set(before.registries) - set(after.registries) if isinstance(before, AksInputs) else set()
    routes = set() if after.route_table else {"azurerm_role_assignment.may_use_routes"}
    return routes | {f"azurerm_role_assignment.may_pull_{registry.name.lower()}" for registry in removed}
