"""HVN176 netapp-subnets: a VNet has several subnets for Azure NetApp Files."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.topology.model import Topology
from hvn.topology.ranges import subnets_of_file

RULE = Rule(
    id="HVN176",
    name="netapp-subnets",
    reports="A VNet has two subnets for Azure NetApp Files.",
    why="Azure NetApp Files supports one delegated subnet in a VNet, and refuses volumes in another",
    fix="put all volumes into one subnet",
    example="""\
spokes:
  analytics:
    subnets:
      one: {cidr: 10.96.2.0/24, delegation: Microsoft.Netapp/volumes}
      two: {cidr: 10.96.3.0/24, delegation: Microsoft.Netapp/volumes}
""",
    see="https://learn.microsoft.com/azure/azure-netapp-files/azure-netapp-files-network-topologies",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each further subnet for Azure NetApp Files in a VNet."""
    firsts: dict[Path, Path] = {}
    for path, subnet in subnets_of_file(topology):
        if subnet.delegation == "Microsoft.Netapp/volumes":
            first = firsts.setdefault(path[:-1], path)
            if first != path:
                yield Finding(
                    rule=RULE,
                    path=(*path, "delegation"),
                    message=Message("{first} is also for Azure NetApp Files", first=Field(first)),
                    fix=Message("remove the subnet, and put its volumes into {first}", first=Field(first)),
                )
