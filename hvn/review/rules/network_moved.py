"""HVN904: a spoke or the hub gets other ranges, or its VNet or a subnet is destroyed or replaced."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from hvn.review.destroyed import listed
from hvn.review.differing import differing
from hvn.review.markdown import code, codes
from hvn.review.plan import Action, Change
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Rule
from hvn.topology.inputs import AksInputs, HubInputs, NetworkInputs, Subnet, VaultAuthInputs
from hvn.topology.names import Resource

RULE = Rule(
    id="HVN904",
    name="network-moved",
    why="Azure changes no range that something stands in: what is in the old one has to go first",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq",
)
TYPES = ("azurerm_resource_group", "azurerm_virtual_network", "azurerm_subnet")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Network:
    """What both kinds of VNets have."""

    vnet: Resource
    cidrs: tuple[str, ...]
    subnets: tuple[Subnet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """What an edit does to a VNet. `emptied` are the subnets that change or go; with `anew` the VNet has to go, too."""

    reasons: tuple[str, ...]
    emptied: tuple[str, ...]
    anew: bool


def check(situation: Situation) -> Iterator[Said]:
    """By the topology, and by what the plans destroy.

    InUsePrefixCannotBeDeleted: a subnet that something stands in (hashicorp/terraform-provider-azurerm#11211).
    Terraform writes a VNet before its subnets, so one whose subnets are still in the old range is refused whatever
    stands in them: NetcfgSubnetRangeOutsideVnet (MicrosoftDocs/azure-docs#123869).
    """
    planned = situation.gone(*TYPES)
    for workspace, before, after in situation.pairs(NetworkInputs):
        changes = planned.get(workspace.id, [])
        move = _move(_spoke(before), _spoke(after), destroyed=bool(changes)) if after else None
        if move:
            planned.pop(workspace.id, None)
            yield _of_spoke(situation, workspace.id, workspace.spoke or "", move, changes)
    for workspace, old, new in situation.pairs(HubInputs):
        changes = planned.get(workspace.id, [])
        move = _move(_hub(old), _hub(new), destroyed=bool(changes)) if new else None
        if move:
            planned.pop(workspace.id, None)
            yield _of_hub(situation, workspace.id, old, move, changes)
    for id_, changes in planned.items():
        spoke = situation.spoke(id_)
        again = situation.of_spoke(spoke, "peering", "aks", "vault-auth", "vso", "secrets")
        goes = f"{_firewall(situation)}" if id_ == "hub" else f"all that stands in it: {codes(again)}" if again else ""
        yield Said(
            workspace=id_,
            text=f"the plan has {listed(changes)}: what stands in it goes with it, or Azure refuses",
            goes_with=(goes,) if goes else (),
        )


def destroyed_first(situation: Situation, spoke: str) -> tuple[str, ...]:
    """What of a spoke's has to be destroyed by hand, for its network moves: workspaces of the base."""
    before, after = situation.before.get(f"network-{spoke}"), situation.after.get(f"network-{spoke}")
    old, new = before.inputs if before else None, after.inputs if after else None
    if not isinstance(old, NetworkInputs) or not isinstance(new, NetworkInputs):
        return ()
    move = _move(_spoke(old), _spoke(new), destroyed=bool(situation.gone(*TYPES).get(f"network-{spoke}")))
    return _again(situation, spoke, move) if move else ()


def _spoke(inputs: NetworkInputs) -> _Network:
    return _Network(vnet=inputs.vnet, cidrs=inputs.cidrs, subnets=inputs.subnets)


def _hub(inputs: HubInputs) -> _Network:
    return _Network(vnet=inputs.vnet, cidrs=(inputs.cidr,), subnets=(inputs.firewall_subnet, inputs.runner_subnet))


def _move(before: _Network, after: _Network, *, destroyed: bool) -> _Move | None:
    """None if no edit takes anything away; `destroyed` says that the plan does."""
    now = {each.name: each.cidr for each in after.subnets}
    other = [each for each in before.subnets if now.get(each.name) != each.cidr]
    reasons = [f"subnet {code(each.name)} {_from_to(each.cidr, now.get(each.name))}" for each in other]
    kept = before.vnet == after.vnet
    if not _inside(before.cidrs, after.cidrs):
        reasons.insert(0, f"the VNet moves from {_place(before)} to {_place(after)}")
    elif not kept:
        reasons.insert(0, f"the VNet moves: {differing(before.vnet, after.vnet)}")
    inside = _inside([each.cidr for each in before.subnets], after.cidrs)
    emptied = other if kept and inside and not destroyed else before.subnets
    move = _Move(reasons=tuple(reasons), emptied=tuple(each.name for each in emptied), anew=not kept or not inside)
    return move if reasons else None


def _of_spoke(situation: Situation, id_: str, spoke: str, move: _Move, changes: Sequence[Change]) -> Said:
    again = _again(situation, spoke, move)
    gone = _gone(situation, spoke, move) if again else ""
    if gone:
        text = f"{_reasons(move, changes)}. The old one is gone, for {gone}"
        return Said(workspace=id_, text=text, by_hand=f"after the merge apply {_later(situation, spoke, again)}")
    goes = [f"what stands in {codes(move.emptied)}"] if move.emptied else []
    by_hand = f"take everything out of {codes(move.emptied)} of {code(spoke)} before this is applied" if goes else ""
    if again:
        goes.append(f"what belongs to it, to be built anew: {codes(again)}")
        by_hand = _anew(situation, spoke, again)
    return Said(workspace=id_, text=_told(move, changes), goes_with=tuple(goes), by_hand=by_hand)


def _inside(cidrs: Sequence[str], ranges: Sequence[str]) -> bool:
    """Whether each of them lies in one of the ranges: a range that grows moves nothing."""
    return all(any(IPv4Network(cidr).subnet_of(IPv4Network(one)) for one in ranges) for cidr in cidrs)


def _of_hub(situation: Situation, id_: str, before: HubInputs, move: _Move, changes: Sequence[Change]) -> Said:
    if move.emptied == (before.runner_subnet.name,) and not move.anew:
        subnet = code(before.runner_subnet.name)
        return Said(
            workspace=id_,
            text=_told(move, changes),
            goes_with=(f"the runners, which stand in {subnet}",),
            by_hand=f"take every runner out of {subnet}, then apply {code(id_)} from outside of the network",
        )
    return Said(
        workspace=id_,
        text=_told(move, changes),
        goes_with=(_firewall(situation),) if move.emptied else (),
        by_hand="take the edit back; or, if it is meant, destroy from the base all that is peered with the hub, and "
        "the hub, and build all of it anew"
        if move.emptied
        else "",
    )


def _again(situation: Situation, spoke: str, move: _Move) -> tuple[str, ...]:
    aks = situation.before.get(f"aks-{spoke}")
    of_nodes = isinstance(aks.inputs, AksInputs) and aks.inputs.node_subnet.name in move.emptied if aks else False
    of_cluster = ("aks", "vault-auth", "vso", "secrets") if of_nodes else ()
    kinds = ("network", "peering", "aks", "vault-auth", "vso", "secrets") if move.anew else of_cluster
    return tuple(each for each in situation.of_spoke(spoke, *kinds) if each in situation.before)


def _gone(situation: Situation, spoke: str, move: _Move) -> str:
    """Why it is known that what has to go first is gone, or nothing."""
    id_, kind = (
        (f"network-{spoke}", "azurerm_virtual_network") if move.anew else (f"aks-{spoke}", "azurerm_kubernetes_cluster")
    )
    plan = situation.plans.get(id_)
    if plan and any(each.type == kind and each.action is Action.CREATE for each in plan.changes):
        return "the plan creates it"
    affected = {each.workspace.id for each in situation.comparison.affected}
    return "" if id_ in situation.wanted or id_ not in affected else "it was to be made in a wave before this one"


def _reasons(move: _Move, changes: Sequence[Change]) -> str:
    return ", ".join([*move.reasons, f"the plan has {listed(changes)}"] if changes else move.reasons)


def _told(move: _Move, changes: Sequence[Change]) -> str:
    told = _reasons(move, changes)
    if move.anew:
        return f"{told}. Azure refuses that while the old subnets are there, so this has to go first:"
    if move.emptied:
        return f"{told}. Azure refuses that while anything stands in these subnets, so this has to go first:"
    return f"{told}. Its subnets stay where they are: Azure takes that"


def _anew(situation: Situation, spoke: str, again: Sequence[str]) -> str:
    """All steps, also those that are of no wave."""
    base = situation.comparison.base.commit[:12]
    return (
        f"before this is merged, destroy from the base: `git switch --detach {base}`, then `bin/cdktf destroy "
        f"{' '.join(again)}`; then plan and review this once more, for the plans are others now; after the merge apply "
        f"{_later(situation, spoke, again)}"
    )


def _later(situation: Situation, spoke: str, again: Sequence[str]) -> str:
    auth = situation.after.get(f"vault-auth-{spoke}")
    keys = auth and isinstance(auth.inputs, VaultAuthInputs) and auth.inputs.pubkeys and auth.id in again
    in_waves = {each.workspace.id for each in situation.comparison.affected}
    others = [each for each in again if each in situation.after and each not in in_waves]
    steps = ["wave by wave"]
    if keys:
        others = [each for each in others if auth and each != auth.id]
        steps.append(
            f"when `aks-{spoke}` is there, `bin/hvn keys pull {spoke} --issuer URL`, and a change of its own with the "
            f"keys, which applies `vault-auth-{spoke}`"
        )
    if others:
        steps.append(f"and what is in no wave: `bin/cdktf deploy {' '.join(others)}`")
    return "; ".join(steps)


def _firewall(situation: Situation) -> str:
    networks = [id_ for id_ in situation.after if id_.startswith("network-")]
    spokes = f", and the way out of {codes(networks)}" if networks else ""
    return f"the firewall and the runners{spokes}"


def _from_to(old: str, new: str | None) -> str:
    return f"moves from {code(old)} to {code(new)}" if new else f"({code(old)}) goes"


def _place(network: _Network) -> str:
    return f"{codes(network.cidrs)} in {code(network.vnet.name)}"
