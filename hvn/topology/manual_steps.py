"""The manual steps for Vault's namespace, and for networks that are managed outside this project."""

from collections.abc import Iterator

from hvn.topology import firewall, locations, naming, nat
from hvn.topology.default_rules import AKS_HOSTS, VAULT_PORT
from hvn.topology.dns_steps import dns_steps
from hvn.topology.engine_steps import engine_steps
from hvn.topology.firewall_rule import ApplicationRule, NetworkRule
from hvn.topology.model import ExistingCluster, ExistingHub, NewHub, Topology
from hvn.topology.new_hub_steps import new_hub_steps
from hvn.topology.ranges import vault_sites
from hvn.topology.remote_steps import remote_steps
from hvn.topology.shared_vnets import clusters, vnet_owner
from hvn.topology.site_hops import appliance_ranges
from hvn.topology.step import Step
from hvn.topology.subnet_steps import subnet_steps
from hvn.topology.vault_steps import vault_steps


def manual_steps(topology: Topology) -> tuple[Step, ...]:
    """Return the steps for Vault, the hub, on-premises networks and DNS servers, then for the spokes.

    The result is empty if no part of the network needs a manual step.
    """
    new = (*_public_api_servers(topology), *_plugins(topology))
    spokes = (*new, *_existing_clusters(topology), *_registries(topology), *_spokes(topology), *subnet_steps(topology))
    resolvers = (*_resolvers(topology), *dns_steps(topology))
    return (*vault_steps(topology), *engine_steps(topology), *_hub(topology), *_sites(topology), *resolvers, *spokes)


def _hub(topology: Topology) -> Iterator[Step]:
    if not locations.has_hub(topology):
        return
    runners = locations.runners_cidr(topology)
    hub = topology.hub
    unknown = isinstance(hub, ExistingHub) and locations.firewall_ip(topology) is None
    if unknown or nat.runners_lack_egress(topology):
        yield Step(
            f"Attach a NAT gateway to the runners' subnet {runners}, or give the subnet another route to the internet: "
            "the hub has no firewall.",
            "hub",
            before="vault",
        )
    if isinstance(hub, NewHub):
        yield from new_hub_steps(hub)
    if isinstance(topology.hub, ExistingHub):
        yield from _existing_hub(topology, topology.hub, runners)
    yield from remote_steps(topology)


def _existing_hub(topology: Topology, hub: ExistingHub, runners: str) -> Iterator[Step]:
    if address := locations.firewall_ip(topology):
        yield from _rules(topology)
        yield from (Step(text, "hub", before="vault") for text in _firewall(topology))
        if hub.existing.gateway:
            yield from _gateway(topology, address)
        yield Step(
            f"Check that the route table of the runners' subnet {runners} has a route 0.0.0.0/0 to {address} and no "
            "other route.",
            "hub",
            before="vault",
        )
    if hub.existing.gateway:
        yield from _appliances(topology)
    yield Step(
        f"Check that the network security group of the runners' subnet {runners} allows TCP {VAULT_PORT} to "
        f"{locations.hvns(topology)}, and TCP 443 to the spokes and the internet.",
        "hub",
        before="vault",
    )
    zone = naming.parse(hub.existing.private_dns_zone_id).name
    yield Step(
        f"Check that the private DNS zone {zone} is linked to the hub's VNet: the runners resolve the clusters' "
        "names with this zone.",
        "hub",
        before="vault",
    )


def _rules(topology: Topology) -> Iterator[Step]:
    """Yield the rules to add to an existing firewall."""
    for path, group in firewall.groups(topology):
        before, application = "vault", group.application_rules
        if path[:1] == ("spokes",):
            name = str(path[1])
            new = [one for one, spoke in clusters(topology, name).items() if spoke.new_cluster]
            before = f"aks-{new[0]}" if new else f"network-{name}"
            if not new:  # the firewall already allows the hosts that an existing cluster needs
                application = tuple(rule for rule in application if rule.description != AKS_HOSTS)
        texts = [f"network rule to the existing firewall: {_network(group.name, rule)}" for rule in group.network_rules]
        texts += [
            f"application rule to the existing firewall: {_application(group.name, rule)}" for rule in application
        ]
        yield from (Step(f"Add this {text}.", "hub", before=before) for text in texts)


