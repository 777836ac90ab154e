"""HVN952: a subnet of a VNet is removed or changed: by a plan without an edit, or by an edit of the topology."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import joined
from hvn.kinds.inputs import Inputs, Subnet
from hvn.review.context import Context
from hvn.review.plan import Plan
from hvn.review.vnet_subnets import SubnetChange, inline_subnets

RULE = Rule(
    id="HVN952",
    name="subnet-changed",
    reports="A plan removes or changes a subnet, and no edit explains it (error). An edit changes delegation, "
    "endpoints, NSG or route table of a subnet (warning).",
    why=(
        "in a VNet of this project, an apply removes each subnet that is not in the file. A changed argument affects "
        "the subnet's traffic"
    ),
    fix="add the subnet to the file, or create it in a VNet that this project does not manage",
    example="a plan that removes a subnet from `azurerm_virtual_network.vnet`",
    see="docs/decisions/0013-inline-subnets.md",
)
LABEL = "hvn: destroys"

FIELDS = {
    "address_prefixes": "cidr",
    "delegation": "delegation",
    "private_endpoint_network_policies": "private_endpoint_network_policies",
    "route_table_id": "route_table",
    "security_group": "security_group",
    "service_endpoints": "service_endpoints",
    "service_endpoint": "service_endpoints",
}
"""For each argument in a plan, the field of the inputs."""
EFFECTS = {
    "delegation": Message("Azure refuses another delegation while a service is in the subnet"),
    "private_endpoint_network_policies": Message(
        "the NSG or the clients' routes start or stop to apply to private endpoints"
    ),
    "route_table": Message("the subnet's outbound traffic takes a different route"),
    "security_group": Message("other rules filter the subnet's traffic"),
    # https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview
    "service_endpoints": Message("Azure closes the subnet's open connections to these services"),
}


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each plan with unexplained changes of subnets, and for each workspace with edited subnets.

    HVN904 reports a subnet that an edit removes or readdresses.
    """
    for plan in context.plans.values():
        if reasons := list(_unexplained(context, plan)):
            names = [subnet.name for change in plan.changes for subnet in change.subnets]
            yield Finding(
                rule=RULE,
                workspace=plan.workspace,
                message=joined(reasons, ", "),
                impact=(Message("all resources in the subnets {names}", names=names),),
                manual_steps=(
                    Message(
                        "before you apply {workspace}, find out who created or changed the subnets, and write them "
                        "into the file",
                        workspace=plan.workspace,
                    ),
                ),
            )
    for id_, now in context.after.items():
        was = _by_name(context.before[id_].inputs) if id_ in context.before else {}
        later = _by_name(now.inputs)
        effects = [effect for name in sorted(was.keys() & later.keys()) for effect in _edited(was[name], later[name])]
        if effects:
            yield Finding(rule=RULE, level=Level.WARNING, workspace=str(id_), message=joined(effects, ", "))


def _unexplained(context: Context, plan: Plan) -> Iterator[Message]:
    sides = (context.before.get(plan.workspace), context.after.get(plan.workspace))
    was, now = (_by_name(side.inputs if side else None) for side in sides)
    for change in plan.changes:
        for subnet in change.subnets:
            name = subnet.name.casefold()
            if message := _message(subnet, was.get(name), now.get(name)):
                yield message


def _message(subnet: SubnetChange, was: Subnet | None, now: Subnet | None) -> Message | None:
    """Return the message about one subnet of a plan; None if the edit explains its change."""
    facts = {"name": subnet.name, "cidrs": subnet.cidrs}
    if subnet.unknown:
        return Message(
            "the plan does not show whether it keeps subnet {name} ({cidrs}), because the subnets are known after "
            "apply",
            **facts,
        )
    if not subnet.arguments:
        if now:
            return Message("the plan removes subnet {name} ({cidrs}), which the file has", **facts)
        if was is None:
            return Message("the plan removes subnet {name} ({cidrs}), which somebody else created", **facts)
        return None
    unexplained = [one for one in subnet.arguments if was is None or now is None or not _differs(was, now, FIELDS[one])]
    if unexplained:
        return Message("the plan changes {arguments} of subnet {name} ({cidrs})", arguments=unexplained, **facts)
    return None


def _edited(was: Subnet, now: Subnet) -> Iterator[Message]:
    if was.vnet != now.vnet:
        return  # HVN904 reports a VNet that moves
    for field, effect in EFFECTS.items():
        if _differs(was, now, field) and not (field == "delegation" and _value(was, field) is None):
            yield Message("{field} of subnet {name} changes: {effect}", field=field, name=now.name, effect=effect)


def _differs(was: Subnet, now: Subnet, field: str) -> bool:
    return bool(_value(was, field) != _value(now, field))


def _value(subnet: Subnet, field: str) -> object:
    """Return the value of a subnet's field; for an NSG, the value without its rules. The subnets of firewall and
    gateway have only a range."""
    value = getattr(subnet, field, None)
    return value.resource if field == "security_group" and value else value


def _by_name(inputs: Inputs | None) -> Mapping[str, Subnet]:
    return {subnet.name.casefold(): subnet for subnet in inline_subnets(inputs)}
