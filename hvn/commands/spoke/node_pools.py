"""The nodes of a new cluster: the options `--node-size` and `--node-pool`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from hvn.commands.spoke.conversion import valid
from hvn.diagnostics.printable import printable
from hvn.topology.fields import NodePoolName, VmSize
from hvn.yamlfile.writing import OneLine

FORM = "NAME=SIZE:MIN-MAX"
_FORM = re.compile(r"(?P<name>[^=]+)=(?P<size>[^:]+):(?P<min>[0-9]{1,4})-(?P<max>[0-9]{1,4})")


@dataclass(frozen=True, slots=True)
class NewPool:
    """An additional node pool of a new cluster."""

    name: str
    vm_size: str
    min_count: int
    max_count: int

    def __str__(self) -> str:
        return f"{self.name}={self.vm_size}:{self.min_count}-{self.max_count}"


def options(default_size: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds the options to a command. `default_size` describes the default of `--node-size`."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        size = f"The VM size of its nodes.  [default: {default_size}]"
        pool = click.option(
            "--node-pool",
            "node_pools",
            multiple=True,
            metavar=FORM,
            callback=lambda _context, _parameter, values: pools_of(values, "--node-pool: "),
            help="An additional node pool, repeatable.",
        )
        return click.option("--node-size", metavar="SIZE", help=size)(pool(command))

    return decorate


def pools_of(values: Sequence[str], place: str = "") -> tuple[NewPool, ...]:
    """Return the pools of the values of an option or an answer; `place` is the beginning of error messages. Raises
    `UsageError` for an invalid value."""
    pools: dict[str, NewPool] = {}
    for value in values:
        words = _FORM.fullmatch(value)
        if words is None:
            raise click.UsageError(f"{place}{printable(value)} is not {FORM}, such as apps=Standard_D8s_v5:1-5")
        option = "node_pool" if place else ""
        name = valid(NodePoolName, option)(words["name"])
        if name in pools:
            raise click.UsageError(f"{place}{printable(value)} is the second pool with this name")
        size = valid(VmSize, option)(words["size"])
        pools[name] = NewPool(name, size, int(words["min"]), int(words["max"]))
    return tuple(pools.values())


def fields(pools: Sequence[NewPool]) -> Mapping[str, Any]:
    """Return the field `node_pools` of a cluster; no field without pools."""
    written = {
        pool.name: OneLine(vm_size=pool.vm_size, min_count=pool.min_count, max_count=pool.max_count) for pool in pools
    }
    return {"node_pools": written} if pools else {}
