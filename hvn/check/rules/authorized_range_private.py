"""HVN522 authorized-range-private: a public API server has a private range in authorized_ip_ranges."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.addresses import is_private
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN522",
    name="authorized-range-private",
    level=Level.WARNING,
    reports="A range of authorized_ip_ranges is private.",
    why="a public API server sees only public addresses of clients, so the range allows no client",
    fix="write the public address from which these clients reach the internet, or make the API server private",
    example="""\
spokes:
  payments:
    cluster:
      api_server: {public: true, authorized_ip_ranges: [10.0.0.0/16]}
""",
    see="https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each private range that a public API server allows."""
    for name, spoke in topology.spokes.items():
        server = spoke.new_cluster.api_server if spoke.new_cluster else None
        for index, cidr in enumerate(server.authorized_ip_ranges if server and server.public else ()):
            if is_private(cidr, shared=True):
                yield Finding(
                    rule=RULE,
                    path=("spokes", name, "cluster", "api_server", "authorized_ip_ranges", index),
                    message=Message("{cidr} is private, and the API server of {name} is public", cidr=cidr, name=name),
                )
