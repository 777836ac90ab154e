"""HVN421 rule-form: the fields of a firewall rule contradict each other."""

from collections.abc import Iterator

from hvn.check.firewall_rules import Written, written
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.topology.firewall import APPLICATION, port_range
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN421",
    name="rule-form",
    reports=(
        "A firewall rule has no destinations, several kinds of destinations, or a service tag or ports that Azure does "
        "not support there."
    ),
    why="a rule of Azure Firewall is a network rule (tcp, udp, icmp) or an application rule (https, http, mssql), and "
    "has one kind of destination",
    fix="split the rule, or use ports that its destinations support",
    example="""\
spokes:
  orders:
    firewall_rules:
      packages:
        sources: [spokes.orders]
        fqdns: [packages.example.com]
        service_tags: [Storage]
        ports: [tcp/443]
        reason: build
""",
    see="https://learn.microsoft.com/azure/firewall/policy-rule-sets",
)

DESTINATIONS = ("destinations", "service_tags", "fqdns", "fqdn_tags")
# These tags have no public ranges of a service (learn.microsoft.com/azure/virtual-network/service-tags-overview, column
# "Can use with Azure Firewall"). Microsoft adds support for tags of services, so this list has none of these.
NOT_IN_FIREWALL = {
    tag.casefold(): tag
    for tag in (
        "AzureLoadBalancer",
        "AzurePlatformDNS",
        "AzurePlatformIMDS",
        "AzurePlatformLKM",
        "GatewayManager",
        "Internet",
        "VirtualNetwork",
    )
}
PLATFORM = Message("this tag is for NSG rules; Microsoft lists no support in Azure Firewall")
# The limit is `validation.IntBetween(0, 64000)` in firewall_policy_rule_collection_group_resource.go, azurerm 4.55.0.
LAST_APPLICATION_PORT = 64000


def check(topology: Topology) -> Iterator[Finding]:
    """Yield the findings about destinations and ports of each rule."""
    for one in written(topology):
        yield from _tags(one)
        for path, message, fix in _problems(one):
            yield Finding(rule=RULE, path=(*one.path, *path), message=message, fix=fix)


def _tags(one: Written) -> Iterator[Finding]:
    for index, tag in enumerate(one.rule.service_tags):
        if tag.casefold() in NOT_IN_FIREWALL:
            yield Finding(
                rule=RULE,
                path=(*one.path, "service_tags", index),
                message=Message("Azure Firewall does not support the service tag {tag}", tag=tag),
                why=PLATFORM,
                fix=Message("write ranges in destinations"),
            )


def _problems(one: Written) -> Iterator[tuple[Path, Message, Message]]:
    rule = one.rule
    kinds = [name for name in DESTINATIONS if getattr(rule, name)]
    if len(kinds) != 1:
        message = Message("the rule has {kinds}", kinds=kinds) if kinds else Message("the rule has no destination")
        yield (), message, Message("set exactly one of {destinations}", destinations=DESTINATIONS)
        return
    application = [text.partition("/")[0] in APPLICATION for text in rule.ports]
    if len(set(application)) == 2:
        fix = Message("write one rule for https, http and mssql, and another for tcp, udp and icmp")
        yield ("ports",), Message("the ports {ports} need two kinds of rules", ports=rule.ports), fix
        return
    (kind,) = kinds
    if kind in ("destinations", "service_tags") and application[0]:
        fix = Message("use tcp or udp: a network rule does not read host names")
        yield ("ports",), Message("{ports} need host names in fqdns", ports=rule.ports), fix
    if kind == "fqdn_tags" and not application[0]:
        fix = Message("use https/443 and http/80")
        yield ("ports",), Message("FQDN tags need https or http, not {ports}", ports=rule.ports), fix
    yield from _ports(one)
    if kind == "fqdns" and not application[0]:
        for index, fqdn in enumerate(rule.fqdns):
            if fqdn.startswith("*"):
                fix = Message("write the whole host name, or use https, http or mssql")
                message = Message(
                    "{fqdn} is a pattern, and tcp and udp need a host name that the firewall can resolve", fqdn=fqdn
                )
                yield ("fqdns", index), message, fix


def _ports(one: Written) -> Iterator[tuple[Path, Message, Message]]:
    for index, text in enumerate(one.rule.ports):
        protocol, _, port = text.partition("/")
        if port:
            first, last = port_range(port)
            if last < first:
                fix = Message("write {text}", text=f"{protocol}/{last}-{first}")
                yield ("ports", index), Message("the first port of {text} is higher than the last port", text=text), fix
            elif protocol in APPLICATION and last > LAST_APPLICATION_PORT:
                fix = Message("use a port up to {last}, or tcp", last=LAST_APPLICATION_PORT)
                yield ("ports", index), Message("azurerm refuses {text} at plan", text=text), fix
