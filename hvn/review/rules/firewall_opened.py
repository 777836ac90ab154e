"""HVN916: the hub's firewall lets something through that it did not."""

from collections.abc import Iterator

from hvn.review.markdown import code, codes
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Level, Rule
from hvn.topology.inputs import ApplicationRule, FirewallInputs, HubInputs, NetworkRule

RULE = Rule(
    id="HVN916",
    name="firewall-opened",
    level=Level.WARNING,
    why="every spoke's way out leads through it, and its rules are by pools: what one may, all of the pool may",
    see="docs/reference/facts.md",
)
LISTS = {"sources": "as source", "destinations": "as destination", "fqdns": "as name", "fqdn_tags": "as tag"}


def check(situation: Situation) -> Iterator[Said]:
    """Rules that are new, or have more sources or destinations; those that take the same more are told together."""
    for workspace, before, after in situation.pairs(HubInputs):
        if after is None:
            continue
        old = {each.name: each for each in _rules(before.firewall)}
        wider: dict[tuple[str, ...], list[str]] = {}
        for rule in _rules(after.firewall):
            known = old.get(rule.name)
            more = tuple(_more(known, rule))
            if known is None:
                yield Said(workspace=workspace.id, text=f"new rule {code(rule.name)}: {'; '.join(more)}")
            elif more:
                wider.setdefault(more, []).append(rule.name)
        for more, names in wider.items():
            rules, take = ("rule", "takes") if len(names) == 1 else ("rules", "take")
            yield Said(workspace=workspace.id, text=f"{rules} {codes(names)} also {take} {'; '.join(more)}")


def _rules(firewall: FirewallInputs) -> tuple[NetworkRule | ApplicationRule, ...]:
    return (*firewall.network_rules, *firewall.application_rules)


def _more(before: NetworkRule | ApplicationRule | None, after: NetworkRule | ApplicationRule) -> Iterator[str]:
    """What it lists and did not, as Markdown. No edit changes a rule's port: hvn/topology/firewall.py has it."""
    for name, role in LISTS.items():
        more = [each for each in getattr(after, name, ()) if each not in getattr(before, name, ())]
        if more:
            yield f"{codes(more, len(more))} {role}"
