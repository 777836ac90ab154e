"""What `hvn doctor` looks at. A check is a module of this folder with a function `check`; its docstring says why."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from hvn.doctor.context import Situation, Unanswered
from hvn.doctor.said import Said, not_checked


def checks() -> Iterator[tuple[str, str]]:
    """Name and purpose of every check, by file."""
    for name in sorted(module.name for module in pkgutil.iter_modules(__path__)):
        yield name, (import_module(f"{__name__}.{name}").__doc__ or "").strip().splitlines()[0]


def findings(name: str, situation: Situation) -> list[Said]:
    """What one check says. What it could not ask is `not checked`."""
    found: list[Said] = []
    try:
        found += import_module(f"{__name__}.{name}").check(situation)
    except Unanswered as error:
        found.append(not_checked(name.replace("_", " "), str(error), error.then))
    return found
