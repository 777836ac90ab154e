"""Collect all rules of `hvn check`, `hvn keys`, `hvn doctor` and `hvn review` in one registry.

The registry contains every `Rule` in a module of these packages. Only `hvn rule` and the generated pages use the
registry, because the import of all modules with rules is slow.
"""

import difflib
import pkgutil
import types
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module

from hvn.diagnostics.finding import Rule

OWN = "Your own rules (`rules/` beside the topology file)"
PACKAGES = ("hvn.yamlfile", "hvn.topology", "hvn.check", "hvn.keys", "hvn.doctor", "hvn.review.rules")

GROUPS = {
    "0": "The file itself: YAML, text, shape",
    "1": "Ranges and addresses",
    "2": "Names and tags",
    "3": "References and existing resources",
    "4": "Routing",
    "5": "Clusters",
    "6": "Vault and the apps",
    "7": "This machine and the clusters (`hvn doctor`)",
    "8": "A cluster's public keys (`hvn keys check`)",
    "9": "The effects of a change (`hvn review`)",
}
"""The heading of each group of rules, by the first digit of the rule ids."""


@cache
def rules() -> Mapping[str, Rule]:
    """Return all rules by id, in the order of the ids.

    Raises `LookupError` if two rules have the same id or the same name, or if an id belongs to no group.
    """
    by_id: dict[str, Rule] = {}
    for module in _modules():
        for rule in vars(module).values():
            if isinstance(rule, Rule) and (other := by_id.setdefault(rule.id, rule)) != rule:
                raise LookupError(f"the rules {other.name} and {rule.name} have the id {rule.id}")
    names = [rule.name for rule in by_id.values()]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise LookupError(f"several rules have the name {', '.join(sorted(repeated))}")
    if strays := sorted(id_ for id_ in by_id if id_[3] not in GROUPS):
        raise LookupError(f"no group for {', '.join(strays)}")
    return dict(sorted(by_id.items()))


def groups(known: Iterable[Rule]) -> Mapping[str, tuple[Rule, ...]]:
    """Return the rules of each group by its heading, in the order of `known`."""
    by_group: dict[str, tuple[Rule, ...]] = {}
    for rule in known:
        by_group[group_of(rule)] = (*by_group.get(group_of(rule), ()), rule)
    return by_group


def group_of(rule: Rule) -> str:
    """Return the heading of the rule's group."""
    return GROUPS[rule.id[3]] if rule.id.startswith("HVN") else OWN


def find(name: str, known: Iterable[Rule]) -> Rule | None:
    """Return the rule with this id or name, without regard to case. Return None if the id or name is unknown."""
    return next((rule for rule in known if name.lower() in (rule.id.lower(), rule.name)), None)


def near(name: str, known: Iterable[Rule], limit: int = 3) -> tuple[Rule, ...]:
    """Return the rules with an id or name similar to this name, the most similar rule first."""
    labels = {label: rule for rule in known for label in (rule.id.lower(), rule.name)}
    matches = difflib.get_close_matches(name.lower(), list(labels), n=limit)
    return tuple(labels[match] for match in matches)


def _modules() -> Iterator[types.ModuleType]:
    """Import and yield all modules of the packages with rules."""
    for name in PACKAGES:
        package = import_module(name)
        yield package
        for info in pkgutil.walk_packages(package.__path__, f"{name}."):
            yield import_module(info.name)
