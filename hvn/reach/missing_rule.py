"""The firewall rule that a blocked connection lacks, as YAML for the topology file."""

from hvn.reach.answer import Answer
from hvn.reach.network import HUB, HVNS, ON_PREMISES, RUNNERS, VAULT, Place


def missing_rule(answer: Answer) -> str:
    """Return the YAML of the missing rule with its place in the file, or an empty text if no rule would allow the
    connection."""
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


def _in_spoke(place: Place) -> bool:
    return place.network not in (HUB, *HVNS, ON_PREMISES)


def _object(place: Place) -> str:
    """Return the place's path in the file."""
    if place.name in (RUNNERS, VAULT):
        return "hub.runners" if place.name == RUNNERS else VAULT
    return place.name if "." in place.name else f"spokes.{place.name}"


def _short(place: Place) -> str:
    return place.name.rpartition(".")[2]
