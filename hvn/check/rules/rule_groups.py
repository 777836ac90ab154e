"""HVN424 rule-groups: the firewall policy has more rule collection groups than Azure allows."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology import locations
from hvn.topology.firewall import dnat_group, has_group, hub_groups
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN424",
    name="rule-groups",
    level=Level.WARNING,
    reports=(
        "The firewall policy needs too many rule collection groups: one for each spoke with a cluster or "
        "firewall rules."
    ),
    why="Azure allows 90 rule collection groups in a policy; the apply of the 91st group fails",
    fix="move rules to hub.firewall_rules, or ask Azure support for a higher limit",
    example="""\
spokes: # and so on, to s89
  analytics: {firewall_rules: {logs: {sources: [spokes.analytics], service_tags: [AzureMonitor], ports: [tcp/443], \
reason: logs}}}
""",
    see="https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits",
)
LIMIT = 90


def check(topology: Topology) -> Iterator[Finding]:
    """Yield one finding if the policy needs more than 90 groups."""
    if locations.new_firewall(topology) is None:
        return
    spokes = sum(has_group(topology, name) for name in topology.spokes)
    groups = spokes + len(hub_groups(topology)) + bool(dnat_group(topology))
    if groups > LIMIT:
        yield Finding(
            rule=RULE,
            path=("spokes",),
            at_key=True,
            message=Message(
                "the firewall policy has {groups} rule collection groups, {spokes} of them for spokes",
                groups=groups,
                spokes=spokes,
            ),
            fix=Message(
                "keep at most {limit}: move rules to hub.firewall_rules, or ask Azure support for a higher limit",
                limit=LIMIT,
            ),
        )
