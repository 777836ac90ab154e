"""HVN966: the outbound type of a cluster changes."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.aks.inputs import AksInputs
from hvn.review.commands import command
from hvn.review.context import Context

RULE = Rule(
    id="HVN966",
    name="cluster-egress-changed",
    level=Level.WARNING,
    reports="The outbound type of a cluster changes.",
    why="AKS interrupts all connections of the cluster, and the cluster's public address may change",
    fix="apply the change in a maintenance window, and give the cluster's new public address to the owners of external "
    "firewalls",
    example="""\
spokes:
  payments:
    cluster: {outbound_type: none}
""",
    see="https://learn.microsoft.com/azure/aks/egress-outboundtype",
)
LABEL = "hvn: interrupts"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each cluster with a changed outbound type."""
    for workspace, before, after in context.changed(AksInputs):
        if after and before.outbound_type != after.outbound_type:
            yield Finding(
                rule=RULE,
                workspace=workspace.id,
                message=Message(
                    "the outbound type of {cluster}: {old} → {new}",
                    cluster=after.cluster,
                    old=before.outbound_type,
                    new=after.outbound_type,
                ),
                manual_steps=_reimage(after) if after.outbound_type == "none" else (),
            )


def _reimage(after: AksInputs) -> tuple[Message, ...]:
    """Return the step that makes the nodes use the private registry."""
    upgrade = ("az", "aks", "upgrade", "-g", after.group.name, "-n", after.cluster, "--node-image-only")
    return (
        Message(
            "before the nodes lose their egress, run {upgrade}: only reimaged nodes use the private registry",
            upgrade=command(*upgrade),
        ),
    )
