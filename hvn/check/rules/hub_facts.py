"""HVN307 hub-facts: the values of an existing hub contradict each other."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Field, LineOf
from hvn.topology import unknown_ids
from hvn.topology.model import ExistingHub, HubFacts, Topology
from hvn.topology.naming import aks_zone, parse
from hvn.topology.regions import AZURE

RULE = Rule(
    id="HVN307",
    name="hub-facts",
    reports=(
        "The firewall address of an existing hub is outside the VNet or in the runners' subnet, or AKS does not "
        "accept the private DNS zone. The id is a placeholder, or the zone belongs to one cluster (warning)."
    ),
    why="the firewall's address is the next hop of the spokes' routes; AKS refuses a zone with another name",
    fix="copy the values from the hub in Azure",
    example="""\
hub:
  cidr: null
  firewall: null
  runners: null
  existing:
    vnet_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-hub/providers/\
Microsoft.Network/virtualNetworks/vnet-hub
    cidrs: [10.0.0.0/22]
    firewall_private_ip: 10.1.0.4
    private_dns_zone_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-hub/providers/\
Microsoft.Network/privateDnsZones/privatelink.japaneast.azmk8s.io
    runners_cidr: 10.0.0.64/27
""",
    see="https://learn.microsoft.com/azure/aks/private-clusters",
)

FIREWALL = "https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview"

ADDRESS = Message(
    "this address is the next hop of the spokes' routes, and Azure drops packets to a next hop outside the hub"
)
SUBNET = Message("the firewall is in a separate subnet, so the spokes' routes would lead to a runner")
ZONE = Message("AKS accepts only the zone of the cluster's region, or a zone directly below this zone")
PLACEHOLDER = Message("the deploy of clusters and zone links fails, because no zone has this id")
NODES = Message("AKS deletes this zone with its cluster, and supports no changes in the node resource group")
"""The default name of a cluster's node resource group is MC_GROUP_CLUSTER_REGION."""


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for a firewall address outside the hub or in the runners' subnet, and for a zone that AKS
    refuses."""
    if not isinstance(topology.hub, ExistingHub):
        return
    facts = topology.hub.existing
    address = facts.firewall_private_ip
    if isinstance(address, IPv4Address):
        yield from _address(facts, address)
    zone, accepted = parse(facts.private_dns_zone_id).name, aks_zone(topology.azure.region)
    # AKS's error message contains this pattern (Azure/azure-docs #104092).
    # HVN311 reports an unknown region; a zone for an unknown region would be a wrong proposal.
    known = topology.azure.region in AZURE
    if known and not re.fullmatch(rf"([a-z0-9-]{{1,32}}\.)?{re.escape(accepted)}", zone, re.IGNORECASE):
        yield Finding(
            rule=RULE,
            path=("hub", "existing", "private_dns_zone_id"),
            message=Message("AKS does not accept the zone {zone} in {region}", zone=zone, region=topology.azure.region),
            why=ZONE,
            fix=Message(
                "use the zone {accepted}, or {below} with at most 32 letters, digits and hyphens as NAME",
                accepted=accepted,
                below=f"NAME.{accepted}",
            ),
        )

    if unknown_ids.is_placeholder(facts.private_dns_zone_id):
        yield Finding(
            rule=RULE,
            level=Level.WARNING,
            path=("hub", "existing", "private_dns_zone_id"),
            message=Message("the subscription {zeros} is a placeholder", zeros=unknown_ids.SUBSCRIPTION),
            why=PLACEHOLDER,
            fix=Message("ask the hub's owners for the id of {zone}, and write the id", zone=zone),
        )
    elif facts.private_dns_zone_id.split("/")[4].lower().startswith("mc_"):
        yield Finding(
            rule=RULE,
            level=Level.WARNING,
            path=("hub", "existing", "private_dns_zone_id"),
            message=Message(
                "{group} is the node resource group of a cluster", group=facts.private_dns_zone_id.split("/")[4]
            ),
            why=NODES,
            fix=Message("write the id of the hub's own zone {zone}", zone=accepted),
        )


def _address(facts: HubFacts, address: IPv4Address) -> Iterator[Finding]:
    cidrs = Field(("hub", "existing", "cidrs"))
    if not any(address in cidr for cidr in facts.cidrs):
        yield Finding(
            rule=RULE,
            path=("hub", "existing", "firewall_private_ip"),
            message=Message(
                "{address} is outside {cidrs} {ranges}",
                address=address,
                cidrs=cidrs,
                ranges=facts.cidrs,
            ),
            why=ADDRESS,
            see=FIREWALL,
            fix=Message("use the private address of the firewall in the hub, or add its range to {cidrs}", cidrs=cidrs),
        )
    elif address in facts.runners_cidr:
        runners = ("hub", "existing", "runners_cidr")
        yield Finding(
            rule=RULE,
            path=("hub", "existing", "firewall_private_ip"),
            message=Message(
                "{address} is in {runners} {cidr} (line {line})",
                address=address,
                runners=Field(runners),
                cidr=facts.runners_cidr,
                line=LineOf(runners),
            ),
            why=SUBNET,
            see=FIREWALL,
            fix=Message(
                "set firewall_private_ip to the firewall's private address, or {runners} to the range of the subnet "
                "where Terraform runs",
                runners=Field(runners),
            ),
        )
