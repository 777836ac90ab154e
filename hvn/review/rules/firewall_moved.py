"""HVN910: the firewall's address changes, which every spoke's default route names."""

from collections import defaultdict
from collections.abc import Iterator

from hvn.diagnostics.finding import Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.context import Said, Situation
from hvn.review.markdown import code, codes

RULE = Rule(
    id="HVN910",
    name="firewall-moved",
    why="between the hub's apply and a spoke's, that spoke's traffic goes to an address where nobody is",
    see="docs/reference/facts.md",
)


def check(situation: Situation) -> Iterator[Said]:
    """By the hub's inputs; of a firewall that others make, before or after, by the spokes' default routes."""
    for workspace, before, after in situation.pairs(HubInputs):
        if after and before.firewall.private_ip != after.firewall.private_ip:
            spokes = [id_ for id_ in situation.after if id_.startswith("network-")]
            yield Said(
                workspace=workspace.id,
                text=f"the firewall moves from {code(before.firewall.private_ip)} to "
                f"{code(after.firewall.private_ip)}. "
                "Azure assigns it: while this firewall stands, the hub's postcondition refuses another address, and no "
                "plan of the hub succeeds. Until these are applied after the hub, nothing leaves their spokes:",
                goes_with=(codes(spokes),),
                by_hand=_by_hand(before),
            )
            return
    yield from _of_others(situation)


def _of_others(situation: Situation) -> Iterator[Said]:
    """Each way that the default routes change, once, with all the spokes that take it."""
    moves: dict[tuple[str, str], list[str]] = defaultdict(list)
    for workspace, before, after in situation.pairs(NetworkInputs):
        old, new = _default(before), _default(after) if after else ""
        if old and new and old != new:
            moves[old, new].append(workspace.id)
    for (old, new), ids in moves.items():
        yield Said(
            workspace="",
            text=f"the default route leads to {code(new)} instead of {code(old)}. Terraform asks nobody whether a "
            "firewall answers there, and knows none of its rules. As soon as each of these is applied, all that leaves "
            "its spoke goes there, the way to Vault through the hub with it:",
            goes_with=(codes(ids, len(ids)),),
            by_hand=f"before any of these is applied see that a firewall with all the rules stands at {code(new)}, and "
            f"that the one at {code(old)} stays until all of them are applied; or take the edit back",
        )


def _default(network: NetworkInputs) -> str:
    return next((each.next_hop for each in network.route_table.routes if each.cidr == "0.0.0.0/0"), "")


def _by_hand(hub: HubInputs) -> str:
    # Not by `terraform destroy -target`: what comes after the firewall, the runners' subnet, would go with it.
    delete = f"az network firewall delete -g {hub.group.name} -n {hub.firewall.name}"
    return (
        "take the edit back; or, if it is meant, and Azure will assign that address to another firewall, delete this "
        "one before the merge, from outside of the network and in a maintenance window, for nothing leaves a spoke "
        f"from then on: {code(delete, 300)}; then plan and review this once more, and apply `hub` from outside, too, "
        "and all of these at once after it"
    )
