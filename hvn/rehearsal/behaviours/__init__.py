"""How the clouds behave where this system goes wrong, one behaviour a file.

A behaviour is a module with any of these, each from a resource type, or from `azurerm_*` for all of a provider, to a
function that takes a `Change`:

    PLAN     may refuse a plan, or change what is planned
    CREATE   may refuse what is made, or change it
    UPDATE   the same for a change in place
    DELETE   may refuse that something is taken away
    READ     changes what a refresh reads
    LOOK_UP  what a data source gives: may refuse, warn, or change it

The module's docstring says what happens in the real cloud and where that stands. It is found by being here.
"""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from hvn.rehearsal.cloud import Cloud, Object

# What is no resource but has to be remembered is kept under a type of its own, `hvn:…`.
HOOKS = ("PLAN", "CREATE", "UPDATE", "DELETE", "READ", "LOOK_UP")


class Refusal(Exception):
    """The cloud says no: a summary as the provider words it, and a detail."""

    def __init__(self, summary: str, detail: str = "") -> None:
        super().__init__(summary)
        self.detail = detail


@dataclass(slots=True)
class Change:
    """What Terraform asks of the cloud.

    `before` is what there was, `after` what is planned or made, of which a behaviour may change the members; either
    is empty where there is nothing. For a data source `before` is its configuration and `after` what was found.
    `provider` is the configuration of the provider's instance, `place` the cluster or the Vault namespace that it
    leads to. Pairs of texts in `warnings` are shown to the user. What `need` remembers must come first for a reason
    that stands in the configuration (order.py).
    """

    kind: str
    cloud: Cloud
    before: Object = field(default_factory=dict)
    after: Object = field(default_factory=dict)
    provider: Object = field(default_factory=dict)
    place: str = ""
    warnings: list[tuple[str, str]] = field(default_factory=list)
    needs: list[list[tuple[str, str]]] = field(default_factory=list)
    planned: Object = field(default_factory=dict)
    """At apply: `after` as it was planned. What the cloud decides is unknown in it."""
    replaces: list[tuple[str | int, ...]] = field(default_factory=list)
    """Paths of changed arguments that force a replacement; PLAN may add to them."""

    def need(self, *things: tuple[str, str]) -> None:
        """Remember that this can be made because one of these things is there: each as type and id, in its place."""
        self.needs.append(list(things))


Behaviour = Callable[[Change], None]


def behave(hook: str, change: Change) -> None:
    """Ask the behaviours of a type. Raises `Refusal`."""
    for kind in (f"{change.kind.partition('_')[0]}_*", change.kind):
        for each in _found().get((hook, kind), ()):
            each(change)


@cache
def _found() -> Mapping[tuple[str, str], tuple[Behaviour, ...]]:
    made: dict[tuple[str, str], tuple[Behaviour, ...]] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda each: each.name):
        loaded = import_module(f"{__name__}.{module.name}")
        for hook in HOOKS:
            for kind, behaviour in getattr(loaded, hook, {}).items():
                made[hook, kind] = (*made.get((hook, kind), ()), behaviour)
    return made
