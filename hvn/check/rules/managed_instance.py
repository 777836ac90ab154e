"""HVN162 managed-instance: a subnet of SQL Managed Instance has an NSG or routes of this project."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.topology import locations
from hvn.topology.model import Topology
from hvn.topology.ranges import subnets_of_file

RULE = Rule(
    id="HVN162",
    name="managed-instance",
    reports="A subnet of SQL Managed Instance has an NSG or routes of this project.",
    why="SQL Managed Instance adds entries to the NSG and the route table; the next apply would remove these entries",
    fix="set `route: none`, and set `nsg` to an existing NSG",
    example="""\
spokes:
  analytics:
    subnets:
      jobs: {cidr: 10.96.0.0/24, delegation: Microsoft.Sql/managedInstances}
""",
    see="https://learn.microsoft.com/azure/azure-sql/managed-instance/subnet-service-aided-configuration-enable",
)
SERVICE = "Microsoft.Sql/managedInstances"
NSG = Message("the subnet has an NSG of this project")
ROUTE = Message("the subnet has routes of this project")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each NSG and each route of this project in a subnet for SQL Managed Instance."""
    for path, subnet in subnets_of_file(topology):
        if subnet.delegation != SERVICE:
            continue
        if subnet.nsg is None or _is_own(topology, path, subnet.nsg):
            yield _finding(path, NSG, Message("write an existing NSG, for example nsg: rg-sql/nsg-sql"))
        if subnet.route != "none" and "/" not in subnet.route:
            yield _finding(path, ROUTE, Message("add route: none"))


def _is_own(topology: Topology, path: Path, nsg: str) -> bool:
    return locations.nsg_of_file(topology, path, nsg) is not None


def _finding(path: Path, message: Message, fix: Message) -> Finding:
    return Finding(rule=RULE, path=(*path, "delegation"), message=message, fix=fix)
