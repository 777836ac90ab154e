"""HVN905: a peering or a route of the HVN or the hub is destroyed or replaced: nothing passes meanwhile."""

from collections.abc import Collection, Iterator, Sequence

from hvn.diagnostics.finding import Rule
from hvn.kinds.peering.impact import replaced_by
from hvn.kinds.peering.inputs import HvnRoute, PeeringInputs
from hvn.review.context import Said, Situation
from hvn.review.destroyed import listed
from hvn.review.markdown import codes
from hvn.review.peering_impact import RUNNERS, cut_off, routes_gone
from hvn.review.plan import ResourceChange

RULE = Rule(
    id="HVN905",
    name="peering-cut",
    why="a peering is changed by making another one: until it is accepted and ACTIVE, nothing passes",
    see="https://registry.terraform.io/providers/hashicorp/hcp/0.111.0/docs/resources/azure_peering_connection",
)
TYPES = ("hcp_azure_peering_connection", "hcp_hvn_route", "azurerm_virtual_network_peering")
ALONE = (
    "apply `peering-hub` alone, and wait until the peering is ACTIVE, before anything that asks Vault is planned or "
    "applied: the runners reach Vault through it"
)


def check(situation: Situation) -> Iterator[Said]:
    """By the topology, and by what the plans destroy."""
    planned = situation.gone(*TYPES)
    for workspace, before, after in situation.pairs(PeeringInputs):
        reasons = list(_reasons(before, after)) if after else []
        if reasons:
            yield _said(situation, workspace.id, reasons, planned.pop(workspace.id, ()))
    for id_, changes in planned.items():
        yield _said(situation, id_, [], changes)


def _reasons(before: PeeringInputs, after: PeeringInputs) -> Iterator[str]:
    forced = replaced_by(before, after)
    gone = [route.destination for route in before.routes if route not in after.routes]
    if forced:
        yield f"the HVN's peering is replaced, for it cannot change: {', '.join(forced)}"
    elif gone:
        yield f"the HVN's route to {codes(gone)} goes or is made anew"


def _routes(situation: Situation, workspace: str, changes: Sequence[ResourceChange]) -> Collection[HvnRoute] | None:
    """The routes that go while the peering stays, else None."""
    before, after = situation.before.get(workspace), situation.after.get(workspace)
    was, now = before.inputs if before else None, after.inputs if after else None
    if not isinstance(was, PeeringInputs) or not isinstance(now, PeeringInputs) or replaced_by(was, now):
        return None
    return routes_gone(was, now, changes)


def _said(situation: Situation, workspace: str, reasons: Sequence[str], changes: Sequence[ResourceChange]) -> Said:
    told = [*reasons, f"the plan has {listed(changes)}"] if changes else reasons
    lost = cut_off(situation, workspace, _routes(situation, workspace, changes))
    if not lost:
        return Said(workspace=workspace, text=f"{'; '.join(told)}. Nobody's way to Vault leads through that")
    if workspace.startswith("peering-"):
        until = "Until that is there again and ACTIVE this has no way to Vault:"
    else:
        until = "Until that is there again this has no way to the hub, the firewall and what lies behind them:"
    return Said(
        workspace=workspace,
        text=f"{'; '.join(told)}. {until}",
        goes_with=(lost,),
        by_hand=ALONE if workspace == "peering-hub" and RUNNERS in lost else "",
    )
