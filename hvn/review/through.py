"""Whose way leads through a peering."""

from ipaddress import IPv4Network

from hvn.review.markdown import code, codes
from hvn.review.situation import Situation
from hvn.topology.inputs import NetworkInputs, PeeringInputs


def cut_off(situation: Situation, workspace: str) -> str:
    """Who is cut off if this workspace's peering is, as Markdown."""
    spoke = situation.spoke(workspace)
    if spoke:
        return code(spoke)
    known = situation.before.get(workspace) or situation.after.get(workspace)
    if not known or not isinstance(known.inputs, PeeringInputs):
        return code(workspace)
    transit = [IPv4Network(route.destination) for route in known.inputs.routes if route.next_hop]
    through = [
        each.spoke or ""
        for each in situation.before.values()
        if isinstance(each.inputs, NetworkInputs)
        and any(IPv4Network(cidr).subnet_of(pool) for cidr in each.inputs.cidrs for pool in transit)
    ]
    runners = "the runners, which apply all that is in Vault and the clusters"
    return f"{runners}; via the hub: {codes(through)}" if through else runners
