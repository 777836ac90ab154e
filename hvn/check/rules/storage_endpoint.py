"""HVN175 storage-endpoint: a subnet of PostgreSQL lacks the service endpoint that Azure adds."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Text
from hvn.topology.model import Topology
from hvn.topology.ranges import subnets_of_file

RULE = Rule(
    id="HVN175",
    name="storage-endpoint",
    level=Level.WARNING,
    reports="A PostgreSQL subnet lacks the endpoint Microsoft.Storage.",
    why="Azure adds the endpoint with the first server; the next apply removes it, and the server loses its storage",
    fix="add service_endpoints: [Microsoft.Storage]",
    example="""\
spokes:
  payments:
    subnets:
      database: {cidr: 10.64.32.0/24, delegation: Microsoft.DBforPostgreSQL/flexibleServers}
""",
    see="https://learn.microsoft.com/azure/postgresql/network/concepts-networking-private",
)
DELEGATION, ENDPOINT = "Microsoft.DBforPostgreSQL/flexibleServers", "Microsoft.Storage"


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each subnet with the delegation of PostgreSQL and without the endpoint of Azure Storage.

    A subnet can have only one endpoint of Azure Storage, so Microsoft.Storage.Global also counts.
    """
    for path, subnet in subnets_of_file(topology):
        storage = any(one.startswith(ENDPOINT) for one in subnet.service_endpoints)
        if subnet.delegation == DELEGATION and not storage:
            line = Text(f"service_endpoints: [{', '.join((ENDPOINT, *subnet.service_endpoints))}]")
            yield Finding(
                rule=RULE,
                path=(*path, "delegation"),
                message=Message("the subnet lacks the service endpoint {endpoint}", endpoint=ENDPOINT),
                fix=Message("write {line}", line=line),
            )
