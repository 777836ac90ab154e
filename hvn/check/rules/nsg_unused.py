"""HVN169 nsg-unused: no subnet has an NSG of `network_security_groups`."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology import locations
from hvn.topology.model import Topology
from hvn.topology.ranges import groups_of_file, subnets_of_file

RULE = Rule(
    id="HVN169",
    name="nsg-unused",
    level=Level.WARNING,
    reports="No subnet of the file has an NSG of `network_security_groups`.",
    why="an NSG without a subnet filters no traffic",
    fix="set `nsg` of a subnet, or remove the NSG",
    example="""\
spokes:
  analytics:
    network_security_groups: {web: {rules: {https: {priority: 200, ports: ["443"]}}}}
""",
    see="https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview",
    needs_all_items=True,
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each unused NSG."""
    used = {locations.nsg_of_file(topology, path, subnet.nsg) for path, subnet in subnets_of_file(topology)}
    for path, _ in groups_of_file(topology):
        if path not in used:
            yield Finding(
                rule=RULE,
                path=path,
                at_key=True,
                message=Message("no subnet has the NSG {key}", key=str(path[-1])),
                fix=Message("set nsg of a subnet, or remove {key}", key=str(path[-1])),
            )
