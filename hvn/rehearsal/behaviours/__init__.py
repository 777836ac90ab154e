"""Load the behaviours of the clouds: each file contains one behaviour.

A behaviour is a module with at least one of these mappings. A mapping assigns a function that takes a `Change` to a
resource type, or to `azurerm_*` for all types of a provider:

    PLAN     may refuse or change a plan
    CREATE   may refuse or change a new resource
    UPDATE   may refuse or change an update in place
    DELETE   may refuse a deletion
    READ     may refuse a refresh, or change the refreshed resource
    LOOK_UP  may refuse a data source, change its result, or warn

The module's docstring states the behaviour of the real cloud, with its source. The rehearsal loads every module of this
package.
"""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from hvn.rehearsal.cloud import Cloud, Object

# The names of the mappings that a behaviour may define.
HOOKS = ("PLAN", "CREATE", "UPDATE", "DELETE", "READ", "LOOK_UP")


class Refusal(Exception):
    """The cloud refuses a change, with the summary and the detail of the provider's error."""

    def __init__(self, summary: str, detail: str = "") -> None:
        super().__init__(summary)
        self.detail = detail


@dataclass(slots=True)
class Change:
    """A change of a resource, or the read of a data source, that Terraform requests.

    `before` is the prior state; `after` is the planned state or the state after the apply. A behaviour may change the
    members of `after`. If the resource does not exist, the state is empty. For a data source, `before` is the
    configuration and `after` is the resource that the data source reads. `provider` is the configuration of the
    provider's instance; `place` is the cluster or Vault namespace of the instance. `warnings` has pairs of summary and
    detail for the user. `need` records a dependency, which the configuration must declare (order.py).
    """

    kind: str
    cloud: Cloud
    before: Object = field(default_factory=dict)
    after: Object = field(default_factory=dict)
    provider: Object = field(default_factory=dict)
    place: str = ""
    warnings: list[tuple[str, str]] = field(default_factory=list)
    needs: list[list[tuple[str, str]]] = field(default_factory=list)
    turns: list[tuple[str, str]] = field(default_factory=list)
    planned: Object = field(default_factory=dict)
    """At apply, the planned state. Values that the cloud sets are unknown in this state."""
    replaces: list[tuple[str | int, ...]] = field(default_factory=list)
    """Paths of changed arguments that force a replacement. A function of PLAN may add paths."""

    def need(self, *resources: tuple[str, str]) -> None:
        """Record that this change needs one of these resources, identified by type and id, in the same cluster or Vault
        namespace."""
        self.needs.append(list(resources))

    def take_turns(self, kind: str, id_: str) -> None:
        """Record that the cloud refuses this change while another workspace writes this resource."""
        self.turns.append((kind, id_))


def refused_by_azure(change: Change, why: str) -> Refusal:
    """Return the refusal of a write. `why` is a text of the rehearsal, because Azure's message is unknown."""
    return Refusal(
        f"creating/updating {change.kind} {change.after['name']}: unexpected status 400 (400 Bad Request)",
        f"In the rehearsal's words: {why}",
    )


Behaviour = Callable[[Change], None]


def behave(hook: str, change: Change) -> None:
    """Run the functions of a mapping, such as `CREATE`, for the type of the change. Raises `Refusal` if a behaviour
    refuses the change."""
    for kind in (f"{change.kind.partition('_')[0]}_*", change.kind):
        for behaviour in _behaviours().get((hook, kind), ()):
            behaviour(change)


@cache
def _behaviours() -> Mapping[tuple[str, str], tuple[Behaviour, ...]]:
    behaviours: dict[tuple[str, str], tuple[Behaviour, ...]] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        loaded = import_module(f"{__name__}.{module.name}")
        for hook in HOOKS:
            for kind, behaviour in getattr(loaded, hook, {}).items():
                behaviours[hook, kind] = (*behaviours.get((hook, kind), ()), behaviour)
    return behaviours
