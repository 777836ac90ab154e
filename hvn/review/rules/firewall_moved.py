"""HVN910: the firewall's address changes, which every spoke's default route names."""

from collections.abc import Iterator

from hvn.review.markdown import code, codes
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Rule
from hvn.topology.inputs import HubInputs

RULE = Rule(
    id="HVN910",
    name="firewall-moved",
    why="between the hub's apply and a spoke's, that spoke's traffic goes to an address where nobody is",
    see="docs/reference/facts.md",
)


def check(situation: Situation) -> Iterator[Said]:
    """By the hub's inputs."""
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


def _by_hand(hub: HubInputs) -> str:
    # Not by `terraform destroy -target`: what comes after the firewall, the runners' subnet, would go with it.
    delete = f"az network firewall delete -g {hub.group.name} -n {hub.firewall.name}"
    return (
        "take the edit back; or, if it is meant, and Azure will assign that address to another firewall, delete this "
        "one before the merge, from outside of the network and in a maintenance window, for nothing leaves a spoke "
        f"from then on: {code(delete, 300)}; then plan and review this once more, and apply `hub` from outside, too, "
        "and all of these at once after it"
    )
