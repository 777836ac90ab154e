"""HVN966: the outbound type of a cluster, or its load balancer for egress, changes."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.aks.inputs import AksInputs
from hvn.review.commands import command
from hvn.review.context import Context

RULE = Rule(
    id="HVN966",
    name="cluster-egress-changed",
    level=Level.WARNING,
    reports="The outbound type of a cluster, or its load balancer for egress, changes.",
    why="connections from the cluster to the internet break, and later connections may have other source addresses",
    fix="apply the change in a maintenance window, and give the new public addresses to partners with an allow list",
    example="""\
spokes:
  payments:
    cluster: {outbound_type: none}
""",
    see="https://learn.microsoft.com/azure/aks/egress-outboundtype",
)
LABEL = "hvn: interrupts"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each cluster with a changed outbound type, or with changed settings of its load balancer."""
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
        elif after and after.load_balancer and before.load_balancer != after.load_balancer:
            yield Finding(
                rule=RULE,
                workspace=workspace.id,
                message=Message(
                    "the load balancer of {cluster} has new settings: public_ips {addresses}, ports_per_node {ports}, "
                    "idle_timeout_minutes {minutes}",
                    cluster=after.cluster,
                    addresses=after.load_balancer.public_ips,
                    ports=after.load_balancer.ports_per_node,
                    minutes=after.load_balancer.idle_timeout_minutes,
                ),
            )


def _reimage(after: AksInputs) -> tuple[Message, ...]:
    """Return the step that makes the nodes use the private registry while they have egress:
    https://learn.microsoft.com/azure/aks/network-isolated."""
    cluster = ("-g", after.group.name, "-n", after.cluster)
    return (
        Message(
            "before the apply, run {cache} and {upgrade}: without egress, only reimaged nodes can pull images",
            cache=command("az", "aks", "update", *cluster, "--bootstrap-artifact-source", "Cache"),
            upgrade=command("az", "aks", "upgrade", *cluster, "--node-image-only"),
        ),
    )
