"""HVN976: the backup HVN, or a peering or a route of the backup HVN, is destroyed or replaced."""

from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Words
from hvn.kinds.hcp.inputs import HcpInputs, NewHvn
from hvn.kinds.peering.impact import cut_off, replaced_by
from hvn.kinds.peering.inputs import PeeringInputs
from hvn.review import backup
from hvn.review.context import Context
from hvn.review.losses import enforcement, with_plan
from hvn.review.plan import ResourceChange

RULE = Rule(
    id="HVN976",
    name="backup-lost",
    reports="The backup HVN, or a peering or a route of the backup HVN, is destroyed or replaced.",
    why="without the backup HVN, HCP cannot fail Vault over; without its peering, clients lose Vault after a failover",
    fix="undo the edit, or ask HCP's support to delete the replica, and apply the peerings before `hcp`",
    example="""\
hvn:
  backup: null # the base has a backup HVN
""",
    see="docs/how-to/disaster-recovery.md",
)
LABEL = "hvn: destroys"
TYPES = ("hcp_hvn", "hcp_azure_peering_connection", "hcp_hvn_route")
ASK = Message(
    "ask HCP's support to delete the replica in the backup HVN. Then apply the peerings before `hcp`: HCP refuses to "
    "delete an HVN with a cluster or a peering. Add a different backup HVN in a later edit"
)


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about the backup HVN and its peerings that the topology removes or replaces, or that the plans
    destroy."""
    _, planned = backup.split(context.destroyed(*TYPES))
    for workspace, before, after in context.changed(HcpInputs):
        if after is None or (before.new_hvn and not after.new_hvn):  # HVN901 reports an existing HVN
            planned.pop(workspace.id, None)
        elif reasons := list(_of_hvn(before.new_backup, after.new_backup)):
            changes = planned.pop(workspace.id, [])
            yield _hvn(context, workspace.id, reasons, changes, kept=after.new_backup is not None)
    for peering, was, now in context.changed(PeeringInputs):
        changes = planned.pop(peering.id, []) if now else []
        if was.backup and now and not replaced_by(was, now):  # HVN905 reports both peerings
            reasons = list(_of_peering(was, now))
            if reasons or changes:
                yield _peering(context, peering.id, reasons, changes)
    for id_, changes in planned.items():
        if isinstance(context.inputs(id_), HcpInputs):
            yield _hvn(context, id_, [], changes, kept=True)
        else:
            yield _peering(context, id_, [], changes)


def _of_hvn(before: NewHvn | None, after: NewHvn | None) -> Iterator[Message]:
    if before and after is None:
        yield Message("the topology no longer creates the backup HVN {id}", id=before.hvn_id)
    elif before and after:
        for name in ("hvn_id", "cidr", "location"):
            old, new = getattr(before, name), getattr(after, name)
            if old != new:
                yield Message("the backup HVN's {name} changes from {old} to {new}", name=Words(name), old=old, new=new)


def _of_peering(before: PeeringInputs, after: PeeringInputs) -> Iterator[Message]:
    if before.backup and after.backup is None:
        yield Message("the topology no longer has the peering with the backup HVN {id}", id=before.backup.hvn.hvn_id)
    elif before.backup and after.backup and before.backup.hvn.hvn_id != after.backup.hvn.hvn_id:
        yield Message("the backup HVN is now {id}, so its peering is replaced", id=after.backup.hvn.hvn_id)


def _hvn(
    context: Context, workspace: str, reasons: Sequence[Message], changes: Sequence[ResourceChange], *, kept: bool
) -> Finding:
    return Finding(
        rule=RULE,
        workspace=workspace,
        message=Message(
            "{reasons}. {enforcement}",
            reasons=with_plan(reasons, changes),
            enforcement=enforcement(context.plans.get(workspace), changes, protected=kept),
        ),
        impact=(Message("disaster recovery: Vault stays unavailable while the region of the HVN is unavailable"),),
        manual_steps=(ASK,),
    )


def _peering(context: Context, name: str, reasons: Sequence[Message], changes: Sequence[ResourceChange]) -> Finding:
    workspace = context.before.get(name) or context.after.get(name)
    lost = cut_off(workspace, context.before or context.after) if workspace else Message("{name}", name=name)
    return Finding(
        rule=RULE,
        workspace=name,
        message=Message("{reasons}. Vault stays reachable until a failover", reasons=with_plan(reasons, changes)),
        impact=(Message("no route to Vault after a failover for {who}", who=lost),) if lost else (),
    )
