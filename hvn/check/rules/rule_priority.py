"""HVN423 rule-priority: two spokes have the same firewall priority, or a priority has no effect."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field, LineOf
from hvn.topology import locations
from hvn.topology.firewall import SPOKE_PRIORITIES, has_group, spoke_priority
from hvn.topology.model import ExistingHub, Topology

RULE = Rule(
    id="HVN423",
    name="rule-priority",
    reports="Two spokes have the same firewall priority, or a firewall_priority has no effect.",
    why="two rule collection groups of a policy must have different priorities",
    fix="set another firewall_priority in one spoke; remove a firewall_priority without effect",
    example="""\
spokes:
  payments: {firewall_priority: 20000}
  orders: {firewall_priority: 20000}
""",
    see="docs/how-to/open-a-firewall-rule.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each priority that another spoke also has, and for each firewall_priority without a rule
    collection group."""
    used: dict[int, str] = {}
    # Spokes with an explicit priority come first, so the finding is about the spoke with the computed priority.
    for name, spoke in sorted(topology.spokes.items(), key=lambda item: item[1].firewall_priority is None):
        at: Path = ("spokes", name, "firewall_priority")
        if locations.new_firewall(topology) is None or not has_group(topology, name):
            if spoke.firewall_priority is not None:
                yield Finding(rule=RULE, path=at, message=_unused(topology), fix=Message("remove firewall_priority"))
            continue
        number = spoke_priority(name, spoke)
        other = used.setdefault(number, name)
        if other != name:
            free = next(one for one in SPOKE_PRIORITIES[10000:] if one not in used)
            yield Finding(
                rule=RULE,
                path=at if spoke.firewall_priority is not None else at[:2],
                at_key=spoke.firewall_priority is None,
                message=Message(
                    "{spoke} and {other} (line {line}) both have the priority {number}",
                    spoke=Field(at[:2]),
                    number=number,
                    other=Field(("spokes", other)),
                    line=LineOf(("spokes", other)),
                ),
                fix=Message("set firewall_priority: {free} in {spoke}", free=free, spoke=Field(at[:2])),
            )


def _unused(topology: Topology) -> Message:
    if locations.firewall_ip(topology) is None:
        return Message("the hub has no firewall")
    if isinstance(topology.hub, ExistingHub):
        return Message("the owner of the existing hub sets the priorities in the hub's policy")
    return Message("the spoke has no firewall rules and no cluster, so it has no rule collection group")
