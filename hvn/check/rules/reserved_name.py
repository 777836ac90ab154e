"""HVN201: names that stand for something else."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology
from hvn.topology.naming import NODE_SUBNET

RULE = Rule(
    id="HVN201",
    name="reserved-name",
    why="workspaces, subnets and the places of `hvn reach` are named after it, and that name is taken",
    see="docs/reference/workspaces.md",
)

# `peering-hub` is the hub's own workspace; `hvn reach payments --to vault` means Vault.
PLACES = ("hub", "runners", "vault")
# Azure compares names without regard to case, and these take no default route to a firewall.
AZURE = (
    "azurebastionsubnet",
    "azurefirewallmanagementsubnet",
    "azurefirewallsubnet",
    "gatewaysubnet",
    "routeserversubnet",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Spokes called `hub`, `runners` or `vault`; subnets called like the nodes', or like those that Azure keeps."""
    for name in sorted(set(PLACES) & topology.spokes.keys()):
        yield Breach(("spokes", name), f"`{name}` is not a name for a spoke", "choose another name", at_key=True)
    for name, spoke in topology.spokes.items():
        if NODE_SUBNET in spoke.subnets:
            yield Breach(
                ("spokes", name, "subnets", NODE_SUBNET),
                f"`{NODE_SUBNET}` is the name of the cluster's node subnet",
                "choose another name, or give the range as cluster.node_cidr",
                at_key=True,
            )
        for subnet in sorted(set(AZURE) & spoke.subnets.keys()):
            yield Breach(
                ("spokes", name, "subnets", subnet),
                f"`{subnet}` is a subnet of Azure's own, which cannot have the spoke's route table",
                "choose another name; such a subnet belongs in the hub, or in a VNet that exists",
                at_key=True,
            )
