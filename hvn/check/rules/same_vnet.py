"""HVN305: one existing VNet, named twice."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Path, Rule, dotted
from hvn.topology.model import ExistingHub, Topology

RULE = Rule(
    id="HVN305",
    name="same-vnet",
    why="two workspaces would write the same subnets and peerings",
    see="docs/how-to/existing-network.md",
)


def check(topology: Topology) -> Iterator[Breach]:
    """VNets of hub and spokes by their ids, which ARM compares without regard to case."""
    named: list[tuple[Path, str]] = []
    if isinstance(topology.hub, ExistingHub):
        named.append((("hub", "existing", "vnet_id"), topology.hub.existing.vnet_id))
    for name, spoke in topology.spokes.items():
        if spoke.existing:
            named.append((("spokes", name, "existing", "vnet_id"), spoke.existing.vnet_id))
    seen: dict[str, Path] = {}
    for path, vnet_id in named:
        first = seen.setdefault(vnet_id.casefold(), path)
        if first != path:
            yield Breach(
                path, f"is the VNet of {dotted(first)} as well (line {{line}})", "name another VNet", other=first
            )
