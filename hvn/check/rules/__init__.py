"""The rules of the topology, one file each: every module of this folder is a rule.

A module has `RULE` (the texts that all its findings share) and `check(topology) -> Iterator[Finding]`. To add a rule:
follow docs/contributing.md.
"""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Protocol

from hvn.check.invalid import NeedsInvalid
from hvn.diagnostics.finding import Finding, Rule
from hvn.topology.model import Topology


class RuleModule(Protocol):
    """The functions and constants that each module of this folder has."""

    RULE: Rule

    def check(self, topology: Topology) -> Iterator[Finding]:
        """Yield the rule's findings about this topology."""


@cache
def modules() -> tuple[RuleModule, ...]:
    """Return all rule modules, in the order of their file names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}") for name in names)


def findings(topology: Topology) -> Iterator[Finding]:
    """Yield the findings of all rules about this topology."""
    for module in modules():
        yield from module.check(topology)


def possible_findings(whole: Topology | None, without_items: Topology | None) -> tuple[list[Finding], int]:
    """Return the findings of all rules that can check a file with invalid values, and the number of the other rules.

    `whole` has a placeholder for each invalid value. A rule that uses such a value checks `without_items` instead,
    which lacks the spokes, networks and firewall rules with an invalid value.
    """
    reported: list[Finding] = []
    skipped = 0
    for module in modules():
        for topology in (whole, None if module.RULE.needs_all_items else without_items):
            possible = _possible(module, topology) if topology else None
            if possible is not None:
                reported += possible
                break
        else:
            skipped += 1
    return reported, skipped


def _possible(module: RuleModule, topology: Topology) -> list[Finding] | None:
    """Return the rule's findings; None if the rule needs an invalid value."""
    try:
        # The hash of a finding fails for a placeholder in its message.
        return list(dict.fromkeys(module.check(topology)))
    except (NeedsInvalid, TypeError):  # functions in C check the type of the placeholder themselves
        return None
