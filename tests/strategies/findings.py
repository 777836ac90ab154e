"""Predict the warnings that the check reports for a generated topology."""

from ipaddress import IPv4Network

from tests.strategies.nat_gateways import unused
from tests.strategies.no_firewall import NO_HUB, has_dns_proxy, has_firewall, hub_of
from tests.strategies.subnets import is_shadowed
from tests.strategies.values import PUBLIC_DNS, REGIONS, Topology

ADDONS = {"azure_policy": "aks_policy", "microsoft_defender": "aks_defender", "oms_agent": "aks_monitoring"}


def warnings(topology: Topology) -> set[str]:
    """Return the ids of the warnings that the check reports for a generated topology without committed keys."""
    topology = {**topology, "hub": hub_of(topology)}
    peering = topology["hub"].get("vault_peering")
    clusters = [spoke["cluster"] for spoke in topology["spokes"].values() if "cluster" in spoke]
    created = [cluster for cluster in clusters if "existing" not in cluster]
    with_apps = [cluster for cluster in clusters if cluster["apps"]]
    with_public_dns = [spoke for spoke in topology["spokes"].values() if PUBLIC_DNS in spoke.get("dns_servers", ())]
    owners = (topology["hub"], *topology["spokes"].values())
    expected = {
        "HVN167": any(
            is_shadowed(one.get("rules", {}))
            for owner in owners
            for one in (*owner.get("subnets", {}).values(), *owner.get("network_security_groups", {}).values())
            if isinstance(one, dict)
        ),
        "HVN402": "backup" in topology["hvn"] and 2 * len(hvn_routes(topology)) > 10,
        "HVN403": "backup" in topology["hvn"] and 2 * sum(hvn_routes(topology)) > 15,
        "HVN408": REGIONS[-1] in hvn_regions(topology) and not topology["hvn"]["existing"],
        "HVN213": tags_not_in_dns(topology),
        "HVN401": peering is None,
        "HVN412": any(
            PUBLIC_DNS in topology["spokes"][spoke.get("vnet_of", name)].get("dns_servers", ()) and "cluster" in spoke
            for name, spoke in topology["spokes"].items()
        ),
        "HVN413": bool(with_public_dns) and "existing" not in topology["hub"] and has_firewall(topology["hub"]),
        "HVN417": has_dns_proxy(topology["hub"]) and "existing" not in topology["hub"] and uses_other_dns(topology),
        "HVN438": has_firewall(topology["hub"])
        and topology["hub"].get("firewall", {}).get("threat_intelligence") == "off"
        and "base_policy_id" in topology["hub"]["firewall"],
        # The generated next hop is in the runners' subnet.
        "HVN164": "next_hop" in topology["hub"].get("gateway", {}),
        "HVN410": "next_hop" in topology["hub"].get("gateway", {})
        or (
            bool(topology.get("on_premises"))
            and has_firewall(topology["hub"])
            and any(lacks_gateway_routes(topology, name) for name in topology["spokes"])
        ),
        "HVN454": has_firewall(topology["hub"]) and bool(topology["hub"].get("firewall", {}).get("dnat_rules")),
        "HVN449": has_firewall(topology["hub"]) and "web" in topology["hub"].get("firewall", {}).get("dnat_rules", {}),
        "HVN415": bool(peering and peering.get("on_premises"))
        and topology["hub"].get("gateway", {}).get("type") == "express_route"
        and "route_server" not in topology["hub"],
        "HVN429": any(
            cut_from_sites(topology, owner)
            for owner in (topology["hub"], *topology["spokes"].values())
            if topology.get("on_premises")
        ),
        "HVN432": not has_firewall(topology["hub"]),
        "HVN436": not has_firewall(topology["hub"])
        and not topology["hub"].get("runners", {"nat_gateway": True}).get("nat_gateway")
        and not any(
            route["destination"] == "0.0.0.0/0" and route["next_hop"] != "internet"
            for route in topology["hub"].get("routes", {}).values()
        ),
        "HVN434": any(
            unused(owner, firewall=has_firewall(topology["hub"]))
            for owner in (topology["hub"], *topology["spokes"].values())
        ),
        "HVN504": any(cluster["node_pool"]["min_count"] == 1 for cluster in created),
        "HVN508": any(cluster["kubernetes_version"] == "1.35.4" for cluster in created),
        "HVN511": any(not cluster.get("prevent_destroy", True) for cluster in clusters),
        "HVN517": any(
            server.get("public") and not server["authorized_ip_ranges"]
            for server in (cluster.get("api_server", {}) for cluster in clusters)
        ),
        "HVN520": topology["state"]["backend"] != "local"
        and any(
            not (
                cluster["existing"].get("entra", True)
                if "existing" in cluster
                else cluster.get("admin_groups") or cluster.get("azure_rbac")
            )
            for cluster in clusters
        ),
        "HVN519": has_firewall(topology["hub"])
        and any(
            spoke.get("cluster", {}).get("outbound_type") == "loadBalancer"
            and node_subnet(spoke).get("route", "firewall") == "firewall"
            for spoke in topology["spokes"].values()
        ),
        "HVN616": any(cluster.keys() & {"vault_login", "vso"} and not cluster["apps"] for cluster in clusters),
        "HVN614": any(
            set(cluster.get("existing_namespaces", ())) - {app["namespace"] for app in cluster["apps"].values()}
            for cluster in clusters
        ),
        "HVN205": bool(topology.get("naming", {}).keys() & patterns_without_effect(topology)),
        "HVN309": "logs" in topology
        and "existing" in topology["hub"]
        and not created
        and not any(own_nsgs(spoke) or "nat_gateway" in spoke for spoke in topology["spokes"].values()),
        "HVN310": unused_policy(topology),
        # No generated app uses a declared engine.
        "HVN639": any(
            place.get(field)
            for place in (topology["vault"], *topology["vault"].get("namespaces", {}).values())
            for field in ("database_engines", "pki_engines")
        ),
        "HVN619": bool(topology["vault"].keys() & {"audit_log", "metrics"}),
        "HVN631": any(app.get("more_policies") for cluster in with_apps for app in cluster["apps"].values()),
        "HVN611": any(cluster["vault_login"]["keys"] == "pubkeys" for cluster in with_apps),
    }
    owned = set(topology["azure"].get("policy_owned", ()))
    expected["HVN310"] |= any(
        cluster.get("addons", {}).get(addon) and choice in owned
        for cluster in clusters
        for addon, choice in ADDONS.items()
    )
    return {rule for rule, is_expected in expected.items() if is_expected}


