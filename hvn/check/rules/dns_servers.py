"""HVN411 dns-servers: a spoke with an existing VNet has dns_servers, or a DNS proxy queries itself."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology import locations
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN411",
    name="dns-servers",
    reports="A spoke with an existing VNet has dns_servers, or the dns_servers of the firewall contain its address.",
    why="this project does not change an existing VNet; a DNS proxy that queries itself never answers",
    fix="for an existing VNet, remove dns_servers and ask the VNet's owner to set the servers; for the firewall, "
    "remove its own address",
    example="""\
hub:
  firewall: {dns_servers: [10.0.0.4]}
""",
    see="https://learn.microsoft.com/azure/firewall/dns-settings",
)

EXISTING = Message("this project does not change an existing VNet")
LOOP = Message("the proxy would query itself and never answer")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for the DNS servers of each existing VNet, and for the firewall's address in its dns_servers."""
    for name, spoke in topology.spokes.items():
        if spoke.existing and spoke.dns_servers:
            yield Finding(
                rule=RULE,
                path=("spokes", name, "dns_servers"),
                message=Message("spoke {name} has an existing VNet", name=name),
                why=EXISTING,
                fix=Message("remove dns_servers, and ask the VNet's owner to set {servers}", servers=spoke.dns_servers),
            )
    if firewall := locations.new_firewall(topology):
        own = locations.firewall_ip(topology)
        for index, server in enumerate(firewall.dns_servers):
            if str(server) == own:
                yield Finding(
                    rule=RULE,
                    path=("hub", "firewall", "dns_servers", index),
                    message=Message("{server} is the firewall's own address", server=server),
                    why=LOOP,
                    fix=Message("remove {server}: without dns_servers the proxy queries Azure DNS", server=server),
                )
