"""Build the boxes of the NAT gateways, with the subnets that use them."""

from collections.abc import Iterator, Sequence

from hvn.diagnostics.message import Path
from hvn.graph.picture import Box, Kind
from hvn.topology import naming, nat
from hvn.topology.model import NatGateway, NewHub, Spoke, Topology


def of_hub(topology: Topology, hub: NewHub) -> Iterator[Box]:
    """Yield the box of the hub's NAT gateway, if the hub has one."""
    if hub.nat_gateway:
        users = [path[-1] for path in nat.of_hub(hub)]
        yield _box(topology, naming.HUB, hub.nat_gateway, users, ("hub",))


def of_spoke(topology: Topology, name: str, spoke: Spoke) -> Iterator[Box]:
    """Yield the box of a spoke's NAT gateway, if the spoke has one."""
    if spoke.nat_gateway:
        yield _box(topology, name, spoke.nat_gateway, sorted(nat.of_spoke(topology, name)), ("spokes", name))


def _box(topology: Topology, owner: str, settings: NatGateway, users: Sequence[str], section: Path) -> Box:
    count = settings.public_ips
    return Box(
        id=".".join(map(str, (*section, "nat_gateway"))),
        kind=Kind.NAT_GATEWAY,
        title="NAT gateway",
        facts=(
            naming.name(topology, "nat_gateway", owner),
            f"{count} public address{'es' if count != 1 else ''}",
            f"idle timeout {settings.idle_timeout_minutes} minutes",
            *((f"zone {settings.zone}",) if settings.zone else ()),
            f"used by {', '.join(users) or 'no subnet'}",
        ),
        inside=".".join(map(str, section)),
        path=(*section, "nat_gateway"),
    )