def uses_other_dns(topology: Topology) -> bool:
    """Return whether a new VNet with a network rule for host names does not use the firewall's address as DNS server.
    The sources of the hub's rules are the first pool."""
    address = topology["hub"]["firewall"].get("private_ip")
    pool = IPv4Network(next(iter(topology["address_pools"].values())))
    for spoke in topology["spokes"].values():
        if "cidr" in spoke and (address is None or address not in spoke.get("dns_servers", ())):
            inside = any(pool.overlaps(IPv4Network(one)) for one in (spoke["cidr"], *spoke.get("more_cidrs", ())))
            sets = (spoke.get("firewall_rules", {}), topology["hub"].get("firewall_rules", {}) if inside else {})
            rules = [rule for rules in sets for rule in rules.values()]
            if any("fqdns" in rule and rule["ports"][0].startswith("tcp/") for rule in rules):
                return True
    return False


def cut_from_sites(topology: Topology, owner: Topology) -> bool:
    """Return whether a used table of `route_tables` is not consistent with the routes of the gateway. The owner is the
    hub or a spoke."""
    tables = owner.get("route_tables", {})
    used = {one["route"] for one in owner.get("subnets", {}).values() if isinstance(one, dict) and "route" in one}
    learns = [table.get("bgp_route_propagation", False) for key, table in tables.items() if key in used]
    if not owner.get("gateway" if owner is topology["hub"] else "use_remote_gateways"):
        return False
    if not has_firewall(topology["hub"]) or owner.get("bgp_route_propagation"):
        return not all(learns)
    return owner is not topology["hub"] and any(learns)


def lacks_gateway_routes(topology: Topology, name: str) -> bool:
    """Return whether no subnet of a spoke with the hub's gateway has a route to on-premises networks. A generated table
    has a route to these networks only if its default route leads to the firewall."""
    spoke = topology["spokes"][name]
    tables = {"none": False, **{key: _has_way_out(table) for key, table in spoke.get("route_tables", {}).items()}}
    subnets = [one if isinstance(one, dict) else {} for one in spoke.get("subnets", {}).values()]
    with_nodes = any(
        "node_cidr" in one.get("cluster", {})
        for key, one in topology["spokes"].items()
        if one.get("vnet_of", key) == name
    )
    return (
        bool(subnets and spoke.get("use_remote_gateways"))
        and not (spoke.get("bgp_route_propagation") or with_nodes)
        and not any(tables.get(one.get("route", "firewall"), True) for one in subnets)
    )


