"""Generate new and existing spokes with their subnets."""

from functools import cache
from ipaddress import IPv4Network

from hypothesis import strategies as st

from tests.strategies.cluster import clusters, existing_clusters
from tests.strategies.cluster_network import cluster_network
from tests.strategies.firewall_rules import firewall_rules
from tests.strategies.hub import ZONES, has_gateway
from tests.strategies.names import names_of
from tests.strategies.nat_gateways import with_nat_gateway
from tests.strategies.no_firewall import has_dns_proxy, has_firewall, hub_of, without_firewall, without_hub
from tests.strategies.routes import with_routes
from tests.strategies.subnets import subnet_names, subnets, with_security_group
from tests.strategies.values import PUBLIC_DNS, REGIONS, Topology, groups, optional, tags, uuids
from tests.strategies.vault import in_engines


@st.composite
def spokes_of(draw: st.DrawFn, topology: Topology, index: int) -> Topology:
    """Draw a spoke for this topology; spokes with different indexes never overlap."""
    has_hub = topology["hub"] != "none"
    topology = {**topology, "hub": hub_of(topology)}
    pools = topology["address_pools"]
    transit = set(topology["hub"].get("vault_peering", {}).get("transit_pools", ()))
    path = draw(st.sampled_from(("direct", "none", *(["via-hub"] if transit else []))))
    fit = {"direct": set(pools) - transit, "via-hub": transit, "none": set(pools) - transit}[path]
    pool = IPv4Network(pools[draw(st.sampled_from(sorted(fit)))])
    spoke = draw(spokes(index, path, list(pool.subnets(3))[index]))
    zones = [*topology["hub"].get("private_dns_zones", ()), ZONES[1]]
    spoke |= draw(optional(private_dns_zones=st.just(sorted(set(zones)))))
    if "private_dns_zones" in spoke:
        spoke |= draw(optional(registration_zone=st.sampled_from(spoke["private_dns_zones"])))
    if "existing" not in spoke:
        firewall = topology["hub"].get("firewall", {}) if has_dns_proxy(topology["hub"]) else {}
        address = firewall.get("private_ip", "168.63.129.16")
        spoke |= draw(optional(dns_servers=st.sampled_from(([], [address], [PUBLIC_DNS]))))
    if has_gateway(topology["hub"]):
        if "existing" not in spoke or spoke["existing"].get("hub_peering"):
            spoke |= draw(gateway_flags())
        else:
            spoke |= draw(optional(bgp_route_propagation=st.booleans()))
    spoke |= draw(optional(existing_resource_group=st.booleans()))
    spoke |= draw(with_routes(spoke, gateway=bool(spoke.get("use_remote_gateways"))))
    spoke |= draw(with_security_group(spoke))
    own = spoke["existing"]["cidrs"][0] if "existing" in spoke else spoke["cidr"]
    spoke |= draw(optional(firewall_rules=firewall_rules(topology["hub"], own, 2000 + 100 * index)))
    if "existing" not in topology["hub"] and (spoke.get("firewall_rules") or "cluster" in spoke):
        spoke |= draw(optional(firewall_priority=st.just(20000 + index)))
    spoke |= draw(with_nat_gateway(spoke))
    if "cluster" in spoke:
        spoke["cluster"] = {**spoke["cluster"], "apps": draw(in_engines(spoke["cluster"]["apps"], topology["vault"]))}
    elif not topology.get("logs", {}).keys() & {"storage_account_id", "event_hub_rule_id"}:
        spoke |= draw(optional(region=st.sampled_from(REGIONS)))
    spoke |= draw(optional(names=names_of(spoke, index, with_ci="ci" in topology["vault"]), tags=tags(9)))
    spoke = spoke if has_firewall(topology["hub"]) else without_firewall(spoke)
    return spoke if has_hub else without_hub(spoke)


@cache
def gateway_flags() -> st.SearchStrategy[Topology]:
    """Return a strategy for a spoke's use of a gateway in the hub."""
    unused = optional(use_remote_gateways=st.just(False), bgp_route_propagation=st.just(False))
    used = st.fixed_dictionaries(
        {"use_remote_gateways": st.just(True)}, optional={"bgp_route_propagation": st.booleans()}
    )
    return unused | used


@cache
@st.composite
def spokes(draw: st.DrawFn, index: int, path: str, block: IPv4Network) -> Topology:
    """Draw a spoke in its own block of addresses; `index` makes the name of an existing VNet unique."""
    vnet = next(block.subnets(draw(st.integers(0, 1))))
    nodes, *others = vnet.subnets(2)
    spoke: Topology = {"vault_route": path}
    if draw(st.integers(0, 3)) == 0:
        network = draw(groups("rg-old", "Rg_Old." + "x" * 56))
        spoke["existing"] = {
            "vnet_id": f"{network}/virtualNetworks/{draw(st.sampled_from(('vnet', 'VNet_' + 'x' * 56)))}-{index}",
            "cidrs": draw(st.just([str(vnet)]) | st.permutations([str(half) for half in vnet.subnets()])),
            **draw(optional(hub_peering=st.sampled_from((True, True, False)), zone_link=st.booleans())),
        }
        spoke |= draw(optional(subscription_id=st.just(network.split("/")[2])))
    else:
        first, second = map(str, vnet.subnets())
        spoke |= draw(st.sampled_from(({"cidr": str(vnet)}, {"cidr": second, "more_cidrs": [first]})))
        spoke |= draw(optional(subscription_id=uuids()))
    names = draw(st.lists(subnet_names(), max_size=3, unique_by=str.casefold))
    spoke["subnets"] = {name: draw(subnets(str(cidr))) for name, cidr in zip(names, others, strict=False)}
    others = others if len(names) < len(others) else []
    if others and "existing" in spoke and draw(st.booleans()):
        spoke["existing"]["subnets_in_use"] = [str(others.pop())]
    if path == "direct":
        spoke |= draw(optional(existing_peering=st.just(f"existing-{index}")))
    if draw(st.integers(0, 3)) == 0:
        if "existing" not in spoke:
            spoke["subnets"]["nodes"] = draw(subnets(str(nodes)))
        spoke["cluster"] = draw(existing_clusters(index, str(nodes), with_apps=path != "none"))
    elif draw(st.booleans()):
        spoke["cluster"] = draw(clusters(str(nodes), with_apps=path != "none"))
        spoke |= draw(cluster_network(spoke, str(others[2]) if len(others) > 2 else ""))
    return spoke
