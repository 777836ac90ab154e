"""Propose the values of a topology from the resources that exist in Azure."""

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, collapse_addresses

from hvn.check.free_blocks import FreeBlocks
from hvn.commands.init import azure_clusters, azure_gateways
from hvn.commands.init.azure_json import Azure
from hvn.commands.init.azure_resources import Cluster, Vnet, Zone
from hvn.commands.spoke.conversion import UNKNOWN
from hvn.diagnostics.printable import printable
from hvn.topology.naming import aks_zone

RESERVED = {"gatewaysubnet", "azurefirewallsubnet", "azurefirewallmanagementsubnet", "azurebastionsubnet"}
RESERVED |= {"routeserversubnet"}
"""Subnets in which Azure accepts no virtual machine."""

RUNNERS = ("runner", "agent", "build", "devops", "terraform", "cicd")
"""Parts of the names of subnets in which Terraform probably runs."""


@dataclass
class Proposal:
    """The values that the files contain, and the values that need a decision.

    `answers` contains options with one value by name. `unclear` has, for each option without a single value in the
    files, the reason. `todo` has a line for each value that a person must check or create in Azure.
    """

    answers: dict[str, str] = field(default_factory=dict)
    hub: dict[str, str] = field(default_factory=dict)
    """The facts about an existing hub; they apply only if the hub's kind is `existing`."""
    gateway: str = ""
    """The type of the existing hub's gateway, `yes` for an unknown type; empty without a gateway."""
    on_premises: Mapping[str, Sequence[IPv4Network]] = field(default_factory=dict)
    """The ranges behind the existing hub's VPN gateway."""
    spoke_servers: tuple[str, ...] = ()
    """The DNS servers of all VNets that are peered with the hub, otherwise the hub's."""
    uses_firewall: bool = False
    """A route table sends 0.0.0.0/0 to the existing hub's firewall."""
    subscriptions: tuple[str, ...] = ()
    """The subscriptions of the VNets besides the hub, the subscription with the most VNets first."""
    taken: tuple[IPv4Network, ...] = ()
    vnets: tuple[Vnet, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    unclear: dict[str, str] = field(default_factory=dict)
    planned: dict[str, str] = field(default_factory=dict)
    """The step that creates the resource of a proposed option, if the files do not contain the resource."""
    read: list[str] = field(default_factory=list)
    todo: list[str] = field(default_factory=list)


def propose(azure: Azure, answers: Mapping[str, str]) -> Proposal:
    """Return the proposals. `answers` contains the options on the command line; they select the hub and its facts."""
    proposal = Proposal(read=[*_read(azure), *azure.notes], vnets=tuple(_vnets(azure)))
    proposal.clusters = tuple(azure.clusters[key] for key in sorted(azure.clusters))
    tenants = {account.tenant for account in azure.accounts.values()} or azure.tenants
    _only("tenant_id", sorted(tenants), "tenants", proposal)
    hub = _hub(azure, answers, proposal)
    regions = {hub.location} if hub else {vnet.location for vnet in azure.vnets.values()}
    _only("region", sorted(regions), "regions", proposal)
    if hub:
        _facts(azure, hub, answers, proposal)
    _subscription(azure, hub, proposal)
    in_azure = tuple(collapse_addresses(_vnet_ranges(azure)))
    # Not collapsed: `in_use` lacks the ranges that are also in `on_premises`.
    proposal.taken = (*in_azure, *(cidr for gateway in azure.local_gateways.values() for cidr in gateway.cidrs))
    if hub:
        proposal.on_premises = azure_gateways.sites(azure, hub, in_azure)
        for site, cidrs in proposal.on_premises.items():
            proposal.read.append(f"on-premises: {site} {', '.join(map(str, cidrs))}, of a local network gateway")
    return proposal


def find(azure: Azure, name: str) -> list[Vnet]:
    """Return the VNets with this name or id; Azure ignores the case."""
    return [vnet for vnet in _vnets(azure) if name.lower() in (vnet.id.lower(), vnet.name.lower())]


def peered(hub: str, vnet: Vnet, azure: Azure) -> bool:
    """Return whether a half of the peering between hub and VNet exists."""
    halves = [(vnet, hub), *((other, vnet.id) for other in filter(None, [azure.vnets.get(hub.lower())]))]
    return any(peering.remote.id.lower() == other.lower() for one, other in halves for peering in one.peerings)


def uses_gateway(hub: str, vnet: Vnet) -> bool:
    """Return whether the VNet's half of the peering uses the hub's gateway."""
    return any(peering.use_remote_gateways and peering.remote.id.lower() == hub.lower() for peering in vnet.peerings)


def linked(azure: Azure, zone: str, vnet: str) -> bool:
    """Return whether the files contain a link of the zone with the VNet."""
    return any(
        link.id.lower().startswith(f"{zone.lower()}/") and link.vnet.id.lower() == vnet.lower()
        for link in azure.links.values()
    )


def _vnets(azure: Azure) -> list[Vnet]:
    return [azure.vnets[key] for key in sorted(azure.vnets)]


def _vnet_ranges(azure: Azure) -> Iterator[IPv4Network]:
    """Yield the ranges of all VNets, and of all VNets that are peered with them."""
    for vnet in azure.vnets.values():
        yield from vnet.cidrs
        for peering in vnet.peerings:
            yield from peering.space.prefixes


_PUBLIC = " (public API server)"


def _read(azure: Azure) -> Iterator[str]:
    counts = (
        (len(azure.vnets), "VNet"),
        (len(azure.firewalls), "firewall"),
        (len(azure.tables), "route table"),
        (len(azure.zones), "private DNS zone"),
        *([(len(azure.clusters), "AKS cluster")] if azure.clusters else []),
    )
    yield "read: " + ", ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in counts)
    subscription = ""
    for vnet in _vnets(azure):
        own = vnet.id.split("/")[2].lower()
        if own != subscription:
            yield f"  in subscription {printable(own)}:"
        subscription = own
        clusters = azure_clusters.in_vnet(azure.clusters.values(), vnet)
        names = ", ".join(sorted(f"{printable(one.name)}{_PUBLIC * (not one.api_server.private)}" for one in clusters))
        ranges = ", ".join(map(str, vnet.cidrs)) or "without an IPv4 range"
        yield f"    {printable(vnet.name)} {ranges}{': ' if names else ''}{names}"
    known = {vnet.id.lower() for vnet in azure.vnets.values()}
    for vnet in _vnets(azure):
        for peering in vnet.peerings:
            if peering.remote.id.lower() not in known:
                remote = printable(peering.remote.id.rpartition("/")[2])
                ranges = ", ".join(map(str, peering.space.prefixes)) or "unknown ranges"
                yield f"  {remote} {ranges}, peered with {printable(vnet.name)}, not in the files"


def _only(option: str, values: Sequence[str], kind: str, proposal: Proposal) -> None:
    """Propose a value if the files contain only one. Otherwise record why the option is unclear."""
    if len(values) == 1:
        proposal.answers[option] = values[0]
    elif not values:
        proposal.unclear[option] = "the output of az account show -o json is not among the --azure files"
    else:
        proposal.unclear[option] = f"the files contain several {kind}: {', '.join(map(printable, values[:20]))}"


def _subscription(azure: Azure, hub: Vnet | None, proposal: Proposal) -> None:
    """Propose the subscription of the spokes: the subscription of `az account show`, otherwise the only subscription
    except the hub's, or the hub's if there is no other."""
    known = sorted({account.id for account in azure.accounts.values()})
    vnets = Counter(vnet.id.split("/")[2].lower() for vnet in azure.vnets.values() if vnet is not hub)
    used = sorted({vnet.id.split("/")[2].lower() for vnet in azure.vnets.values()})
    others = [one for one in used if not hub or one != hub.id.split("/")[2].lower()]
    proposal.subscriptions = tuple(sorted(others, key=lambda one: -vnets[one]))
    _only("subscription_id", known or others or used, "subscriptions", proposal)
    if len(known or others or used) > 1:
        proposal.unclear["subscription_id"] += " (az account list -o table prints their names)"


# --- The existing hub

_GATEWAYS = {
    "vpn": "a VPN gateway",
    "express_route": "an ExpressRoute gateway",
    "both": "VPN and ExpressRoute gateways",
    azure_gateways.UNKNOWN_TYPE: "a gateway",
}


def _hub(azure: Azure, answers: Mapping[str, str], proposal: Proposal) -> Vnet | None:
    """Return the VNet of the existing hub; None without a hub, or with several candidates."""
    if "hub_vnet_id" in answers:
        return next(iter(find(azure, answers["hub_vnet_id"])), None)
    region = answers.get("region")
    vnets = [vnet for vnet in _vnets(azure) if vnet.cidrs and region in (None, vnet.location)]
    filtering = [vnet for vnet in vnets if vnet.subnet("AzureFirewallSubnet") or _next_hops(azure, vnet)]
    candidates = filtering or [vnet for vnet in vnets if vnet.subnet("GatewaySubnet")]
    if not candidates:
        proposal.answers["hub"] = "new"
        return None
    proposal.answers["hub"] = "existing"
    if len(candidates) == 1:
        return candidates[0]
    names = ", ".join(printable(vnet.name) for vnet in candidates[:20])
    proposal.unclear["hub_vnet_id"] = f"each of these VNets may be the hub: {names}"
    return None


def _next_hops(azure: Azure, vnet: Vnet) -> Counter[IPv4Address]:
    """Return the next hops of default routes in the VNet: the firewall or appliance, with the number of routes."""
    return Counter(
        route.address
        for table in azure.tables.values()
        for route in table.routes
        if route.address and route.prefix == "0.0.0.0/0" and any(route.address in cidr for cidr in vnet.cidrs)
    )


def _facts(azure: Azure, hub: Vnet, answers: Mapping[str, str], proposal: Proposal) -> None:
    """Propose the facts about the hub."""
    facts = proposal.hub
    facts["hub_vnet_id"] = hub.id
    facts["hub_cidr"] = ",".join(map(str, hub.cidrs))
    parts = [f"hub: {printable(hub.name)} {', '.join(map(str, hub.cidrs))} in {printable(hub.location)}"]
    parts += _firewall(azure, hub, proposal)
    proposal.gateway = azure_gateways.gateway_type(azure, hub)
    if proposal.gateway:
        parts.append(_GATEWAYS[proposal.gateway])
    elif hub.subnet("GatewaySubnet"):
        parts.append("GatewaySubnet, in which the files show no gateway")
    if hub.dns.servers:
        parts.append(f"DNS servers {', '.join(map(printable, hub.dns.servers))}")
    parts.append(f"{len(hub.peerings)} peering{'s' * (len(hub.peerings) != 1)}")
    proposal.read.append("; ".join(parts))
    if "hub_runners_cidr" not in answers:
        _runners(hub, proposal)
    if "hub_dns_zone_id" not in answers:
        _zone(azure, hub, answers.get("region") or hub.location, proposal)
    used = {vnet.dns.servers for vnet in _vnets(azure) if peered(hub.id, vnet, azure)}
    proposal.spoke_servers = used.pop() if len(used) == 1 else ()
    proposal.spoke_servers = proposal.spoke_servers or hub.dns.servers
    proposal.uses_firewall = any(
        str(address) == proposal.hub.get("hub_firewall_ip") for address in _next_hops(azure, hub)
    )


def _firewall(azure: Azure, hub: Vnet, proposal: Proposal) -> Iterator[str]:
    """Propose the firewall's address, and yield the firewall's facts."""
    for firewall in (azure.firewalls[key] for key in sorted(azure.firewalls)):
        for configuration in firewall.configurations:
            place = configuration.subnet.id.lower() if configuration.subnet else ""
            if configuration.ip and place.startswith(f"{hub.id.lower()}/"):
                proposal.hub["hub_firewall_ip"] = str(configuration.ip)
                yield f"{printable(firewall.id.rpartition('/')[2])} {configuration.ip}"
                if firewall.policy:
                    yield f"policy {printable(firewall.policy.id.rpartition('/')[2])}"
                return
    hops = _next_hops(azure, hub)
    if len(hops) == 1:
        address = next(iter(hops))
        proposal.hub["hub_firewall_ip"] = str(address)
        yield f"{address} is the next hop of {hops[address]} default route{'s' * (hops[address] != 1)}"
    elif hops:
        known = ", ".join(f"{address} ({count})" for address, count in sorted(hops.items()))
        proposal.unclear["hub_firewall_ip"] = f"default routes have several next hops in the hub: {known}"
    else:
        proposal.unclear["hub_firewall_ip"] = (
            "the files contain no firewall in the hub, and no default route to the hub; pass the address, or none"
        )


def _runners(hub: Vnet, proposal: Proposal) -> None:
    """Propose the subnet in which Terraform runs: the only subnet with a name such as `runners`, or a free range if no
    subnet has such a name."""
    subnets = {
        subnet.name: subnet.cidrs[0]
        for subnet in sorted(hub.subnets, key=lambda subnet: subnet.name)
        if subnet.cidrs and subnet.name.lower() not in RESERVED
    }
    named = [name for name in subnets if any(part in name.lower() for part in RUNNERS)]
    if len(named) == 1:
        proposal.hub["hub_runners_cidr"] = str(subnets[named[0]])
        proposal.todo.append(f"runners: check that Terraform runs in the hub's subnet {printable(named[0])}")
        return
    used = [cidr for subnet in hub.subnets for cidr in subnet.cidrs]
    free = FreeBlocks(hub.cidrs, used).take(27)
    if not named and free:
        proposal.hub["hub_runners_cidr"] = str(free)
        proposal.planned["hub_runners_cidr"] = f"create a subnet {free} for the runners in the hub"
        proposal.todo.append(
            f"runners: no subnet of the hub has a name like runners; create a subnet {free}, which is free, or set "
            "hub.existing.runners_cidr"
        )
        return
    known = ", ".join(f"{printable(name)} {cidr}" for name, cidr in subnets.items())
    proposal.unclear["hub_runners_cidr"] = f"Terraform may run in one of these subnets: {known or 'none'}"


def _zone(azure: Azure, hub: Vnet, region: str, proposal: Proposal) -> None:
    """Propose the private DNS zone of AKS. A missing zone gets the id that it will have. If the files contain only
    zones that AKS created for one cluster, the zone is unknown."""
    name = aks_zone(region)
    known = [azure.zones[key] for key in sorted(azure.zones) if _accepted(azure.zones[key], name)]
    owners = {zone.id: azure_clusters.zone_owner(azure.clusters.values(), zone.id) for zone in known}
    zones = [zone for zone in known if not owners[zone.id]]
    for zone_id, owner in owners.items():
        if owner:
            label = printable(zone_id.rpartition("/")[2])
            proposal.read.append(f"AKS zone: {label} belongs to the cluster {owner}; other clusters cannot use it")
    of_hub = [zone for zone in zones if linked(azure, zone.id, hub.id)]
    if len(of_hub or zones) == 1:
        zone = (of_hub or zones)[0]
        proposal.hub["hub_dns_zone_id"] = zone.id
        proposal.read.append(f"AKS zone: {printable(zone.id.rpartition('/')[2])}")
    elif zones:
        ids = ", ".join(printable(zone.id, 300) for zone in of_hub or zones)
        proposal.unclear["hub_dns_zone_id"] = f"AKS may use each of these zones: {ids}"
    elif owners:
        proposal.hub["hub_dns_zone_id"] = UNKNOWN
    else:
        group = hub.id.partition("/providers/")[0]
        proposal.hub["hub_dns_zone_id"] = f"{group}/providers/Microsoft.Network/privateDnsZones/{name}"
        words = group.split("/")
        create = (
            f"az network private-dns zone create --subscription {words[2]} -g {shlex.quote(printable(words[4]))} "
            f"-n {name}"
        )
        proposal.planned["hub_dns_zone_id"] = create
        proposal.todo.append(
            f"AKS zone: the files do not contain {name}; if it exists, set hub.existing.private_dns_zone_id, otherwise "
            f"create it: {create}"
        )


def _accepted(zone: Zone, name: str) -> bool:
    own = zone.id.rpartition("/")[2].lower()
    return own == name or (own.endswith(f".{name}") and own.count(".") == name.count(".") + 1)
