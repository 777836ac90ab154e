"""Connections with the addresses of Azure's hosts: 168.63.129.16 and the instance metadata service (IMDS).

The host of a virtual machine answers, so no route table applies. NSGs filter only DNS and IMDS, and only by rules for
AzurePlatformDNS and AzurePlatformIMDS:
https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
"""

from dataclasses import replace
from ipaddress import IPv4Network

from hvn.reach.listens import answers, closed
from hvn.reach.network import HVNS, INTERNET, OUTSIDE, PLATFORM, Network, Place, is_remote
from hvn.reach.nsg import AZURE_HOST
from hvn.reach.pass_nsg import pass_nsg
from hvn.reach.traffic import Protocol, Traffic
from hvn.reach.way import Way
from hvn.topology.security import ANY, OUTBOUND

IMDS = IPv4Network("169.254.169.254/32")
# DNS, and the two ports of the VM agent.
HOST_PORTS = frozenset({53, 80, 32526})
PLACES = tuple(
    Place(name=str(cidr.network_address), network=PLATFORM, cidr=cidr, ports=ports)
    for cidr, ports in ((AZURE_HOST, HOST_PORTS), (IMDS, frozenset({80})))
)
_TAGS = {(AZURE_HOST, 53): "AzurePlatformDNS", (IMDS, 80): "AzurePlatformIMDS"}


def to_platform(network: Network, source: Place, destination: Place, traffic: Traffic, way: Way) -> None:
    """Walk a request to an address of the host."""
    at = f"{source.label} {source.cidr}"
    if source.network in (*HVNS, OUTSIDE) or is_remote(source.network):
        way.add_unknown(f"whether {at} is a virtual machine in Azure, and its NSGs allow {traffic}")
    elif not source.in_azure or source.network == INTERNET:
        way.blocked_by = f"only virtual machines in Azure reach {destination.name}"
    way.blocked_by = way.blocked_by or closed(destination, traffic)
    if way.blocked_by:
        return
    way.add_unknown(answers(destination, traffic))
    rule = _pass_tag(network, source, destination, traffic, way)
    if not way.blocked_by:
        way.hop(at, f"to the host of the virtual machine: no route table applies{rule}")
        way.hop(f"{destination.label} {destination.cidr}", "arrives")


def _pass_tag(network: Network, source: Place, destination: Place, traffic: Traffic, way: Way) -> str:
    tag = _TAGS.get((destination.cidr, traffic.port))
    if tag is None:
        return ""
    if source.nsg is None:
        way.add_unknown(source.unknown)
    elif source.nsg.rules is not None:
        rules = tuple(replace(rule, destinations=(ANY,)) for rule in source.nsg.rules if tag in rule.destinations)
        source = replace(source, nsg=replace(source.nsg, rules=rules))
    pass_nsg(network, source, OUTBOUND, (source, destination), traffic, way)
    return f"; an NSG denies only with a rule for {tag}"


def from_platform(source: Place, destination: Place, traffic: Traffic, way: Way) -> None:
    """Walk the request of a health probe up to the NSG of the destination. Probes use TCP:
    https://learn.microsoft.com/azure/load-balancer/load-balancer-custom-probe-overview"""
    if source.cidr != AZURE_HOST:
        way.blocked_by = f"{source.name} opens no connections"
    elif traffic.protocol is not Protocol.TCP:
        way.blocked_by = f"{source.name} probes with TCP only"
    elif destination.network in HVNS or is_remote(destination.network):
        way.add_unknown(f"whether {destination.name} has health probes of Azure")
    elif not destination.in_azure or destination.network in (INTERNET, OUTSIDE):
        way.blocked_by = f"{source.name} probes only virtual machines in Azure"
    if not way.blocked_by:
        way.hop(source.name, "health probe from the host of the virtual machine: no route table applies")
