"""HVN416 dns-forwarding: Vault cannot reach a DNS server of hub.vault_peering.dns_forwarding."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology import locations
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN416",
    name="dns-forwarding",
    reports="A DNS server of hub.vault_peering.dns_forwarding is outside the hub's VNet.",
    why="HCP reaches a DNS server only in a VNet that is peered with the HVN",
    fix="use the inbound endpoint of a DNS resolver in the hub, or the firewall's address",
    example="""\
hub:
  vault_peering: {dns_forwarding: {corp.example.com: [10.64.255.4]}}
""",
    see="https://developer.hashicorp.com/hcp/docs/vault/private-dns",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each DNS server outside the hub."""
    peering, cidrs = topology.vault_peering, locations.hub_cidrs(topology)
    firewall = locations.firewall_ip(topology) if locations.has_dns_proxy(topology) else None
    for domain, servers in peering.dns_forwarding.items() if peering else ():
        for index, server in enumerate(servers):
            if not any(server in IPv4Network(cidr) for cidr in cidrs):
                yield Finding(
                    rule=RULE,
                    path=("hub", "vault_peering", "dns_forwarding", domain, index),
                    message=Message("{server} is outside the hub's VNet {cidrs}", server=server, cidrs=cidrs),
                    fix=Message("use a server in the hub, for example the firewall {ip}", ip=firewall)
                    if firewall
                    else Message("use a server in the hub"),
                )
