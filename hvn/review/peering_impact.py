"""Whose way leads through a peering."""

from collections.abc import Collection, Sequence
from ipaddress import IPv4Network

from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.peering.inputs import HvnRoute, PeeringInputs
from hvn.review.context import Situation
from hvn.review.markdown import code, codes
from hvn.review.plan import ResourceChange

RUNNERS = "the runners, which apply all that is in Vault and the clusters"


def cut_off(situation: Situation, workspace: str, routes: Collection[HvnRoute] | None = None) -> str:
    """Who is cut off if this workspace's peering is, or only these of its routes, as Markdown; nobody: nothing."""
    spoke = situation.spoke(workspace)
    if spoke:
        return code(spoke)
    known = situation.before.get(workspace) or situation.after.get(workspace)
    if not known or not isinstance(known.inputs, PeeringInputs):
        return code(workspace)
    gone = known.inputs.routes if routes is None else routes
    transit = [IPv4Network(route.destination) for route in gone if route.next_hop]
    through = [
        each.spoke or ""
        for each in situation.before.values()
        if isinstance(each.inputs, NetworkInputs)
        and any(IPv4Network(cidr).subnet_of(pool) for cidr in each.inputs.cidrs for pool in transit)
    ]
    # A route without an appliance behind it is the runners'; without any route the peering is theirs all the same.
    runners = [RUNNERS] if routes is None or any(not route.next_hop for route in gone) else []
    return "; ".join([*runners, f"via the hub: {codes(through)}"] if through else runners)


def routes_gone(
    before: PeeringInputs, after: PeeringInputs, changes: Sequence[ResourceChange]
) -> Collection[HvnRoute] | None:
    """The routes of a peering that stays that go by the edit or by the plan; None if the peering goes, too."""
    by_address = {f"hcp_hvn_route.route_{route.name}": route for route in before.routes}
    if any(each.address not in by_address for each in changes):
        return None
    planned = [by_address[each.address] for each in changes]
    return [route for route in before.routes if route not in after.routes or route in planned]
