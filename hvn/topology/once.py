"""Compute a value once for a topology, because several rules need it."""

from collections.abc import Callable
from typing import TypeVar

from hvn.topology.model import Topology

Value = TypeVar("Value")


def once(derive: Callable[[Topology], Value]) -> Callable[[Topology], Value]:
    """Return a function that keeps its result for the last topology.

    `functools.cache` would hash the topology, which takes longer than most derivations.
    """
    last: tuple[Topology, Value] | None = None

    def kept(topology: Topology) -> Value:
        nonlocal last
        if last is None or last[0] is not topology:
            last = (topology, derive(topology))
        return last[1]

    return kept
