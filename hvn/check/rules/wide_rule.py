"""HVN427 wide-rule: a firewall rule allows more than the objects of the file need."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.check.firewall_rules import Net, Written, Zone, Zones, written
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN427",
    name="wide-rule",
    level=Level.WARNING,
    reports="A firewall rule allows all ports or host names, many public addresses, or a range wider than its objects.",
    why="the rule allows more traffic than the objects of the file need, for example traffic of a later spoke",
    fix="write the ports, host names and objects that the traffic needs",
    example="""\
hub:
  firewall_rules:
    partner: {sources: [address_pools.spokes], destinations: [198.51.100.0/24], ports: [tcp/*], reason: updates}
""",
    see="https://learn.microsoft.com/azure/firewall/firewall-best-practices",
)
# The largest private block is 10.0.0.0/8. A shorter prefix contains many public addresses.
LARGEST = 8
WIDE_TAGS = ("AzureCloud", "Internet")
SHOWN = 5


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each value that is too wide."""
    zones: Zones | None = None
    for one in written(topology):
        for index, port in enumerate(one.rule.ports):
            if port.endswith("*"):
                yield _finding(one, ("ports", index), Message("{port} allows every port", port=port))
        for index, fqdn in enumerate(one.rule.fqdns):
            if fqdn == "*":
                message = Message("{fqdn} allows every host name, also of private addresses", fqdn=fqdn)
                yield _finding(one, ("fqdns", index), message)
        for index, tag in enumerate(one.rule.service_tags):
            if tag.partition(".")[0] in WIDE_TAGS:
                message = Message("the service tag {tag} contains addresses of other customers", tag=tag)
                yield _finding(one, ("service_tags", index), message)
        for side in ("sources", "destinations"):
            for index, place in enumerate(getattr(one.rule, side)):
                if place[:1].isdigit():
                    zones = zones or Zones(topology)
                    yield from _range(zones, one, (side, index), IPv4Network(place))


def _range(zones: Zones, one: Written, at: Path, cidr: IPv4Network) -> Iterator[Finding]:
    if cidr.prefixlen < LARGEST:
        yield _finding(one, at, Message("{cidr} contains many public addresses", cidr=cidr))
        return
    inside = [(range_, zone) for range_, zone in zones.overlapping(cidr) if range_ != cidr and range_.subnet_of(cidr)]
    if inside:
        objects = list(dict.fromkeys(_object(zone) for _, zone in inside))
        yield Finding(
            rule=RULE,
            path=(*one.path, *at),
            message=Message(
                "{cidr} is wider than the objects inside this range: {objects}", cidr=cidr, objects=objects[:SHOWN]
            ),
            fix=Message("write {objects} instead of {cidr}", objects=objects[:SHOWN], cidr=cidr),
        )


def _object(zone: Zone) -> str:
    if zone.net is Net.HVN:
        return "vault"
    return "hub.runners" if zone.net is Net.HUB else f"{zone.net.value}.{zone.name}"


def _finding(one: Written, at: Path, message: Message) -> Finding:
    return Finding(rule=RULE, path=(*one.path, *at), message=message)