def _firewall(topology: Topology) -> Iterator[str]:
    """Yield the settings of an existing firewall, each as imperative sentences."""
    groups = [group for _, group in firewall.groups(topology)]
    if any(rule.fqdns for group in groups for rule in group.network_rules):
        yield "In Azure Firewall, turn on the DNS proxy of the policy: network rules by host name need the proxy."
    yield (
        f"Allow HTTPS from {locations.runners_cidr(topology)} to your Python package index and npm registry: "
        "`make setup` downloads packages."
    )
    yield (
        "With an appliance instead of Azure Firewall, turn on IP forwarding of the appliance's interfaces, and allow "
        "the hosts of https://learn.microsoft.com/azure/aks/outbound-rules-control-egress instead of the FQDN tag."
    )
    of_file = [rule for group in groups for rule in group.network_rules]
    hvns = {str(cidr) for cidr in topology.hvn.cidrs}
    rules = "other firewall rule" if any(hvns & set(rule.sources) for rule in of_file) else "firewall rule"
    yield f"Add no {rules} from the HVN to the spokes: the firewall is stateful, so replies need no rule."
    if private := firewall.private_ranges(topology):
        ranges = ", ".join(private)
        yield (
            f"Turn off SNAT between the ranges {ranges}. In Azure Firewall, set the private ranges of the policy to "
            "these ranges."
        )
    peering = topology.vault_peering
    behind = [str(topology.address_pools[name]) for name in sorted(set(peering.transit_pools))] if peering else []
    behind += [str(cidr) for _, cidrs in vault_sites(topology) for cidr in cidrs]
    if behind:
        pools = ", ".join(behind)
        yield (
            f"Check that the firewall does not SNAT between {pools} and {locations.hvns(topology)}, because Vault "
            "would answer to the wrong address. An Azure Firewall with the default private ranges in its policy does "
            "not SNAT private addresses; with 255.255.255.255/32, it SNATs all addresses."
        )
        yield (
            "Check that the route table of the firewall's or appliance's subnet has no route to an address of "
            f"{locations.hvns(topology)}: Azure must use the system route of the peering."
        )


def gateway_ranges(topology: Topology) -> tuple[list[str], list[str]]:
    """Return the ranges that an existing GatewaySubnet must route to the firewall, and those without a route. Replies
    then take the request's route. Omit the ranges with a route to another appliance."""
    hvn = [str(cidr) for cidr in topology.hvn.cidrs] if vault_sites(topology) else []
    ranges: dict[bool, list[str]] = {False: [locations.runners_cidr(topology), *hvn], True: []}
    appliances = appliance_ranges(topology)
    for _, spoke in sorted(topology.spokes.items()):
        ranges[spoke.bgp_route_propagation] += [one for one in locations.spoke_cidrs(spoke) if one not in appliances]
    return ranges[False], ranges[True]


def _gateway(topology: Topology, firewall_ip: str) -> Iterator[Step]:
    """Yield the steps for the route table of the existing GatewaySubnet."""
    routed, direct = gateway_ranges(topology)
    yield Step(
        f"Add routes with the next hop {firewall_ip} to the route table of GatewaySubnet, with exactly these ranges: "
        f"{', '.join(routed)}. Azure prefers the peering's system route to a route with a wider range.",
        "hub",
    )
    if direct:
        yield Step(f"Check that the route table of GatewaySubnet has no route for {', '.join(direct)}.", "hub")


