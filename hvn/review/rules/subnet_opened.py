"""HVN957: the NSG of a subnet allows traffic that it did not allow before."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Fact
from hvn.kinds.inputs import BuiltSubnet
from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.workspace import Workspace
from hvn.review.context import Context
from hvn.review.nsg_switches import AFTER_APPLY, NsgSwitch
from hvn.review.rules.unreviewed_opening import listed
from hvn.review.subnet_rules import changed
from hvn.review.vnet_subnets import inline_subnets

RULE = Rule(
    id="HVN957",
    name="subnet-opened",
    level=Level.WARNING,
    reports=("An allow rule of a subnet is new or wider, or a deny rule is removed, narrower or has a lower priority."),
    why="only the NSG filters traffic that bypasses the firewall, such as traffic between peered VNets or from the "
    "internet to a public IP address",
    fix="check that every source may open the connections",
    example="""\
spokes:
  analytics:
    subnets:
      jobs:
        cidr: 10.96.0.0/24
        rules:
          web: {priority: 200, direction: inbound, access: allow, protocol: tcp, source: [Internet], ports: ["443"]}
""",
    see="https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview",
)
LABEL = "hvn: opens"
UNKNOWN = Message("the rules of one of them are unknown, so the subnet may be open now")
NEW_UNKNOWN = Message("the rules of this NSG are unknown, so the subnet may be open")


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each subnet, also for a new one, and for each plan that gives a subnet a different NSG."""
    for subnet in changed(context):
        if subnet.unknown:
            old, new = subnet.unknown
            facts: dict[str, Fact] = {"place": subnet.place, "new": new, "unknown": UNKNOWN if old else NEW_UNKNOWN}
            changes = Message("{place} changes from the NSG {old} to {new}, and {unknown}", **facts, old=old)
            gets = Message("{place} is new with the NSG {new}, and {unknown}", **facts)
            yield Finding(rule=RULE, workspace=subnet.workspace, message=changes if old else gets)
        if opened := subnet.opened():
            yield Finding(
                rule=RULE,
                workspace=subnet.workspace,
                message=Message("{place} allows: {openings}", place=subnet.named, openings=subnet.shown(opened)),
            )
    for plan in context.plans.values():
        for switch in plan.nsg_switches:
            yield from _switched(context, plan.workspace, switch)


def _switched(context: Context, workspace: str, switch: NsgSwitch) -> Iterator[Finding]:
    """Yield the finding about a subnet that gets a different NSG, unless an edit selects this NSG. The finding is a
    warning if the file has the NSG: an earlier edit was not applied."""
    was, now = (_nsg(side, workspace, switch.subnet) for side in (context.before, context.after))
    # The NSG of a new subnet can be known after apply without a new NSG in the plan. No file selects this NSG.
    selected = now is not None and switch.new.casefold() in (now, AFTER_APPLY if switch.old else now)
    if (selected and was != now) or switch.openings == frozenset():
        return
    if not switch.old:
        message = Message(
            "the plan gives the new subnet {subnet} the NSG {new}, and {effect}",
            subnet=switch.subnet,
            new=switch.new,
            effect=NEW_UNKNOWN,
        )
        level = Level.WARNING if selected else Level.ERROR
        yield Finding(rule=RULE, level=level, workspace=workspace, message=message)
        return
    effect = (
        Message("{unknown}", unknown=UNKNOWN)
        if switch.openings is None
        else Message("the new NSG also allows: {openings}", openings=listed({"": switch.openings}))
    )
    text = "the plan gives subnet {subnet} the NSG {new} instead of {old}: {effect}"
    facts: dict[str, Fact] = {"subnet": switch.subnet, "new": switch.new, "old": switch.old, "effect": effect}
    by_file = selected and switch.new != AFTER_APPLY
    level = Level.WARNING if by_file else Level.ERROR
    yield Finding(rule=RULE, level=level, workspace=workspace, message=Message(text, **facts))


def _nsg(side: Mapping[str, Workspace], workspace: str, subnet: str) -> str | None:
    """Return the id of a subnet's NSG in lower case; None for an unknown subnet, and for a subnet without an NSG."""
    inputs = side[workspace].inputs if workspace in side else None
    subnets = inputs.subnets if isinstance(inputs, NetworkInputs) else inline_subnets(inputs)
    ids = {
        one.name.casefold(): one.security_group.resource.id.casefold()
        for one in subnets
        if isinstance(one, BuiltSubnet)
    }
    return ids.get(subnet.casefold())
