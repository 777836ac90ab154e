"""HVN906: the topology no longer has a workspace, and the resources of the workspace stay after the merge."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Words
from hvn.kinds.hcp.inputs import HcpInputs
from hvn.kinds.kind import Subject
from hvn.kinds.registry import kind_of
from hvn.kinds.workspace import Workspace
from hvn.review.commands import take_out_of_state
from hvn.review.context import Context
from hvn.review.rebuild_steps import destroyed_first, from_base
from hvn.topology.shared_vnets import vnet_owner

RULE = Rule(
    id="HVN906",
    name="workspace-removed",
    reports="An edit removes a workspace.",
    why=("Terraform cannot destroy a workspace that is no longer in the topology: its resources stay and cost money"),
    fix="destroy the workspace from the base before the merge, or undo the edit",
    example="""\
spokes: {orders: null}
""",
    see="docs/how-to/remove-a-spoke.md",
)
LABEL = "hvn: destroys"


def check(context: Context) -> Iterator[Finding]:
    """Yield one finding for each spoke that loses workspaces, in the order of destruction, and one for shared
    workspaces.

    A workspace gets its own finding if its resources become existing, because nobody should destroy the resources.
    HVN901 reports the workspace of the HVN and the Vault cluster.
    """
    groups: dict[str, list[Workspace]] = defaultdict(list)
    base = context.topologies[0]
    removed = {one.workspace.spoke for one in context.comparison.removed if one.workspace.id.kind == "network"}
    for affected in context.comparison.removed:
        if not affected.lives_on:
            spoke = affected.workspace.spoke or ""
            owner = vnet_owner(base, spoke) if base and spoke else spoke
            # Azure deletes a VNet only after the clusters in it, so one finding has the order of all workspaces.
            groups[owner if owner in removed else spoke].append(affected.workspace)
    for spoke, workspaces in groups.items():
        yield _removed(context, spoke, workspaces)
    for affected in context.comparison.removed:
        if affected.lives_on and not isinstance(affected.workspace.inputs, HcpInputs):
            yield _existing(context, affected.workspace)


def _removed(context: Context, spoke: str, workspaces: Sequence[Workspace]) -> Finding:
    ids = [workspace.id for workspace in workspaces]
    by_other_rule = {*ids} <= {*destroyed_first(context, spoke)}
    order = Message(". This is the order of destruction: {workspaces}", workspaces=ids)
    step = Message(
        "apply all changed workspaces first, because they use the hub. Then destroy from the base: {steps}{order}"
        if "hub" in ids
        else "before the merge, destroy from the base: {steps}{order}",
        steps=from_base(context, ids[::-1]),
        order=order if len(ids) > 1 else Words(""),
    )
    return Finding(
        rule=RULE,
        workspace=ids[0],
        message=Message(
            "the topology no longer has {workspaces}. The merge destroys nothing: the resources stay and cost money, "
            "unless you destroy them first",
            workspaces=ids,
        ),
        impact=tuple(_impact(context, workspaces)),
        manual_steps=() if by_other_rule else (step,),
    )


def _impact(context: Context, workspaces: Sequence[Workspace]) -> Iterator[Message]:
    kinds = [kind_of(workspace.id) for workspace in workspaces]
    cluster = any(kind.provides is Subject.CLUSTER for kind in kinds)
    for workspace, kind in zip(workspaces, kinds, strict=True):
        if not (cluster and kind.removed_with_cluster):
            yield kind.removal(workspace, context.before)


def _existing(context: Context, workspace: Workspace) -> Finding:
    return Finding(
        rule=RULE,
        workspace=workspace.id,
        message=Message(
            "the topology declares the resources of this workspace as existing, so the workspace is removed. The merge "
            "destroys nothing, and Terraform no longer manages them. **Nothing prevents their destruction** from the "
            "base"
        ),
        impact=(kind_of(workspace.id).removal(workspace, context.before),),
        manual_steps=(
            Message("{steps}. Or undo the edit", steps=take_out_of_state(workspace.id, base=context.base_commit)),
        ),
    )
