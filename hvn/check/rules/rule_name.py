"""HVN455 rule-name: two firewall rules have the same name in Azure, or such a name is too long."""

from collections.abc import Iterator

from hvn.check.firewall_rules import written
from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.default_rules import cluster_rules
from hvn.topology.firewall import azure_names, is_application
from hvn.topology.model import NewHub, Topology

RULE = Rule(
    id="HVN455",
    name="rule-name",
    reports="Two firewall rules have the same name in Azure, or a name is too long.",
    why="Azure refuses two rules of a collection with the same name; the name of a rule with different ports for its "
    "protocols ends with each protocol",
    fix="rename the rule",
    example="""\
spokes:
  orders:
    firewall_rules:
      web.tcp: {sources: [spokes.orders], service_tags: [Storage], ports: [tcp/443], reason: web}
      web: {sources: [spokes.orders], service_tags: [AzureMonitor], ports: [tcp/443, udp/53], reason: web}
""",
    see="https://learn.microsoft.com/azure/firewall/policy-rule-sets",
)
LONGEST = 80


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each rule of the file with such a name. This project creates no rules in an existing hub."""
    if not isinstance(topology.hub, NewHub):
        return
    used: dict[tuple[str, bool, str], str] = {}
    for owner, spoke in topology.spokes.items():
        # Only these names can be names of this project's rules for clusters.
        if not spoke.vnet_of and any(key.casefold().startswith("cluster.") for key in spoke.firewall_rules):
            used |= {(owner, True, rule.name.casefold()): "" for rule in cluster_rules(topology, owner)}
    for one in written(topology):
        key = str(one.path[-1])
        for name in azure_names(key, one.rule):
            other = used.setdefault((one.owner, is_application(one.rule), name.casefold()), key)
            if other != key:
                message = (
                    Message("the rule {other} also has the name {name} in Azure", other=other, name=name)
                    if other
                    else Message("this project's rule {name} has the same name", name=name)
                )
            elif len(name) > LONGEST:
                message = Message("the name {name} in Azure is longer than {longest}", name=name, longest=LONGEST)
            else:
                continue
            yield Finding(rule=RULE, path=one.path, at_key=True, message=message)
            break