def _appliances(topology: Topology) -> Iterator[Step]:
    """Yield the steps for the routes of the existing GatewaySubnet to appliances."""
    for hop in sorted({*(ranges := appliance_ranges(topology)).values()}):
        routed = ", ".join(cidr for cidr, other in ranges.items() if other == hop)
        yield Step(
            f"Add routes with the next hop {hop} to the route table of GatewaySubnet, with exactly these ranges: "
            f"{routed}. Their replies to on-premises networks pass this appliance.",
            "hub",
        )


def _sites(topology: Topology) -> Iterator[Step]:
    for site, _ in vault_sites(topology):
        yield Step(
            f"Add a route to {locations.hvns(topology)} through the gateway on the routers of {site}: the gateway does "
            "not announce the HVN's range.",
            "on-premises",
            after="peering-hub",
        )


def _resolvers(topology: Topology) -> Iterator[Step]:
    peering = topology.vault_peering
    for domain, servers in sorted(peering.dns_forwarding.items()) if peering else ():
        verbs = ("answers", "accepts") if len(servers) == 1 else ("answer", "accept")
        yield Step(
            f"Check that {', '.join(map(str, servers))} {verbs[0]} for {domain} and {verbs[1]} TCP and UDP 53 from "
            f"{locations.hvns(topology)}.",
            "dns",
            before="peering-hub",
        )


def _public_api_servers(topology: Topology) -> Iterator[Step]:
    """Yield the steps for addresses of public API servers and their clients, which are known only after an apply.

    AKS allows the public address of the cluster's load balancer, but no other address of the nodes:
    https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges. The address of the API server:
    https://learn.microsoft.com/azure/aks/outbound-rules-control-egress, APIServerPublicIP.
    """
    firewall = locations.firewall_ip(topology)
    for name, spoke in sorted(topology.spokes.items()):
        if spoke.new_cluster is None:
            continue
        server = spoke.new_cluster.api_server
        if server.authorized_ip_ranges:
            balanced = locations.outbound_type(topology, spoke.new_cluster) == "loadBalancer"
            users = "the runners" if balanced and not firewall else "the nodes and the runners"
            senders = "the firewall's public addresses" if firewall else f"the public addresses of {users}"
            yield Step(
                f"Before you deploy `aks-{name}`, add {senders} to "
                f"spokes.{name}.cluster.api_server.authorized_ip_ranges: {users} use these addresses.",
                "deployer",
                before=f"aks-{name}",
            )
        if server.public and firewall:
            yield Step(
                f"After you deploy `aks-{name}`, add a rule to spokes.{vnet_owner(topology, name)}.firewall_rules from "
                f"spokes.{name}.cluster to the address of the API server with tcp/443. Pods connect to the address, "
                "not to the name.",
                "deployer",
                after=f"aks-{name}",
            )


def _plugins(topology: Topology) -> Iterator[Step]:
    """Yield the steps for clusters without a CNI plugin: https://learn.microsoft.com/azure/aks/use-byo-cni"""
    for name, spoke in sorted(topology.spokes.items()):
        cluster = spoke.new_cluster
        if cluster and cluster.network.mode == "none":
            yield Step(
                f"After you deploy `aks-{name}`, install a CNI plugin with the pod range {cluster.pod_cidr}. Until "
                "then the nodes are not ready, and no pod starts.",
                "deployer",
                after=f"aks-{name}",
            )


def _existing_clusters(topology: Topology) -> Iterator[Step]:
    vnet = "the hub's VNet" if locations.has_hub(topology) else "the runners' VNet"
    for name, spoke in sorted(topology.spokes.items()):
        if isinstance(spoke.cluster, ExistingCluster):
            cluster = naming.parse(spoke.cluster.existing.cluster_id).name
            before = f"vso-{name}" if spoke.cluster.apps else ""
            yield Step(
                f"Check that the runners resolve the API server of {cluster} (spoke {name}): its private DNS zone must "
                f"be linked to {vnet}.",
                "spoke",
                before=before,
            )
            if spoke.cluster.existing.pod_cidr is None:
                show = f"az aks show --ids {spoke.cluster.existing.cluster_id} --query networkProfile.podCidr"
                yield Step(
                    f"Check that {cluster} (spoke {name}) has no overlay: `{show}` prints nothing. Otherwise write the "
                    f"printed range as spokes.{name}.cluster.existing.pod_cidr.",
                    "spoke",
                    before=before,
                    commands=(show,),
                )
            if any(app.workload_identity for app in spoke.cluster.apps.values()):
                yield Step(
                    f"Check that workload identity is enabled in {cluster} (spoke {name}).", "spoke", before=before
                )


