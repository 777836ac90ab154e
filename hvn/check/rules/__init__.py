"""The rules of the topology: one a file, found by being in this folder.

A rule module has `RULE` (what is the same in all its findings) and `check(topology) -> Iterator[Breach]`.
To add one: copy a file, give it the next free id of its subject, and add its case file to `tests/check/cases`.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Protocol

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology


class RuleModule(Protocol):
    """What a module of this folder must have."""

    RULE: Rule

    def check(self, topology: Topology) -> Iterator[Breach]:
        """Everything in this topology that breaks the rule."""


def modules() -> list[RuleModule]:
    """All rule modules, in the order of their file names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [import_module(f"{__name__}.{name}") for name in names]


def breaches(topology: Topology) -> Iterator[tuple[Rule, Breach]]:
    """What all rules say of this topology."""
    for module in modules():
        for breach in module.check(topology):
            yield module.RULE, breach
