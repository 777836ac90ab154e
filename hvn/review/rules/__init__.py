"""The rules of the review: one a file, found by being in this folder.

A module has `RULE` and `check(situation) -> Iterator[Said]`. To add one: copy a file, give it the next free id, and
add an edit that it speaks of to `tests/review/edits.py`. What a rule can tell from the topology it tells from there:
then it is told where the plan is not there, too. What a plan destroys is told whatever the topology shows: by the rule
whose `TYPES` have the type, else by HVN907. `GOES` says by type what goes with it (hvn/review/destroyed.py).
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Protocol

from hvn.diagnostics.finding import Level, Rule
from hvn.review.context import Notice, Said, Situation


class RuleModule(Protocol):
    """What a module of this folder must have."""

    RULE: Rule

    def check(self, situation: Situation) -> Iterator[Said]:
        """Everything in this change that the rule speaks of."""


def modules() -> list[RuleModule]:
    """All rule modules, in the order of their ids."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found: list[RuleModule] = [import_module(f"{__name__}.{name}") for name in names]
    return sorted(found, key=lambda each: each.RULE.id)


def notices(situation: Situation) -> tuple[Notice, ...]:
    """What all rules say: errors first, each rule's in a fixed order."""
    found = [Notice(module.RULE, said) for module in modules() for said in module.check(situation)]
    return tuple(sorted(found, key=lambda each: (each.rule.level is not Level.ERROR, each.rule.id)))
