"""Load the checks of `hvn doctor`. Each module in this folder is one check.

A module has `RULE` and `check(context) -> Iterator[Finding]`. Each finding has the level PASS, ERROR or NOT_CHECKED. A
finding with a level other than PASS has a `fix`: the next command or step. Findings never show the value of a
credential.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Protocol

from hvn.diagnostics.finding import Finding, Level, Rule
from hvn.diagnostics.message import Message
from hvn.doctor.context import Context, Unanswered


class CheckModule(Protocol):
    """The parts of a module that this folder's `modules` returns."""

    RULE: Rule

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield one finding for each tool, credential or object that the rule checks."""


ORDER = (
    "tools",
    "credentials",
    "private_endpoints",
    "kubeconfig_mode",
    "cluster_keys",
    "helm_repository",
    "service_accounts",
    "vso_login",
    "vso_secrets",
)
"""The checks in the order of a deployment: each check is useful only after the earlier checks pass."""


def modules() -> list[CheckModule]:
    """Return all check modules, in the order of a deployment."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    return [import_module(f"{__name__}.{name}") for name in sorted(names, key=ORDER.index)]


def findings(module: CheckModule, context: Context) -> list[Finding]:
    """Return the findings of one check, or a single finding of the level NOT_CHECKED if a tool does not return a usable
    answer."""
    reported: list[Finding] = []
    try:
        reported += module.check(context)
    except Unanswered as error:
        fix = Message("{command}", command=error.command)
        reported.append(Finding(rule=module.RULE, level=Level.NOT_CHECKED, message=error.reason, fix=fix))
    return reported
