"""The firewall rule or NSG rule that a blocked connection lacks, as YAML for the topology file."""

from hvn.reach.answer import Answer
from hvn.reach.network import HUB, HVNS, ON_PREMISES, RUNNERS, VAULT, Place
from hvn.topology.security import HVN_IN, HVN_IN_PRIORITY


def missing_rule(answer: Answer) -> str:
    """Return the YAML of the missing rule with its place in the file, or an empty text if no rule would allow the
    connection."""
    if answer.request.closed_to_hvn:
        return _nsg_rule(answer)
    if not answer.request.rule_missing:
        return ""
    source, destination = answer.source, answer.destination
    spoke = next((place.network for place in (source, destination) if _in_spoke(place)), "")
    name = f"{_short(source)}-to-{_short(destination)}"[:60].strip("-")
    lines = ["spokes:", f"  {spoke}:", "    firewall_rules:"] if spoke else ["hub:", "  firewall_rules:"]
    indent = " " * (len(lines) * 2)
    rule = (
        f"{name}:",
        f"  sources: [{_object(source)}]",
        f"  destinations: [{_object(destination)}]",
        f"  ports: [tcp/{answer.port}]",
        "  reason: why the connection is needed",
    )
    return "\n".join([*lines, *(f"{indent}{line}" for line in rule)])


def _nsg_rule(answer: Answer) -> str:
    """Return a rule that precedes hvn-in. The node subnet of a cluster has no rules of the file, so the result is empty
    for it, and for an NSG without a free priority before hvn-in."""
    place = answer.destination
    rules = (place.nsg.rules if place.nsg else None) or ()
    used = {rule.priority for rule in rules}
    # With the range of the backup HVN, which Vault uses after a failover.
    hvns = next((rule.sources for rule in rules if rule.name == HVN_IN), (str(answer.source.cidr),))
    free = [priority for priority in range(100, HVN_IN_PRIORITY) if priority not in used]
    if not place.in_file or not free:
        return ""
    lines = (
        "spokes:",
        f"  {place.network}:",
        "    subnets:",
        f"      {place.in_file}:",
        f"        cidr: {place.cidr}",
        "        rules:",
        f"          {VAULT}-{answer.port}:",
        f"            priority: {free[0]}",
        f"            source: [{', '.join(hvns)}]",
        f'            ports: ["{answer.port}"]',
    )
    return "\n".join(lines)


def _in_spoke(place: Place) -> bool:
    return place.network not in (HUB, *HVNS, ON_PREMISES)


def _object(place: Place) -> str:
    """Return the place's path in the file."""
    if place.name in (RUNNERS, VAULT):
        return "hub.runners" if place.name == RUNNERS else VAULT
    return place.name if "." in place.name else f"spokes.{place.name}"


def _short(place: Place) -> str:
    return place.name.rpartition(".")[2]
