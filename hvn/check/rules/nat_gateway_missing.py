"""HVN433 nat-gateway-missing: a subnet or a cluster uses a NAT gateway that its spoke or hub lacks."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.topology import nat
from hvn.topology.model import NewHub, Topology
from hvn.topology.ranges import subnets_of_file
from hvn.topology.shared_vnets import lacks_vnet, vnet_owner

RULE = Rule(
    id="HVN433",
    name="nat-gateway-missing",
    reports="A subnet, a cluster, the runners or the firewall uses a NAT gateway, but the spoke or hub has none.",
    why="a NAT gateway serves subnets of one VNet only",
    fix="add nat_gateway to the spoke or the hub, or remove the setting",
    example="""\
spokes:
  payments:
    cluster: {outbound_type: userAssignedNATGateway}
""",
    see="https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each setting that uses a missing NAT gateway."""
    for path in _users(topology):
        section, owner = _owner(topology, path)
        if getattr(owner, "nat_gateway", None) is None:
            add = ".".join((*section, "nat_gateway"))
            yield Finding(
                rule=RULE,
                path=path,
                message=Message("{key} is missing", key=add),
                fix=Message("write {key}: {value}, or remove the setting", key=add, value="{}"),
            )


def _owner(topology: Topology, path: Path) -> tuple[tuple[str, ...], object]:
    """Return the spoke with the VNet of a setting, or the hub, with its path."""
    if path[0] != "spokes":
        return ("hub",), topology.hub
    name = vnet_owner(topology, str(path[1]))
    return ("spokes", name), topology.spokes[name]


def _users(topology: Topology) -> Iterator[Path]:
    """Yield the paths of all settings that use a NAT gateway."""
    yield from ((*path, "nat_gateway") for path, subnet in subnets_of_file(topology) if subnet.nat_gateway)
    hub = topology.hub
    if isinstance(hub, NewHub):
        yield from (("hub", *path, "nat_gateway") for path in nat.of_hub(hub) if path[0] != "subnets")
    for name, spoke in topology.spokes.items():
        cluster = None if lacks_vnet(topology, name) else spoke.new_cluster
        if cluster and cluster.outbound_type == nat.CLUSTER_TYPE:
            yield "spokes", name, "cluster", "outbound_type"
