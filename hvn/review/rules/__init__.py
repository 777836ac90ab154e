"""Load the rules of the review. Every module of this folder is one rule.

A module has `RULE`, `LABEL` (a label of hvn/review/labels.py) and `check(context) -> Iterator[Finding]`. To add a rule:
follow docs/contributing.md. If the topology shows the change, a rule reads the topology, so that the rule works without
a plan. `TYPES` lists the resource types that a rule reports if a plan destroys them; HVN907 reports all others.
`LOSSES` maps a resource type to the impact of its loss (hvn/review/losses.py).
"""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Protocol

from hvn.diagnostics.finding import Finding, Level, Rule
from hvn.review.context import Context


class RuleModule(Protocol):
    """The functions and constants that each module of this folder has."""

    RULE: Rule
    LABEL: str

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield the rule's findings about the change."""


@cache
def modules() -> tuple[RuleModule, ...]:
    """Return all rule modules in the order of their ids."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    rules: list[RuleModule] = [import_module(f"{__name__}.{name}") for name in names]
    return tuple(sorted(rules, key=lambda module: module.RULE.id))


def findings(context: Context) -> tuple[Finding, ...]:
    """Return the findings of all rules: errors first, then by the rule's id, then in the rule's own order."""
    reported = [finding for module in modules() for finding in module.check(context)]
    return tuple(sorted(reported, key=lambda finding: (finding.severity is not Level.ERROR, finding.rule.id)))
