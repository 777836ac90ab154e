"""List the manual steps of a change of a spoke's network: the workspaces to destroy first, and the steps that create
them again."""

from collections.abc import Iterator, Sequence

from hvn.diagnostics.message import Message, Words
from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.kinds.workspace import WorkspaceId
from hvn.review.commands import command, destroy, pull_keys, switch_to, unprotect
from hvn.review.context import Context
from hvn.review.plan import Action
from hvn.review.readdressing import TYPES, Move, of_spoke
from hvn.topology.shared_vnets import sharing

VNET, CLUSTER = "azurerm_virtual_network", "azurerm_kubernetes_cluster"


def destroyed_first(context: Context, spoke: str) -> tuple[WorkspaceId, ...]:
    """Return the base's workspaces that a person must destroy before the spoke's network changes."""
    move = _move(context, spoke)
    return to_destroy(context, spoke, move) if move else ()


def still_to_destroy(context: Context, spoke: str) -> tuple[WorkspaceId, ...]:
    """Return the workspaces of `destroyed_first`. If the review has evidence that a person destroyed them before,
    return no workspace."""
    move = _move(context, spoke)
    return to_destroy(context, spoke, move) if move and not known_destroyed(context, spoke, move) else ()


def moved_elsewhere(context: Context) -> frozenset[str]:
    """Return the network workspaces in which a VNet moves. HVN904 reports their losses."""
    moves = ((WorkspaceId("network", spoke), _move(context, spoke)) for spoke in context.spokes)
    return frozenset(id_ for id_, move in moves if move and move.elsewhere)


def _move(context: Context, spoke: str) -> Move | None:
    network = WorkspaceId("network", spoke)
    before, after = context.before.get(network), context.after.get(network)
    old, new = before.inputs if before else None, after.inputs if after else None
    if not isinstance(old, NetworkInputs) or not isinstance(new, NetworkInputs):
        return None
    return of_spoke(old, new, context.destroyed(*TYPES).get(network, []))


def to_destroy(context: Context, spoke: str, move: Move) -> tuple[WorkspaceId, ...]:
    """Return the base's workspaces of the spoke in the changed VNet or node subnet, in the order of deployment."""
    return tuple(id_ for one in in_vnet(context, spoke) for id_ in _to_destroy(context, one, move))


def in_vnet(context: Context, spoke: str) -> tuple[str, ...]:
    """Return the spoke, and the spokes with clusters in its VNet in the base."""
    base = context.topologies[0]
    return (spoke, *(sharing(base, spoke) if base else ()))


def _to_destroy(context: Context, spoke: str, move: Move) -> tuple[WorkspaceId, ...]:
    aks = context.before.get(WorkspaceId("aks", spoke))
    nodes_move = (
        isinstance(aks.inputs, AksInputs) and aks.inputs.node_pool.subnet.name in move.emptied if aks else False
    )
    ids = context.of_spoke(spoke, lambda kind: move.recreated or (nodes_move and kind.in_cluster))
    return tuple(id_ for id_ in ids if id_ in context.before)


def known_destroyed(context: Context, spoke: str, move: Move) -> Message:
    """Return the evidence that the old VNet or cluster is already destroyed; empty without evidence."""
    emptied = (id_ for id_ in to_destroy(context, spoke, move) if id_.kind == "aks")
    cluster = next(emptied, WorkspaceId("aks", spoke))
    id_, type_ = (WorkspaceId("network", spoke), VNET) if move.recreated else (cluster, CLUSTER)
    kind = Words("VNet" if move.recreated else "cluster")
    plan = context.plans.get(id_)
    if plan and any(change.type == type_ and change.action is Action.CREATE for change in plan.changes):
        # With a new, empty state the plan creates all resources, and the old resources still exist.
        template = "the old {kind} no longer exists: the plan of {workspace} creates a {kind} and replaces none"
        return Message("") if state_moved(context, id_) else Message(template, kind=kind, workspace=id_)
    affected = {one.workspace.id for one in context.comparison.affected}
    if id_ in context.wanted or id_ not in affected:
        return Message("")
    return Message("the old {kind} no longer exists: an earlier wave creates the new {kind}", kind=kind)


def state_moved(context: Context, workspace: str) -> bool:
    """Return whether the edit moves the state of a workspace."""
    sides = [side[workspace].inputs if workspace in side else None for side in (context.before, context.after)]
    return None not in sides and len({inputs.backend for inputs in sides if inputs}) > 1


def steps(context: Context, spoke: str, again: Sequence[str]) -> tuple[Message, ...]:
    """Return all steps from the destroy to the last deploy. `again` are the workspaces to create again."""
    return (
        Message(
            "before the merge, destroy from the base: {steps}. After that, plan and review again, because the plans "
            "change",
            steps=from_base(context, again),
        ),
        *after_merge(context, spoke, again),
    )


def from_base(context: Context, workspaces: Sequence[str]) -> Message:
    """Return the steps that destroy these workspaces from the base, even if their cluster has `prevent_destroy`."""
    parts = {"switch": switch_to(context.base_commit), "destroy": destroy(workspaces)}
    protected = [
        unprotect(context.before[id_].spoke or "")
        for id_ in workspaces
        if id_ in context.before
        and isinstance(inputs := context.before[id_].inputs, AksInputs)
        and inputs.prevent_destroy
    ]
    if protected:
        return Message("{switch}, then set {fields} in the file, then {destroy}", fields=protected, **parts)
    return Message("{switch}, then {destroy}", **parts)


def after_merge(context: Context, spoke: str, again: Sequence[str]) -> tuple[Message, ...]:
    """Return the steps after the merge, also for workspaces that are in no wave."""
    return tuple(_after_merge(context, spoke, again))


def _after_merge(context: Context, spoke: str, again: Sequence[str]) -> Iterator[Message]:
    spokes = in_vnet(context, spoke)
    auths = [context.after.get(WorkspaceId("vault-auth", one)) for one in spokes]
    keys = [
        auth
        for auth in auths
        if auth and isinstance(auth.inputs, VaultAuthInputs) and auth.inputs.pubkeys and auth.id in again
    ]
    in_waves = {affected.workspace.id for affected in context.comparison.affected}
    others = [id_ for id_ in again if id_ in context.after and id_ not in {*in_waves, *(auth.id for auth in keys)}]
    for one in spokes:
        yield Message("after the merge, apply the waves of {spoke} in their order", spoke=one)
    for auth in keys:
        yield Message(
            "when {cluster} exists, run {pull}, commit the keys in a separate change, and apply {auth}",
            cluster=WorkspaceId("aks", auth.spoke),
            pull=pull_keys(auth.spoke or ""),
            auth=auth.id,
        )
    if others:
        yield Message(
            "deploy the workspaces of {spoke} that are in no wave: {deploy}",
            spoke=spoke,
            deploy=command("bin/cdktf", "deploy", *others),
        )
