"""HVN201 reserved-name: this project or Azure reserves the name of a spoke or a subnet."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology.model import ExistingCluster, NewHub, Spoke, Topology
from hvn.topology.naming import AZURE_SUBNETS, BASTION_SUBNET, NODE_SUBNET

RULE = Rule(
    id="HVN201",
    name="reserved-name",
    reports="This project or Azure reserves the name of a spoke or a subnet.",
    why="another workspace, subnet or place of `hvn reach` has this name",
    fix="use another name",
    example="""\
spokes:
  analytics:
    subnets: {GatewaySubnet: 10.96.1.0/24}
""",
    see="docs/reference/workspaces.md",
)

PLACES = ("hub", "internet", "runners", "vault")
PLACE = Message(
    "`peering-hub` is a workspace of the hub, and `hub`, `internet`, `runners` and `vault` are places of `hvn reach`"
)
NODES = Message("this project gives this name to the node subnet of a spoke's cluster")
HUB = Message("this project or an Azure service has a subnet of this name in the hub")
IN_HUB: dict[str, tuple[str, ...]] = {
    "azurebastionsubnet": ("bastion",),
    "azurefirewallmanagementsubnet": ("firewall", "management_cidr"),
    "azurefirewallsubnet": ("firewall",),
    "gatewaysubnet": ("gateway",),
    "routeserversubnet": ("route_server",),
}
"""The field of the hub for each name in `AZURE_SUBNETS`."""
SERVICE = Message(
    "Azure uses a subnet of this name for one of its services, and the subnet cannot have a default route to the "
    "firewall"
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each spoke and each subnet with a reserved name."""
    for name in sorted(set(PLACES) & topology.spokes.keys()):
        yield Finding(
            rule=RULE,
            path=("spokes", name),
            at_key=True,
            message=Message("a spoke cannot have the name {name}", name=name),
            why=PLACE,
            fix=Message("rename the spoke, for example to {name}", name=f"spoke-{name}"),
        )
    if isinstance(topology.hub, NewHub):
        for subnet in sorted(topology.hub.subnets):
            if fix := _reserved_in_hub(subnet):
                yield Finding(
                    rule=RULE,
                    path=("hub", "subnets", subnet),
                    at_key=True,
                    message=Message("{subnet} is a reserved subnet name in the hub", subnet=subnet),
                    why=HUB,
                    fix=fix,
                )
    for name, spoke in topology.spokes.items():
        for subnet in sorted(spoke.subnets):
            if reserved := _reserved(spoke, subnet):
                message, why, fix = reserved
                yield Finding(
                    rule=RULE,
                    path=("spokes", name, "subnets", subnet),
                    at_key=True,
                    message=message,
                    why=why,
                    fix=fix,
                )


def _reserved_in_hub(subnet: str) -> Message | None:
    """Return the fix for a reserved name of a hub's subnet."""
    match subnet.casefold():
        case "azurebastionsubnet":
            return Message("write the range as hub.bastion.cidr: the subnet needs special NSG rules")
        case "gatewaysubnet":
            return Message("write the range as hub.gateway.cidr: the subnet cannot have an NSG")
        case "routeserversubnet":
            return Message("write the range as hub.route_server.cidr: the subnet cannot have an NSG")
        case "azurefirewallmanagementsubnet":
            return Message("write the range as hub.firewall.management_cidr")
        case "azurefirewallsubnet" | "runners":
            return Message("rename the subnet")
        case _:
            return None


def _reserved(spoke: Spoke, subnet: str) -> tuple[Message, Message, Message] | None:
    """Return message, reason and fix for a reserved name of a subnet. Azure compares names without regard to case."""
    # The key `nodes` describes the node subnet itself. With an existing cluster this project creates no node subnet.
    if subnet.casefold() == NODE_SUBNET != subnet and not isinstance(spoke.cluster, ExistingCluster):
        return (
            Message("{name} is reserved for the node subnet of a cluster", name=subnet),
            NODES,
            Message("rename the subnet, or write {nodes} for the subnet of a cluster's nodes", nodes=NODE_SUBNET),
        )
    if subnet.casefold() in AZURE_SUBNETS and subnet != BASTION_SUBNET:
        return (
            Message("{subnet} is the subnet of an Azure service", subnet=subnet),
            SERVICE,
            Message(
                "write {field} for the service in the hub. For this VNet, describe the VNet as existing, and create "
                "the subnet with your own Terraform",
                field=Field(("hub", *IN_HUB[subnet.casefold()])),
            ),
        )
    return None
