"""HVN517 api-server-open: every address of the internet reaches a cluster's API server."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN517",
    name="api-server-open",
    level=Level.WARNING,
    reports="A public API server has no authorized_ip_ranges, or allows 0.0.0.0/0.",
    why="everybody on the internet can try credentials, or exploit a vulnerability of the API server",
    fix="set authorized_ip_ranges to the public addresses from which nodes and runners reach the internet, or remove "
    "public: Terraform then replaces an existing cluster",
    example="""\
spokes:
  payments:
    cluster: {api_server: {public: true}}
""",
    see="https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each public API server without authorized ranges, or with the range 0.0.0.0/0."""
    for name, spoke in topology.spokes.items():
        server = spoke.new_cluster.api_server if spoke.new_cluster else None
        if server and server.public:
            ranges = server.authorized_ip_ranges
            if not ranges or any(cidr.prefixlen == 0 for cidr in ranges):
                yield Finding(
                    rule=RULE,
                    path=("spokes", name, "cluster", "api_server", "public"),
                    message=Message("every client on the internet can reach the API server of {name}", name=name),
                )
