"""HVN201: names that stand for something else."""

from collections.abc import Iterator

from hvn.topology.finding import Breach, Rule
from hvn.topology.model import Topology
from hvn.topology.names import NODE_SUBNET

RULE = Rule(
    id="HVN201",
    name="reserved-name",
    why="workspaces and subnets are named after it, and that name is taken",
    see="docs/reference/workspaces.md",
)


def check(topology: Topology) -> Iterator[Breach]:
    """A spoke called `hub` (its peering workspace would be the hub's own), a subnet called like the nodes'."""
    if "hub" in topology.spokes:
        yield Breach(("spokes", "hub"), "`hub` is not a name for a spoke", "choose another name", at_key=True)
    for name, spoke in topology.spokes.items():
        if NODE_SUBNET in spoke.subnets:
            yield Breach(
                ("spokes", name, "subnets", NODE_SUBNET),
                f"`{NODE_SUBNET}` is the name of the cluster's node subnet",
                "choose another name, or give the range as cluster.node_subnet",
                at_key=True,
            )
