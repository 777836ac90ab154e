"""HVN201 reserved-name: the name of a spoke or a subnet is reserved."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology
from hvn.topology.naming import AZURE_SUBNETS, NODE_SUBNET

RULE = Rule(
    id="HVN201",
    name="reserved-name",
    reports="This project or Azure reserves the name of a spoke or a subnet.",
    why="another workspace, subnet or place of `hvn reach` has this name",
    fix="use another name",
    example="""\
spokes:
  analytics:
    subnets: {nodes: 10.96.1.0/24}
""",
    see="docs/reference/workspaces.md",
)

PLACES = ("hub", "runners", "vault")
PLACE = Message("peering-hub is a workspace of the hub, and hub, runners and vault are places for hvn reach")
NODES = Message("the cluster's node subnet has this name")
SERVICE = Message(
    "Azure puts one of its services into a subnet of this name, which cannot have a default route to the firewall"
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each spoke and each subnet with a reserved name."""
    for name in sorted(set(PLACES) & topology.spokes.keys()):
        yield Finding(
            rule=RULE,
            path=("spokes", name),
            at_key=True,
            message=Message("{name} is not allowed as the name of a spoke", name=name),
            why=PLACE,
            fix=Message("rename the spoke, for example to {name}", name=f"spoke-{name}"),
        )
    for name, spoke in topology.spokes.items():
        if NODE_SUBNET in spoke.subnets:
            yield Finding(
                rule=RULE,
                path=("spokes", name, "subnets", NODE_SUBNET),
                at_key=True,
                message=Message("{name} is the name of the cluster's node subnet", name=NODE_SUBNET),
                why=NODES,
                fix=Message(
                    "rename the subnet, or remove it and set cluster.node_cidr: {cidr}", cidr=spoke.subnets[NODE_SUBNET]
                ),
            )
        for subnet in sorted(set(AZURE_SUBNETS) & spoke.subnets.keys()):
            yield Finding(
                rule=RULE,
                path=("spokes", name, "subnets", subnet),
                at_key=True,
                message=Message("{subnet} is the subnet of an Azure service", subnet=subnet),
                why=SERVICE,
                fix=Message("rename the subnet; the Azure service belongs in the hub or in an existing VNet"),
            )
