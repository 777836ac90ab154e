"""HVN972: a NAT gateway, its addresses or its subnets change or are destroyed."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Command
from hvn.kinds.aks.inputs import AksInputs
from hvn.review.context import Context
from hvn.review.losses import Loss, destroyed, with_plan
from hvn.review.nat_gateways import ADDRESS, Sides, nat_gateways
from hvn.review.plan import ResourceChange
from hvn.topology.nat import CLUSTER_TYPE

RULE = Rule(
    id="HVN972",
    name="nat-gateway-changed",
    level=Level.WARNING,
    reports="Subnets no longer use a NAT gateway, or the gateway or its addresses change.",
    why="connections to the internet break, and later connections have other source addresses or fail",
    fix="apply the change in a maintenance window, and give the new addresses to partners with an allow list",
    example="""\
# The base has this NAT gateway for the firewall, and the change adds zone: "1".
hub:
  nat_gateway: {}
  firewall: {nat_gateway: true}
""",
    see="https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource",
)
LABEL = "hvn: interrupts"
GATEWAY = "azurerm_nat_gateway"
LOSS = Loss("the internet access through the NAT gateway of {who}")
LOSSES = dict.fromkeys(
    (GATEWAY, "azurerm_nat_gateway_public_ip_association", "azurerm_subnet_nat_gateway_association"), LOSS
)
TYPES = tuple(LOSSES)


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each workspace with a changed NAT gateway, and for each plan that destroys a part of a NAT
    gateway."""
    planned = {id_: _of_nat(changes) for id_, changes in context.destroyed(*TYPES, "azurerm_public_ip").items()}
    for sides in nat_gateways(context):
        reasons = list(_reasons(sides))
        changes = planned.pop(sides.workspace.id, []) if reasons else []
        if reasons:
            yield Finding(
                rule=RULE,
                workspace=sides.workspace.id,
                message=with_plan(reasons, changes),
                impact=_impact(sides),
                manual_steps=tuple(_steps(context, sides)),
            )
    for id_, changes in planned.items():
        if changes:
            yield destroyed(RULE, context, id_, changes, LOSSES)


def _of_nat(changes: list[ResourceChange]) -> list[ResourceChange]:
    return [change for change in changes if change.type in TYPES or change.address.startswith(ADDRESS)]


def _reasons(sides: Sides) -> Iterator[Message]:
    before, after = sides.before, sides.after
    if before is None:
        return
    if sides.removed:
        name = before.resource.name
        yield Message("the NAT gateway {name} no longer serves {subnets}", name=name, subnets=sides.removed)
    if after is None:
        return
    if sides.moved or (before.resource, before.zone) != (after.resource, after.zone):
        yield Message("the NAT gateway {name} is replaced", name=before.resource.name)
    if lost := [one for one in before.public_ips if one not in after.public_ips]:
        yield Message("the NAT gateway loses the public addresses {lost}", lost=lost)
    if new := [one for one in after.public_ips if one not in before.public_ips]:
        yield Message("the NAT gateway gets the public addresses {new}", new=new)


def _impact(sides: Sides) -> tuple[Message, ...]:
    subnets = [subnet.name for subnet in sides.before.subnets] if sides.before else []
    return (
        Message("the internet access of {subnets}, or the public source addresses of the subnets", subnets=subnets),
    )


def _steps(context: Context, sides: Sides) -> Iterator[Message]:
    """Yield a step with the order of the applies if a cluster gets a load balancer instead of the gateway.

    A cluster with routes to a firewall is applied after its network, because AKS needs the routes first.
    """
    for workspace, before, after in context.changed(AksInputs):
        of_spoke = workspace.spoke is not None and workspace.spoke == sides.workspace.spoke
        if of_spoke and after and (before.outbound_type, after.outbound_type) == (CLUSTER_TYPE, "loadBalancer"):
            yield Message(
                "apply the cluster first, so that it has other egress when the NAT gateway is removed: {command}",
                command=Command(f"bin/cdktf deploy {workspace.id}"),
            )
