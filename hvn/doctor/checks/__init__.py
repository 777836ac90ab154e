"""The checks of `hvn doctor`. Each module in this folder is one check.

A module has `RULE` and `check(context) -> Iterator[Finding]`. Each finding has the level PASS, ERROR or NOT_CHECKED. A
finding without PASS has a `fix`: the next command or step. No finding shows the value of a credential.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Protocol

from hvn.diagnostics.finding import Finding, Level, Rule
from hvn.diagnostics.message import Message
from hvn.doctor.context import Context, Unanswered


class CheckModule(Protocol):
    """A module of this folder."""

    RULE: Rule

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield one finding for each tool, credential or object that the rule checks."""


def modules() -> list[CheckModule]:
    """Return all check modules, in the order of their ids."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    checks: list[CheckModule] = [import_module(f"{__name__}.{name}") for name in names]
    return sorted(checks, key=lambda module: module.RULE.id)


def findings(module: CheckModule, context: Context) -> list[Finding]:
    """Return the findings of one check: a single finding of the level NOT_CHECKED if a tool gives no usable answer."""
    reported: list[Finding] = []
    try:
        reported += module.check(context)
    except Unanswered as error:
        fix = Message("{command}", command=error.command)
        reported.append(Finding(rule=module.RULE, level=Level.NOT_CHECKED, message=error.reason, fix=fix))
    return reported
