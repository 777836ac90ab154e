"""HVN955: VNets lose their DDoS protection plan."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.workspace import Workspace
from hvn.review.context import Context

RULE = Rule(
    id="HVN955",
    name="ddos-protection-removed",
    level=Level.WARNING,
    reports="An edit removes the DDoS protection plan of a VNet.",
    why="the public IP addresses in the VNet lose adaptive tuning, attack alerts and DDoS Rapid Response",
    fix="keep `azure.ddos_plan_id`, or check that the owners of the public addresses agree",
    example="an edit that removes `azure.ddos_plan_id`",
    see="https://learn.microsoft.com/azure/ddos-protection/ddos-protection-overview",
)
LABEL = "hvn: opens"
WithPlan = HubInputs | NetworkInputs


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each workspace with a VNet that loses its plan and is not destroyed."""
    for workspace, before, after in context.changed(HubInputs):
        yield from _lost(workspace, before, after)
    for workspace, spoke, new_spoke in context.changed(NetworkInputs):
        yield from _lost(workspace, spoke, new_spoke)


def _lost(workspace: Workspace, before: WithPlan, after: WithPlan | None) -> Iterator[Finding]:
    if after and before.ddos_plan_id and not after.ddos_plan_id and not _owned(after):
        yield Finding(
            rule=RULE,
            workspace=workspace.id,
            message=Message("the VNet loses its DDoS protection plan {plan}", plan=before.ddos_plan_id),
        )


def _owned(inputs: WithPlan) -> bool:
    """Return whether Azure Policy owns the plan: Terraform then ignores its removal."""
    return any(argument == "ddos_protection_plan" for _, argument in inputs.policy_owned)
