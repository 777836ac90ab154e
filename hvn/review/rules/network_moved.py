"""HVN904: a spoke or the hub gets other ranges, or its VNet or a subnet is destroyed or replaced."""

import re
from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.context import Said, Situation
from hvn.review.destroyed import by_terraform, listed
from hvn.review.markdown import code, codes
from hvn.review.plan import Action, Plan, ResourceChange
from hvn.review.readdressing import TYPES, Move, inside, of_hub, of_spoke
from hvn.review.rebuild_steps import after_merge, by_hand, known_gone, to_destroy

RULE = Rule(
    id="HVN904",
    name="network-moved",
    why="Azure changes no range that something stands in: what is in the old one has to go first",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq",
)

RANGES = {"azurerm_virtual_network": "address_space", "azurerm_subnet": "address_prefixes"}
CIDR = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}")


def check(situation: Situation) -> Iterator[Said]:
    """By the topology, and by what the plans destroy and what ranges they change.

    InUsePrefixCannotBeDeleted: a subnet that something stands in (hashicorp/terraform-provider-azurerm#11211).
    Terraform writes a VNet before its subnets, so one whose subnets are still in the old range is refused whatever
    stands in them: NetcfgSubnetRangeOutsideVnet (MicrosoftDocs/azure-docs#123869).
    """
    planned = situation.gone(*TYPES)
    moved = set()
    for workspace, before, after in situation.pairs(NetworkInputs):
        changes = planned.get(workspace.id, [])
        move = of_spoke(before, after, changes) if after else None
        if move:
            planned.pop(workspace.id, None)
            moved.add(workspace.id)
            yield _of_spoke(situation, workspace.id, workspace.spoke or "", move, changes)
    for workspace, old, new in situation.pairs(HubInputs):
        changes = planned.get(workspace.id, [])
        move = of_hub(old, new, changes) if new else None
        if move:
            planned.pop(workspace.id, None)
            moved.add(workspace.id)
            yield _of_hub(situation, workspace.id, old, move, changes)
    for id_, changes in planned.items():
        yield Said(
            workspace=id_,
            text=f"the plan has {listed(changes)}: what stands in it goes with it, or Azure refuses",
            goes_with=_in_it(situation, id_),
        )
    for plan in situation.plans.values():
        # Of a move that an edit makes its updates are told with it.
        unexplained = (plan.unexplained or {}) if plan.workspace in moved else None
        updates = [each for each in plan.changes if unexplained is None or each.address in unexplained]
        if ranges := ", ".join(text for each in updates for text in _other_ranges(each)):
            yield Said(
                workspace=plan.workspace,
                text=f"the plan moves what no edit is known to move: {ranges}. Azure refuses that while anything "
                "stands in the old ranges:",
                goes_with=_in_it(situation, plan.workspace),
                by_hand=f"find out why the plan of {code(plan.workspace)} moves a range, before it is applied: an "
                "earlier edit was never applied, or somebody changed it outside of Terraform",
            )


def _other_ranges(change: ResourceChange) -> Iterator[str]:
    """What an update takes away from the ranges of a VNet or a subnet; one that grows moves nothing."""
    argument = RANGES.get(change.type, "") if change.action is Action.UPDATE else ""
    found = [each for each in change.differences if argument and each.path.partition("[")[0] == argument]
    before, after = " ".join(each.before for each in found), " ".join(each.after for each in found)
    if found and not _grows(before, after):
        for each in found:
            yield f"{code(each.path)} of {code(change.address)} {code(each.before)} → {code(each.after)}"


def _grows(before: str, after: str) -> bool:
    """Whether all ranges lie in the new ones, as far as the text of a plan says it: that may be cut, or anything."""
    try:
        return "…" not in before + after and inside(CIDR.findall(before), CIDR.findall(after))
    except ValueError:
        return False


def _in_it(situation: Situation, id_: str) -> tuple[str, ...]:
    """What stands in the network of a workspace."""
    if id_ == "hub":
        return (_firewall(situation),)
    again = situation.of_spoke(situation.spoke(id_), "peering", "aks", "vault-auth", "vso", "secrets")
    return (f"all that stands in it: {codes(again)}",) if again else ()


def _of_spoke(situation: Situation, id_: str, spoke: str, move: Move, changes: Sequence[ResourceChange]) -> Said:
    again = to_destroy(situation, spoke, move)
    gone = known_gone(situation, spoke, move) if again else ""
    if gone:
        text = f"{_reasons(move, changes)}. The old one is gone, for {gone}"
        return Said(workspace=id_, text=text, by_hand=f"after the merge apply {after_merge(situation, spoke, again)}")
    goes = [f"what stands in {codes(move.emptied)}"] if move.emptied else []
    steps = f"take everything out of {codes(move.emptied)} of {code(spoke)} before this is applied" if goes else ""
    if again:
        anew = [each for each in again if each in situation.after]
        removed = [each for each in again if each not in situation.after]
        goes += [f"what belongs to it, to be built anew: {codes(anew)}"] if anew else []
        goes += [f"what belongs to it and is taken out of the topology: {codes(removed)}"] if removed else []
        steps = by_hand(situation, spoke, again)
    return Said(
        workspace=id_, text=_told(move, situation.plans.get(id_), changes), goes_with=tuple(goes), by_hand=steps
    )


def _of_hub(situation: Situation, id_: str, before: HubInputs, move: Move, changes: Sequence[ResourceChange]) -> Said:
    if move.emptied == (before.runner_subnet.name,) and not move.anew:
        subnet = code(before.runner_subnet.name)
        return Said(
            workspace=id_,
            text=_told(move, situation.plans.get(id_), changes),
            goes_with=(f"the runners, which stand in {subnet}",),
            by_hand=f"take every runner out of {subnet}, then apply {code(id_)} from outside of the network",
        )
    return Said(
        workspace=id_,
        text=_told(move, situation.plans.get(id_), changes),
        goes_with=(_firewall(situation),) if move.emptied else (),
        by_hand="take the edit back; or, if it is meant, destroy from the base all that is peered with the hub, and "
        "the hub, and build all of it anew"
        if move.emptied
        else "",
    )


def _reasons(move: Move, changes: Sequence[ResourceChange]) -> str:
    return ", ".join([*move.reasons, f"the plan has {listed(changes)}"] if changes else move.reasons)


def _told(move: Move, plan: Plan | None, changes: Sequence[ResourceChange]) -> str:
    told = _reasons(move, changes)
    if move.elsewhere and plan and not plan.failed and not changes:
        # In another subscription Terraform looks for what it knows where that was, and leaves it there.
        return f"{told}. {by_terraform(plan, changes, kept=False)}"
    if move.elsewhere:
        return f"{told}. Azure deletes no VNet in which anything stands, so this has to go first:"
    if move.anew:
        return f"{told}. Azure refuses that while the old subnets are there, so this has to go first:"
    if move.emptied:
        return f"{told}. Azure refuses that while anything stands in these subnets, so this has to go first:"
    return f"{told}. Its subnets stay where they are: Azure takes that"


def _firewall(situation: Situation) -> str:
    networks = [id_ for id_ in situation.after if id_.startswith("network-")]
    spokes = f", and the way out of {codes(networks)}" if networks else ""
    return f"the firewall and the runners{spokes}"
