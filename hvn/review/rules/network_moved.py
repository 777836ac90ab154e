"""HVN904: a VNet or a subnet changes its range, moves, or is destroyed or replaced."""

import re
from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.context import Context
from hvn.review.losses import enforcement, listed, with_plan
from hvn.review.plan import Action, ResourceChange
from hvn.review.readdressing import TYPES, Move, inside, of_hub, of_spoke
from hvn.review.rebuild_steps import after_merge, in_vnet, known_destroyed, state_moved, steps, to_destroy

RULE = Rule(
    id="HVN904",
    name="network-moved",
    reports="A VNet or a subnet changes its range, moves, or is destroyed or replaced.",
    why="Azure cannot change a range that is in use, so somebody must destroy the resources in the range first",
    fix="undo the edit, or follow the manual steps before the merge",
    example="""\
spokes:
  orders:
    cluster: {node_cidr: 10.65.16.0/20}
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq",
)
LABEL = "hvn: destroys"

RANGES = {"azurerm_virtual_network": "address_space", "azurerm_subnet": "address_prefixes"}
CIDR = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}")


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about VNets and subnets that the topology moves, or that the plans destroy or readdress.

    Azure refuses to change a subnet in use: InUsePrefixCannotBeDeleted (hashicorp/terraform-provider-azurerm#11211).
    Terraform changes a VNet before its subnets. Azure refuses the change while a subnet is in the old range, even if
    the subnet is empty: NetcfgSubnetRangeOutsideVnet (MicrosoftDocs/azure-docs#123869).
    """
    planned = context.destroyed(*TYPES)
    moved: set[str] = set()
    for workspace, before, after in context.changed(NetworkInputs):
        changes = planned.get(workspace.id, [])
        move = of_spoke(before, after, changes) if after else None
        if move:
            planned.pop(workspace.id, None)
            moved.add(workspace.id)
            changes = context.destroyed().get(workspace.id, []) if move.elsewhere else changes
            yield _of_spoke(context, workspace.id, workspace.spoke or "", move, changes)
    for workspace, old, new in context.changed(HubInputs):
        changes = planned.get(workspace.id, [])
        move = of_hub(old, new, changes) if new else None
        if move:
            planned.pop(workspace.id, None)
            moved.add(workspace.id)
            yield _of_hub(context, workspace.id, old, move, changes)
    for id_, changes in planned.items():
        yield Finding(
            rule=RULE,
            workspace=id_,
            message=Message("{plan}. Azure refuses to delete a network in use", plan=listed(changes)),
            impact=_in_network(context, id_),
        )
    yield from _unexplained(context, moved)


def _unexplained(context: Context, moved: set[str]) -> Iterator[Finding]:
    """Yield a finding for each plan that changes ranges without an edit of the topology."""
    for plan in context.plans.values():
        # The finding about an edit covers the updates that the edit explains.
        unexplained = (plan.unexplained or {}) if plan.workspace in moved else None
        updates = [change for change in plan.changes if unexplained is None or change.address in unexplained]
        if ranges := [message for change in updates for message in _readdressed(change)]:
            yield Finding(
                rule=RULE,
                workspace=plan.workspace,
                message=Message(
                    "no edit explains the plan's changes of ranges: {ranges}. Azure refuses these changes while the "
                    "old ranges are in use",
                    ranges=ranges,
                ),
                impact=_in_network(context, plan.workspace),
                manual_steps=(
                    Message(
                        "before you apply {workspace}, find out why its plan changes a range: an earlier edit was "
                        "never applied, or somebody changed the range outside Terraform",
                        workspace=plan.workspace,
                    ),
                ),
            )


def _readdressed(change: ResourceChange) -> Iterator[Message]:
    """Yield the changed ranges of a VNet or a subnet; nothing if the new ranges contain the old ones."""
    argument = RANGES.get(change.type, "") if change.action is Action.UPDATE else ""
    changed = [one for one in change.differences if argument and one.path.partition("[")[0] == argument]
    before, after = " ".join(one.before for one in changed), " ".join(one.after for one in changed)
    if changed and not _grows(before, after):
        for one in changed:
            yield Message(
                "{argument} of {address} {old} → {new}",
                argument=one.path,
                address=change.address,
                old=one.before,
                new=one.after,
            )


def _grows(before: str, after: str) -> bool:
    """Return whether all old ranges are in the new ones; False for a truncated or invalid text."""
    try:
        return "…" not in before + after and inside(CIDR.findall(before), CIDR.findall(after))
    except ValueError:
        return False


def _in_network(context: Context, workspace: str) -> tuple[Message, ...]:
    """Return the impact on the workspaces with resources in the VNet of this workspace."""
    if isinstance(context.inputs(workspace), HubInputs):
        return (_firewall(context),)
    spokes = in_vnet(context, context.spoke(workspace) or "")
    ids = [id_ for one in spokes for id_ in context.of_spoke(one, lambda _: True) if id_ != workspace]
    return (Message("the resources in the network: {workspaces}", workspaces=ids),) if ids else ()


def _of_spoke(context: Context, id_: str, spoke: str, move: Move, changes: Sequence[ResourceChange]) -> Finding:
    again = to_destroy(context, spoke, move)
    destroyed = known_destroyed(context, spoke, move) if again else None
    if destroyed:
        message = Message(
            "{reasons}; {evidence}",
            reasons=with_plan(move.reasons, changes),
            evidence=destroyed,
        )
        return Finding(rule=RULE, workspace=id_, message=message, manual_steps=after_merge(context, spoke, again))
    lost, todo = _emptied(id_, move) if move.emptied else ((), ())
    impact = [*lost]
    if again:
        kept = [workspace for workspace in again if workspace in context.after]
        removed = [workspace for workspace in again if workspace not in context.after]
        if kept:
            impact.append(Message("destroyed and created again: {workspaces}", workspaces=kept))
        if removed:
            impact.append(Message("destroyed and removed from the topology: {workspaces}", workspaces=removed))
        todo = steps(context, spoke, again)
    return Finding(
        rule=RULE,
        workspace=id_,
        message=_message(context, id_, move, changes),
        impact=tuple(impact),
        manual_steps=todo,
    )


def _emptied(id_: str, move: Move) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    """Return the impact and the manual steps of a change that requires empty subnets."""
    step = "before you apply {workspace}, remove all resources from its subnets {subnets}"
    return (
        (Message("all resources in the subnets {subnets}", subnets=move.emptied),),
        (Message(step, workspace=id_, subnets=move.emptied),),
    )


def _of_hub(context: Context, id_: str, before: HubInputs, move: Move, changes: Sequence[ResourceChange]) -> Finding:
    message = _message(context, id_, move, changes)
    if move.emptied == (before.runner_subnet.name,) and not move.recreated:
        subnet = before.runner_subnet.name
        return Finding(
            rule=RULE,
            workspace=id_,
            message=message,
            impact=(Message("the runners in subnet {subnet}", subnet=subnet),),
            manual_steps=(
                Message(
                    "remove every runner from subnet {subnet}, then apply {workspace} from outside the network",
                    subnet=subnet,
                    workspace=id_,
                ),
            ),
        )
    if before.gateway and move.emptied == (before.gateway.subnet.name,) and not move.recreated:
        return Finding(
            rule=RULE,
            workspace=id_,
            message=message,
            impact=(Message("the gateway, and every connection with on-premises networks"),),
            manual_steps=(Message("before you apply {workspace}, delete the gateway", workspace=id_),),
        )
    if not move.emptied:
        return Finding(rule=RULE, workspace=id_, message=message)
    if not move.recreated and not (before.firewall and before.firewall.subnet.name in move.emptied):
        impact, todo = _emptied(id_, move)
        return Finding(rule=RULE, workspace=id_, message=message, impact=impact, manual_steps=todo)
    return Finding(
        rule=RULE,
        workspace=id_,
        message=message,
        impact=(_firewall(context),),
        manual_steps=(
            Message(
                "undo the edit. Or destroy from the base every workspace that has a peering with the hub, then "
                "{workspace}, and create all of them again",
                workspace=id_,
            ),
        ),
    )


def _message(context: Context, id_: str, move: Move, changes: Sequence[ResourceChange]) -> Message:
    reasons, plan = with_plan(move.reasons, changes), context.plans.get(id_)
    if move.elsewhere and not changes and state_moved(context, id_):
        return Message(
            "{reasons}. The state moves as well: with an empty state the plan creates all resources again, and the old "
            "resources still exist",
            reasons=reasons,
        )
    if move.elsewhere and plan and not plan.failed and not changes:
        # Terraform reads a resource by its id in the old subscription, so the resource remains there.
        return Message(
            "{reasons}. {enforcement}", reasons=reasons, enforcement=enforcement(plan, changes, protected=False)
        )
    return Message(CONSEQUENCES[_consequence(move)], reasons=reasons)


CONSEQUENCES = {
    "elsewhere": "{reasons}. Azure does not delete a VNet in use, so somebody must destroy the resources in it first",
    "recreated": "{reasons}. Azure refuses the change while the old subnets exist, so somebody must destroy them first",
    "emptied": "{reasons}. Azure refuses the change while the subnets are in use, so somebody must remove their "
    "resources first",
    "kept": "{reasons}. The subnets keep their ranges, so Azure allows the change",
}


def _consequence(move: Move) -> str:
    if move.elsewhere:
        return "elsewhere"
    return "recreated" if move.recreated else "emptied" if move.emptied else "kept"


def _firewall(context: Context) -> Message:
    networks = [one.id for one in context.after.values() if isinstance(one.inputs, NetworkInputs)]
    if not networks:
        return Message("the firewall and the runners")
    return Message("the firewall and the runners, and all egress of {networks}", networks=networks)
