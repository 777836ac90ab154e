"""The traffic that the hub's firewall allows with one set of rules and not with another."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from hvn.diagnostics.message import Message, joined
from hvn.kinds.hub.inputs import FirewallInputs
from hvn.topology.firewall import ApplicationRule, NetworkRule

LISTS = {
    "sources": Message("source"),
    "destinations": Message("destination"),
    "fqdns": Message("FQDN"),
    "fqdn_tags": Message("FQDN tag"),
}


@dataclass(frozen=True, slots=True)
class Excess:
    """Values that these rules have on one side only. `whole` is true if the other side has no rule of this name."""

    rules: tuple[str, ...]
    values: Message
    whole: bool


def excess(here: FirewallInputs, there: FirewallInputs) -> Iterator[Excess]:
    """Yield the rules and values that only `here` has. Existing rules with the same extra values share one item."""
    others = {rule.name: rule for rule in _rules(there)}
    wider: dict[Message, list[str]] = {}
    for rule in _rules(here):
        values = joined(list(_more(rule, others.get(rule.name))))
        if rule.name not in others:
            yield Excess((rule.name,), values, whole=True)
        elif values:
            wider.setdefault(values, []).append(rule.name)
    for values, names in wider.items():
        yield Excess(tuple(names), values, whole=False)


def _rules(firewall: FirewallInputs) -> tuple[NetworkRule | ApplicationRule, ...]:
    return (*firewall.network_rules, *firewall.application_rules)


def _more(here: NetworkRule | ApplicationRule, there: NetworkRule | ApplicationRule | None) -> Iterator[Message]:
    """Yield the values that only this rule has. Ports are constants of hvn/topology/firewall.py."""
    for name, role in LISTS.items():
        others = getattr(there, name, ())
        more = [value for value in getattr(here, name, ()) if not any(_covers(other, value) for other in others)]
        if more:
            yield Message("{role} {values}", role=role, values=more)


def _covers(one: str, other: str) -> bool:
    """Return whether both values are equal, or `one` is a range that contains `other`."""
    if one == other:
        return True
    try:
        return IPv4Network(other).subnet_of(IPv4Network(one))
    except ValueError:
        return False
