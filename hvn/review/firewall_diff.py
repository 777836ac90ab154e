"""What the hub's firewall lets through with one set of rules and not with another."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from hvn.kinds.hub.inputs import FirewallInputs
from hvn.review.markdown import codes
from hvn.topology.firewall import ApplicationRule, NetworkRule

LISTS = {"sources": "as source", "destinations": "as destination", "fqdns": "as name", "fqdn_tags": "as tag"}


@dataclass(frozen=True, slots=True)
class Passes:
    """What rules take, as Markdown, that rules of these names do not take on the other side; `whole` if there is no
    such rule there.
    """

    rules: tuple[str, ...]
    what: str
    whole: bool


def only(here: FirewallInputs, there: FirewallInputs) -> Iterator[Passes]:
    """What passes here and not there. Rules that take the same more are told together."""
    known = {each.name: each for each in _rules(there)}
    wider: dict[str, list[str]] = {}
    for rule in _rules(here):
        what = "; ".join(_more(rule, known.get(rule.name)))
        if rule.name not in known:
            yield Passes((rule.name,), what, whole=True)
        elif what:
            wider.setdefault(what, []).append(rule.name)
    for what, names in wider.items():
        yield Passes(tuple(names), what, whole=False)


def _rules(firewall: FirewallInputs) -> tuple[NetworkRule | ApplicationRule, ...]:
    return (*firewall.network_rules, *firewall.application_rules)


def _more(here: NetworkRule | ApplicationRule, there: NetworkRule | ApplicationRule | None) -> Iterator[str]:
    """What it lists and the other does not. No edit changes a rule's port: hvn/topology/firewall.py has it."""
    for name, role in LISTS.items():
        known = getattr(there, name, ())
        more = [each for each in getattr(here, name, ()) if not any(_covers(one, each) for one in known)]
        if more:
            yield f"{codes(more, len(more))} {role}"


def _covers(one: str, other: str) -> bool:
    """Whether the same, or a range within a range."""
    if one == other:
        return True
    try:
        return IPv4Network(other).subnet_of(IPv4Network(one))
    except ValueError:
        return False
