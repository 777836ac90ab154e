"""HVN956: AKS no longer upgrades a cluster, or no longer updates its nodes."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.aks.inputs import AksInputs
from hvn.review.context import Context

RULE = Rule(
    id="HVN956",
    name="upgrades-stopped",
    level=Level.WARNING,
    reports="An edit ends the automatic patches of Kubernetes, or the updates of a cluster's nodes.",
    why="known vulnerabilities stay open until somebody starts an upgrade; AKS supports only three minor versions",
    fix="keep the channel, or make a person responsible for the upgrades",
    example="""\
spokes:
  payments:
    cluster:
      upgrades: {node_os_channel: None}
""",
    see="https://learn.microsoft.com/azure/aks/auto-upgrade-node-os-image",
)
LABEL = "hvn: interrupts"
UPDATED = ("NodeImage", "SecurityPatch")
"""The channels in which AKS itself updates the nodes, with the necessary restarts."""


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each channel that an edit ends."""
    for workspace, before, after in context.changed(AksInputs):
        if after is None:
            continue
        old, new = before.upgrades, after.upgrades
        # HVN508 warns about a version with a patch, which also ends the channel.
        if old.kubernetes and not new.kubernetes and after.kubernetes_version.count(".") == 1:
            yield _ended(workspace.id, "channel", old.kubernetes, "none")
        if old.node_os in UPDATED and new.node_os not in UPDATED:
            yield _ended(workspace.id, "node_os_channel", old.node_os, new.node_os)


def _ended(workspace: str, field: str, old: str, new: str) -> Finding:
    message = Message("`{field}` {old} → {new}: AKS no longer starts upgrades", field=field, old=old, new=new)
    return Finding(rule=RULE, workspace=workspace, message=message)
