"""HVN162 intent-policy: a service changes an NSG or a route table that this project manages."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.topology import locations
from hvn.topology.model import Topology
from hvn.topology.ranges import groups_of_file, subnets_of_file

RULE = Rule(
    id="HVN162",
    name="intent-policy",
    reports="A subnet of SQL Managed Instance, Databricks or Data Explorer (warning) has an NSG or routes of this "
    "project.",
    why="the service adds entries to the NSG or route table; the next apply removes these entries, or fails",
    fix="set `route: none`, and set `nsg` to an existing NSG",
    example="""\
spokes:
  analytics:
    subnets:
      jobs: {cidr: 10.96.0.0/24, delegation: Microsoft.Sql/managedInstances}
""",
    see="https://learn.microsoft.com/azure/azure-sql/managed-instance/subnet-service-aided-configuration-enable",
)
SQL = "Microsoft.Sql/managedInstances"
DATABRICKS = "Microsoft.Databricks/workspaces"
# https://github.com/Azure/bicep/discussions/5839 (Data Explorer: NSG rules and routes)
NSG_RULES = (SQL, DATABRICKS, "Microsoft.Kusto/clusters")
ROUTES = (SQL, "Microsoft.Kusto/clusters")
OWN_RULES = f"{DATABRICKS.replace('/', '-')}_UseOnly_"
"""Start of the names of Databricks' rules. An NSG of the file with these rules has no differences
(https://github.com/Azure/azure-quickstart-templates/pull/8931)."""
NSG = Message("the subnet has an NSG of this project")
ROUTE = Message("the subnet has routes of this project")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each NSG and for the routes of this project in a subnet of a service that changes them."""
    groups = dict(groups_of_file(topology))
    for path, subnet in subnets_of_file(topology):
        if subnet.delegation in NSG_RULES:
            group = locations.nsg_of_file(topology, path, subnet.nsg)
            rules = groups[group].rules if group and group in groups else subnet.rules
            written = subnet.delegation == DATABRICKS and any(name.startswith(OWN_RULES) for name in rules)
            if (subnet.nsg is None or group) and not written:
                yield _finding(
                    path, subnet.delegation, NSG, Message("write an existing NSG, for example nsg: rg-data/nsg-data")
                )
        if subnet.delegation in ROUTES and subnet.route != "none" and "/" not in subnet.route:
            yield _finding(path, subnet.delegation, ROUTE, Message("add route: none"))


def _finding(path: Path, service: str, message: Message, fix: Message) -> Finding:
    return Finding(
        rule=RULE,
        # Azure accepts the first apply, and refuses a later one.
        level=None if service == SQL else Level.WARNING,
        path=(*path, "delegation"),
        message=message,
        fix=fix,
    )
