"""The rules of the topology, one file each: every module of this folder is a rule.

A module has `RULE` (the texts that all its findings share) and `check(topology) -> Iterator[Finding]`. To add a rule:
follow docs/contributing.md.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Protocol

from hvn.diagnostics.finding import Finding, Rule
from hvn.topology.model import Topology


class RuleModule(Protocol):
    """A module of this folder."""

    RULE: Rule

    def check(self, topology: Topology) -> Iterator[Finding]:
        """Yield the rule's findings about this topology."""


def modules() -> list[RuleModule]:
    """Return all rule modules, in the order of their file names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [import_module(f"{__name__}.{name}") for name in names]


def findings(topology: Topology) -> Iterator[Finding]:
    """Yield the findings of all rules about this topology."""
    for module in modules():
        yield from module.check(topology)
