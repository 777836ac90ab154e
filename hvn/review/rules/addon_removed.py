"""HVN969: an add-on of a cluster is removed."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Words
from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.policy_owned import CLUSTER
from hvn.review.context import Context

RULE = Rule(
    id="HVN969",
    name="addon-removed",
    level=Level.WARNING,
    reports="An edit removes Azure Policy, Microsoft Defender or the monitoring agent from a cluster.",
    why="depending on the add-on, Azure no longer enforces policies, detects threats or collects logs in the cluster",
    fix="keep the add-on, or check that a different tool replaces it",
    example="# The base has cluster.addons with azure_policy: true, and the change removes it.\n",
    see="https://learn.microsoft.com/azure/aks/integrations",
)
LABEL = "hvn: opens"
ADDONS = {
    "azure_policy": "azure_policy_enabled",
    "microsoft_defender": "microsoft_defender",
    "oms_agent": "oms_agent",
}
"""The argument of `azurerm_kubernetes_cluster` for each input."""


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each add-on that a cluster loses. An apply keeps an add-on that Azure Policy owns."""
    for workspace, before, after in context.changed(AksInputs):
        for addon, argument in ADDONS.items() if after else ():
            kept = getattr(after, addon) or (after and (CLUSTER, argument) in after.policy_owned)
            if getattr(before, addon) and not kept:
                message = Message("{cluster} loses the add-on {addon}", cluster=before.cluster, addon=Words(addon))
                yield Finding(rule=RULE, workspace=workspace.id, message=message)
