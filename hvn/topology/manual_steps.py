"""What stays to be done or looked at by a person, because it belongs to a network that was there before."""

from collections.abc import Iterator

from hvn.topology import firewall, locations
from hvn.topology.firewall import ApplicationRule, NetworkRule
from hvn.topology.model import ExistingHub, Topology


def by_hand(topology: Topology) -> tuple[str, ...]:
    """One sentence a task, those of the hub first; none if everything is created here."""
    return (*_vault(topology), *_hub(topology), *_spokes(topology))


def _vault(topology: Topology) -> Iterator[str]:
    parent, _, child = topology.vault.namespace.rpartition("/")
    if parent:
        yield f"Vault: create the namespace before `vault`: vault namespace create -namespace={parent} {child}"


def _hub(topology: Topology) -> Iterator[str]:
    if not isinstance(topology.hub, ExistingHub):
        return
    address, runners = locations.firewall_ip(topology), locations.runners_cidr(topology)
    for network_rule in firewall.network_rules(topology):
        yield f"firewall: add a network rule, {_network(network_rule)}"
    for application_rule in firewall.application_rules(topology):
        yield f"firewall: add an application rule, {_application(application_rule)}"
    yield "firewall: turn the policy's DNS proxy on, which the network rule by host name needs"
    yield "firewall: add no rule from the HVN to the spokes; it is stateful, and the spokes ask, not Vault"
    peering = topology.hub.vault_peering
    if peering and peering.transit_pools:
        pools = ", ".join(str(topology.address_pools[name]) for name in sorted(set(peering.transit_pools)))
        yield (
            f"firewall: check that it does not SNAT between {pools} and {topology.hvn.cidr} (private ranges of the "
            "policy: the default does not, 255.255.255.255/32 always does): Vault would answer the wrong address"
        )
        yield "AzureFirewallSubnet: check that no route leads to the HVN's range; the peering's own route must win"
    yield f"runners {runners}: check that their route table has 0.0.0.0/0 to {address} and nothing else"
    yield (
        f"runners {runners}: check that their network security group lets TCP {firewall.VAULT_PORT} out to "
        f"{topology.hvn.cidr}, and TCP 443 to the spokes and the internet"
    )
    zone = locations.dns_zone(topology)
    yield f"private DNS zone {zone.name}: check that it is linked to the hub's VNet, where the runners resolve names"


def _spokes(topology: Topology) -> Iterator[str]:
    hub = locations.hub_vnet(topology)
    for name in sorted(topology.spokes):
        spoke = topology.spokes[name]
        if spoke.existing is None:
            continue
        vnet = locations.spoke_vnet(topology, name, spoke)
        if spoke.subnets or spoke.cluster:
            yield (
                f"spoke {name}: ask whoever owns {vnet.name} whether their Terraform has its subnets inline: its next "
                "apply takes off those that are made here, unless it ignores changes of `subnet`"
            )
        if not spoke.existing.hub_peering:
            yield (
                f"spoke {name}: check that {vnet.name} and {hub.name} are peered, and that {vnet.name}'s half "
                "allows forwarded traffic"
            )
        if spoke.cluster:
            yield (
                f"spoke {name}: check that {vnet.name} has no DNS servers of its own, or that they forward to Azure's: "
                "a VNet with its own ignores the private DNS zones linked to it"
            )
            yield (
                f"spoke {name}: tell whoever owns {vnet.name} that AKS writes the cluster's tags on it, and takes them "
                "off when the cluster goes"
            )
        if spoke.vault_route != "none":
            yield (
                f"spoke {name}: check that its network security groups let TCP {firewall.VAULT_PORT} out to "
                f"{topology.hvn.cidr}"
            )


def _network(rule: NetworkRule) -> str:
    to = ", ".join(rule.destinations or rule.fqdns)
    return f"{rule.name}: {rule.protocol} {rule.port} from {', '.join(rule.sources)} to {to}"


def _application(rule: ApplicationRule) -> str:
    to = ", ".join(rule.fqdns) or f"the FQDN tag {', '.join(rule.fqdn_tags)}"
    ports = "HTTPS and HTTP" if rule.http else "HTTPS"
    return f"{rule.name}: {ports} from {', '.join(rule.sources)} to {to}"