def _has_way_out(table: Topology) -> bool:
    default = any(
        (one["destination"], one["next_hop"]) == ("0.0.0.0/0", "firewall") for one in table.get("routes", {}).values()
    )
    return default or bool(table.get("bgp_route_propagation"))


def hvn_regions(topology: Topology) -> tuple[str, ...]:
    """Return the regions of the HVN and of the backup HVN."""
    hvn = topology["hvn"]
    return hvn.get("region", topology["azure"]["region"]), hvn.get("backup", {}).get("region", "")


def hvn_routes(topology: Topology) -> list[int]:
    """Return, for each peering of an HVN, the number of HVN routes. The generators draw at most one DNS server."""
    hub, routes = topology["hub"], []
    if peering := hub.get("vault_peering"):
        sites = [topology["on_premises"][site] for site in peering.get("on_premises", ())]
        # The DNS server of a hub with its own VNet is in the runners' subnet.
        server = "dns_forwarding" in peering and "existing" in hub and has_firewall(hub)
        routes.append(1 + len(peering["transit_pools"]) + sum(map(len, sites)) + server)
    for spoke in topology["spokes"].values():
        if spoke.get("vault_route") == "direct":
            own = spoke["existing"]["cidrs"] if "existing" in spoke else [spoke["cidr"], *spoke.get("more_cidrs", ())]
            routes.append(len(own))
    return routes


def node_subnet(spoke: Topology) -> Topology:
    """Return the settings of the subnet of a cluster's first pool, if the spoke has this subnet under `subnets`."""
    subnet: Topology = spoke.get("subnets", {}).get(spoke["cluster"].get("node_subnet", "nodes"), {})
    return subnet


def own_nsgs(owner: Topology) -> set[str]:
    """Return the keys of the subnets and groups with an NSG of this project. `owner` is the hub or a spoke."""
    of_subnets = {key for key, subnet in owner.get("subnets", {}).items() if "nsg" not in subnet}
    of_subnets |= owner.get("network_security_groups", {}).keys()
    others = {
        "nodes": "node_cidr" in owner.get("cluster", {}),
        "runners": "runners" in owner,
        "bastion": "bastion" in owner,
    }
    return of_subnets | {key for key, is_built in others.items() if is_built}


def patterns_without_effect(topology: Topology) -> set[str]:
    """Return the kinds of names that no resource of a network with this hub can have."""
    of_firewall = {"firewall", "firewall_policy", "firewall_public_ip", "firewall_management_ip"}
    kinds = {"peering_to_hub", "peering_from_hub", "dns_link"} if topology["hub"] is NO_HUB else set()
    return kinds if "cidr" in topology["hub"] else kinds | of_firewall


def tags_not_in_dns(topology: Topology) -> bool:
    """Return whether a private DNS zone or its link gets fewer tags than other resources."""
    hub: list[Topology] = [{}] if "existing" not in topology["hub"] else []
    own = [spoke for spoke in topology["spokes"].values() if "vnet_of" not in spoke]
    links = [
        spoke
        for spoke in own
        if spoke.get("private_dns_zones")
        or (topology["hub"] is not NO_HUB and spoke.get("existing", {}).get("zone_link", True))
    ]
    for owner in (*hub, *links):
        merged = {key.casefold() for key in (*topology["azure"].get("tags", {}), *owner.get("tags", {}))}
        if len(merged) > 15 or any(not key[0].isascii() or not key[0].isalpha() or " " in key for key in merged):
            return True
    return False


def unused_policy(topology: Topology) -> bool:
    """Return whether a setting for Azure Policy applies to no resource of this topology."""
    azure, spokes = topology["azure"], topology["spokes"].values()
    owned = set(azure.get("policy_owned", ()))
    no_vnet = "existing" in topology["hub"] and all({"existing", "vnet_of"} & spoke.keys() for spoke in spokes)
    no_cluster = not any("cluster" in spoke and "existing" not in spoke["cluster"] for spoke in spokes)
    of_vnets = "ddos_plan_id" in azure or "ddos_protection_plan" in owned
    return (no_vnet and of_vnets) or (no_cluster and bool(owned - {"tags", "ddos_protection_plan"}))
