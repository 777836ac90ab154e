"""HVN924: the administrators of a cluster change."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import joined
from hvn.kinds.aks.inputs import AksInputs
from hvn.review.context import Context

RULE = Rule(
    id="HVN924",
    name="cluster-admins-changed",
    level=Level.WARNING,
    reports="A group gains or loses administrator rights in a cluster, or an edit switches local accounts or Azure "
    "RBAC.",
    why=("an administrator can read every secret in the cluster and log in to Vault as any of its apps"),
    fix="check that everybody in the new groups may administer the cluster",
    example="""\
spokes:
  payments:
    cluster: {admin_groups: [6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e81]}
""",
    see="https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each cluster that changes its administrator groups, local accounts or Azure RBAC.

    A cluster with Entra has no local accounts, and a cluster without Entra has local accounts (stacks/aks.py).
    """
    for workspace, before, after in context.changed(AksInputs):
        if after is None:
            continue
        changes, steps = [], []
        if more := sorted({*after.admin_groups} - {*before.admin_groups}):
            changes.append(Message("everybody in {groups} becomes an administrator", groups=more))
        if fewer := sorted({*before.admin_groups} - {*after.admin_groups}):
            changes.append(Message("everybody in {groups} loses administrator rights", groups=fewer))
        if after.entra and not before.entra:
            changes.append(Message("local accounts are disabled: AKS issues no more certificates"))
            steps.append(
                Message(
                    "rotate the certificates of {cluster}: issued certificates stay valid until then",
                    cluster=after.cluster,
                )
            )
        if before.entra and not after.entra:
            changes.append(
                Message(
                    "local accounts are enabled: everybody who can list the cluster's credentials in Azure is an "
                    "administrator"
                )
            )
        if after.azure_rbac != before.azure_rbac:
            changes.append(
                Message(
                    "with Azure RBAC, role assignments on the cluster or its resource group give rights in the cluster"
                )
                if after.azure_rbac
                else Message("everybody with rights through Azure role assignments loses these rights in the cluster")
            )
        if changes:
            yield Finding(rule=RULE, workspace=workspace.id, message=joined(changes), manual_steps=tuple(steps))
