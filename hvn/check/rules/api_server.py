"""HVN516 api-server: a private API server has authorized ranges."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN516",
    name="api-server",
    reports="A private API server has authorized_ip_ranges.",
    why="AKS accepts authorized ranges only for a public API server",
    fix="remove authorized_ip_ranges, or set public: true",
    example="""\
spokes:
  payments:
    cluster: {api_server: {authorized_ip_ranges: [198.51.100.0/24]}}
""",
    see="https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each private API server with authorized ranges."""
    for name, spoke in topology.spokes.items():
        server = spoke.new_cluster.api_server if spoke.new_cluster else None
        if server and server.authorized_ip_ranges and not server.public:
            yield Finding(
                rule=RULE,
                path=("spokes", name, "cluster", "api_server", "authorized_ip_ranges"),
                message=Message("the API server of {name} is private", name=name),
            )