def _registries(topology: Topology) -> Iterator[Step]:
    for name, spoke in sorted(topology.spokes.items()):
        own = locations.spoke_group(topology, name, spoke).subscription_id
        registries = map(naming.parse, sorted(spoke.new_cluster.registries)) if spoke.new_cluster else ()
        for registry in registries:
            if registry.group.subscription_id != own.lower():
                yield Step(
                    f"Allow the identity that applies `aks-{name}` to assign the role AcrPull on {registry.id}, which "
                    f"is not in the cluster's subscription.",
                    "deployer",
                    before=f"aks-{name}",
                )


def _spokes(topology: Topology) -> Iterator[Step]:
    hub = locations.hub_vnet(topology).name if locations.has_hub(topology) else ""
    for name in sorted(topology.spokes):
        spoke = topology.spokes[name]
        if spoke.existing is None:
            continue
        vnet = locations.spoke_vnet(topology, name, spoke).name
        if spoke.subnets or spoke.new_cluster:
            yield Step(
                f"Ask the owner of {vnet} (spoke {name}) whether their Terraform manages the VNet's subnets inline. "
                f"If so, their next apply removes this project's subnets, unless it ignores changes of `subnet`.",
                "spoke",
                before=f"network-{name}",
            )
        if hub and not spoke.existing.hub_peering:
            yield Step(
                f"Check that {vnet} (spoke {name}) and {hub} are peered, and that the peering of {vnet} allows "
                "forwarded traffic from a firewall or gateway in the hub.",
                "spoke",
                before=f"network-{name}",
            )
            if locations.has_gateway(topology) and topology.on_premises:
                yield Step(
                    f"If {vnet} (spoke {name}) reaches on-premises networks, check that its half of the peering uses "
                    f"the remote gateway, and that the half of {hub} allows gateway transit.",
                    "spoke",
                )
        new = [one for one, other in clusters(topology, name).items() if other.new_cluster]
        if new:
            yield Step(
                f"Check that {vnet} (spoke {name}) has no custom DNS servers, or that the servers forward to Azure "
                f"DNS. A VNet with custom DNS servers ignores its linked private DNS zones.",
                "spoke",
                before=f"aks-{new[0]}",
            )
            yield Step(
                f"Tell the owner of {vnet} (spoke {name}) that AKS writes the cluster's tags on the VNet, and removes "
                f"these tags when somebody deletes the cluster.",
                "spoke",
                before=f"aks-{new[0]}",
            )
        if spoke.vault_route != "none":
            yield Step(
                f"Check that the network security groups of {vnet} (spoke {name}) allow TCP {VAULT_PORT} to "
                f"{locations.hvns(topology)}.",
                "spoke",
                before=f"network-{name}",
            )


def _network(group: str, rule: NetworkRule) -> str:
    to, ports = ", ".join(rule.destinations or rule.fqdns), ", ".join(rule.ports)
    what = f"{'/'.join(rule.protocols)} {ports} from {', '.join(rule.sources)} to {to}"
    return f"{group}/{rule.name}, {what} ({rule.description})"


def _application(group: str, rule: ApplicationRule) -> str:
    to = ", ".join(rule.fqdns) or f"the FQDN tag {', '.join(rule.fqdn_tags)}"
    ports = ", ".join(f"{protocol} {port}" for protocol, port in rule.protocols)
    return f"{group}/{rule.name}, {ports} from {', '.join(rule.sources)} to {to} ({rule.description})"
