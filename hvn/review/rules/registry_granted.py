"""HVN967: the nodes of a cluster gain or lose the right to pull images from a registry."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import joined
from hvn.kinds.aks.inputs import AksInputs
from hvn.review.context import Context

RULE = Rule(
    id="HVN967",
    name="registry-granted",
    level=Level.WARNING,
    reports="A cluster gets or loses the right to pull images from a registry.",
    why="the nodes can run every image of the registry; without the right, new pods cannot start",
    fix="check who may push images to the registry, and which pods use its images",
    example="""\
spokes:
  payments:
    cluster:
      registries:
        - /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-images/providers/\
Microsoft.ContainerRegistry/registries/platform0001
""",
    see="https://learn.microsoft.com/azure/aks/aks-service-permissions",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each cluster with changed registries, and for each new cluster with registries."""
    for workspace, before, after in context.built(AksInputs):
        old = before.registries if before else ()
        more = [one.id for one in after.registries if one not in old]
        fewer = [one.id for one in old if one not in after.registries]
        changes = [Message("the nodes may pull images from {more}", more=more)] if more else []
        changes += [Message("the nodes can no longer pull images from {fewer}", fewer=fewer)] if fewer else []
        if changes:
            yield Finding(rule=RULE, workspace=workspace.id, message=joined(changes))
