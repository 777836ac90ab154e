"""Hypothesis strategies for valid topologies as plain data, and as YAML with shuffled keys.

Importing this module configures Hypothesis: no deadlines, and fixed examples if `CI` is set.
"""

import base64
import json
import os
import pathlib
import uuid
from collections.abc import Iterable, Mapping
from copy import deepcopy
from ipaddress import IPv4Network
from random import Random
from typing import Any

import yaml
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import settings
from hypothesis import strategies as st

from hvn.check import load
from hvn.kinds.workspace import Workspace, by_id
from hvn.yamlfile import source

settings.register_profile("hvn", max_examples=60, deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("hvn")

Topology = dict[str, Any]

HVNS = ("172.25.16.0/20", "10.200.0.0/16", "192.168.240.0/25")
HUBS = ("10.0.0.0/22", "172.20.0.0/24")
POOLS = ("10.64.0.0/12", "10.96.0.0/16", "172.16.0.0/17", "192.168.0.0/17", "100.96.0.0/12")
PODS = ("100.64.0.0/16", "10.128.0.0/14")
SERVICES = ("100.65.0.0/20", "10.132.0.0/20")
SITES = {"tokyo": ["10.250.0.0/16", "192.168.128.0/24"], "osaka": ["203.0.113.0/24"]}
MIRROR = "quay.io"
PUBLIC_DNS = "198.51.100.53"
REGIONS = ("japaneast", "westeurope", "eastus2", "norwayeast")  # HCP does not list the last region
LONG = "x" * 63
TAG_VALUES = ("", "a b", 'say "{}" \\ 100 % $', "東京", "v" * 256)


def optional(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Topology]:
    """Return a strategy for mappings with any subset of these keys."""
    return st.fixed_dictionaries({}, optional=keys)


def uuids() -> st.SearchStrategy[str]:
    return st.uuids().map(str)


def warnings(topology: Topology) -> set[str]:
    """Return the ids of the warnings that the check reports for such a topology without committed keys."""
    peering = topology["hub"].get("vault_peering")
    clusters = [spoke["cluster"] for spoke in topology["spokes"].values() if "cluster" in spoke]
    with_apps = [cluster for cluster in clusters if cluster["apps"]]
    with_public_dns = [spoke for spoke in topology["spokes"].values() if PUBLIC_DNS in spoke.get("dns_servers", ())]
    expected = {
        "HVN408": topology["hvn"].get("region", topology["azure"]["region"]) == REGIONS[-1]
        and not topology["hvn"]["existing"],
        "HVN213": tags_not_in_dns(topology),
        "HVN401": peering is None,
        "HVN405": bool(peering and (peering["transit_pools"] or peering.get("on_premises"))),
        "HVN412": any("cluster" in spoke for spoke in with_public_dns),
        "HVN413": bool(with_public_dns) and "existing" not in topology["hub"],
        "HVN504": any(cluster["node_pool"]["min_count"] == 1 for cluster in clusters),
        "HVN508": any(cluster["kubernetes_version"] == "1.35.4" for cluster in clusters),
        "HVN511": any(not cluster.get("prevent_destroy", True) for cluster in clusters),
        "HVN616": any(cluster.keys() & {"vault_login", "vso"} and not cluster["apps"] for cluster in clusters),
        "HVN614": any(
            set(cluster.get("existing_namespaces", ())) - {app["namespace"] for app in cluster["apps"].values()}
            for cluster in clusters
        ),
        "HVN205": bool(topology.get("naming", {}).keys() - used_patterns(topology)),
        "HVN309": "logs" in topology
        and "existing" in topology["hub"]
        and not any(map(own_nsgs, topology["spokes"].values())),
        "HVN310": unused_policy(topology),
        "HVN619": bool(topology["vault"].keys() & {"audit_log", "metrics"}),
        "HVN611": any(cluster["vault_login"]["keys"] == "pubkeys" for cluster in with_apps),
    }
    return {rule for rule, is_expected in expected.items() if is_expected}


def own_nsgs(owner: Topology) -> set[str]:
    """Return the keys of the subnets of the hub or of a spoke with an NSG of this project."""
    of_subnets = {key for key, subnet in owner.get("subnets", {}).items() if "nsg" not in subnet}
    others = {"nodes": "cluster" in owner, "runners": "runners" in owner, "bastion": "bastion" in owner}
    return of_subnets | {key for key, is_built in others.items() if is_built}


PATTERNS = {
    "resource_group": "RG_{topology}.{spoke}",
    "vnet": "{spoke}_VNet",
    "subnet": "snet-{subnet}",
    "route_table": "{spoke}.rt",
    "network_security_group": "{spoke}.nsg_{subnet}",
    "peering_to_hub": "{spoke}-{topology}",
    "peering_from_hub": "hub_{spoke}",
    "dns_link": "{topology}.{spoke}",
    "firewall": "{topology}.fw",
    "firewall_policy": "{topology}.policy",
    "firewall_public_ip": "{topology}.ip",
    "firewall_management_ip": "{topology}.management",
    "managed_identity": "{spoke}_mi",
    "cluster": "{spoke}_Cluster",
    "node_resource_group": "{spoke}_nodes",
    "dns_prefix": "X-{spoke}",
    "jwt_mount": "k8s-{topology}-{spoke}",
    "vault_role": "{spoke}_{app}",
}


def naming() -> st.SearchStrategy[Topology]:
    """Return a strategy for patterns of names. A pattern without a resource causes only a warning."""
    return optional(**{kind: st.just(pattern) for kind, pattern in PATTERNS.items()})


def used_patterns(topology: Topology) -> set[str]:
    """Return the kinds of resources that such a topology names by pattern."""
    used: set[str] = set()
    for owner in (topology["hub"], *topology["spokes"].values()):
        names, new = owner.get("names", {}), "existing" not in owner
        cluster, existing = owner.get("cluster", {}), owner.get("existing", {})
        kinds = {"route_table": True, "resource_group": True, "vnet": new}
        if owner is topology["hub"]:
            hub_kinds = ("dns_link", "firewall", "firewall_policy", "firewall_public_ip")
            kinds = dict.fromkeys((*kinds, *hub_kinds, "subnet"), new)
            kinds["firewall_management_ip"] = "management_cidr" in owner.get("firewall", {})
        else:
            kinds |= dict.fromkeys(("peering_to_hub", "peering_from_hub"), new or existing.get("hub_peering", False))
            kinds |= {"dns_link": new or existing.get("zone_link", True), "subnet": bool(owner["subnets"] or cluster)}
            of_cluster = ("managed_identity", "cluster", "node_resource_group", "dns_prefix")
            kinds |= dict.fromkeys(of_cluster, bool(cluster))
            kinds |= dict.fromkeys(("jwt_mount", "vault_role"), bool(cluster and cluster["apps"]))
        # Names of single subnets, apps and tables are in mappings. The gateway's table has the pattern's name.
        by_pattern = {"route_table"} if "gateway" in owner else set()
        if new or owner is not topology["hub"]:
            used |= (
                {"network_security_group"}
                if own_nsgs(owner) - names.get("network_security_groups", {}).keys()
                else set()
            )
            # The hub's further subnet has no name of its own.
            by_pattern |= {"subnet"} if owner is topology["hub"] and owner.get("subnets") else set()
        used |= {
            kind
            for kind, is_used in kinds.items()
            if is_used and (kind in by_pattern or not {kind, f"{kind}s"} & names.keys())
        }
    return used


def zones() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from("123"), unique=True)


def labels() -> st.SearchStrategy[str]:
    """Return a strategy for DNS labels, including leading digits and the maximum length."""
    short = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
    return short | st.sampled_from(("9" * 63, "a-b" * 21))


def hosts() -> st.SearchStrategy[list[str]]:
    return st.lists(st.from_regex(r"(\*\.)?[a-z]{1,8}\.example", fullmatch=True), max_size=3)


def spoke_names(*, longest: bool) -> st.SearchStrategy[str]:
    """Return a strategy for names that HVN202 accepts, including long names that differ only in the last letter."""
    long = st.from_regex(r"prefix-of-thirty-letters-for-a-[a-f]", fullmatch=True)
    short = st.from_regex(r"[a-z][a-z0-9]{1,6}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
    return (long if longest else long | short).filter(
        lambda name: (
            name not in ("hub", "runners", "vault") and not name.startswith("hub-") and not name.endswith("-nodes")
        )
    )


@st.composite
def topologies(draw: st.DrawFn, *, min_spokes: int = 0, max_spokes: int = 6, longest: bool = False) -> Topology:
    """Draw a topology without an error; with `longest`, its names have the maximum length.

    The check of a topology reports the findings of `warnings` only.
    """
    pool_names = ("a" * 24, "b" * 24, "c" * 24) if longest else ("alpha", "beta", "gamma")
    pools = dict(zip(pool_names, draw(st.permutations(POOLS)), strict=False))
    transit = draw(st.sets(st.sampled_from(pool_names[1:])))  # the first pool takes direct spokes
    peered = bool(transit) or draw(st.booleans())
    existing = draw(st.sampled_from(((), ("hvn",), ("hvn", "vault"))))
    region = draw(st.sampled_from(REGIONS))
    topology: Topology = {
        "version": 1,
        "name": "abcdefghijkl" if longest else draw(st.from_regex(r"[a-z]{3,12}", fullmatch=True)),
        "azure": {
            "tenant_id": draw(uuids()),
            "subscription_id": draw(uuids()),
            "region": region,
            **draw(optional(tags=tags())),
            **draw(policy()),
        },
        "state": draw(states()),
        "hvn": {
            "id": "h" * 36 if longest else draw(st.sampled_from(("hvn-one", "HVN-1"))),
            "cidr": draw(st.sampled_from(HVNS)),
            "existing": "hvn" in existing,
            **draw(optional(project_id=uuids(), **({} if existing else {"region": st.sampled_from(REGIONS)}))),
        },
        "vault": {
            "cluster_id": "v" * 36 if longest else "vault-one",
            **draw(st.just({"existing": True}) if "vault" in existing else sizes()),
            **draw(optional(kv_mount=st.sampled_from(("kv", "k" * 63)))),
            **draw(optional(namespace=st.sampled_from(NAMESPACES)) | ci_in_its_namespace()),
        },
        "address_pools": pools,
        **draw(optional(on_premises=st.sampled_from([{name: SITES[name]} for name in SITES] + [SITES]))),
        "hub": draw(hubs(region, pools[pool_names[0]])),
        **({"logs": draw(logs())} if draw(st.booleans()) else {}),
        "spokes": {},
    }
    if peered:
        topology["hub"]["vault_peering"] = {"transit_pools": sorted(transit)}
        hub = topology["hub"]
        server = hub["existing"]["firewall_private_ip"] if "existing" in hub else hub["runners"]["cidr"].split("/")[0]
        topology["hub"]["vault_peering"] |= draw(optional(dns_forwarding=st.just({"corp.example": [server]})))
        if "tokyo" in topology.get("on_premises", {}) and {"existing", "gateway"} & topology["hub"].keys():
            topology["hub"]["vault_peering"] |= draw(optional(on_premises=st.just(["tokyo"])))
    topology["hub"] |= draw(optional(firewall_rules=firewall_rules(f"address_pools.{pool_names[0]}", 1000)))
    names = draw(st.lists(spoke_names(longest=longest), min_size=min_spokes, max_size=max_spokes, unique=True))
    for index, name in enumerate(names):
        topology["spokes"][name] = draw(spokes_of(topology, index))
    return topology | draw(optional(naming=naming()))


@st.composite
def firewall_rules(draw: st.DrawFn, source: str, port: int) -> Topology:
    """Draw rules to addresses outside of this topology. No rule covers another rule."""
    outside: list[Topology] = [
        {"destinations": ["198.51.100.0/24", "198.51.101.7/32"], "ports": [f"tcp/{port}", f"udp/{port}-{port + 9}"]},
        {"service_tags": ["AzureMonitor", "Storage.JapanEast"], "ports": [f"tcp/{port}"]},
        {"fqdns": ["one.example.com", "two.example.com"], "ports": [f"tcp/{port}", "icmp"]},
        {"fqdns": ["*.example.com"], "ports": [f"https/{port}", f"mssql/{port}"]},
        {"fqdn_tags": ["WindowsUpdate"], "ports": [f"https/{port}", f"http/{port}"]},
    ]
    rules = draw(st.lists(st.sampled_from(outside), max_size=3, unique_by=str))
    names = draw(st.lists(labels(), min_size=len(rules), max_size=len(rules), unique=True))
    return {
        name: {"sources": [source], "reason": draw(st.sampled_from(('say "{}" 100 % $', "r" * 200))), **rule}
        for name, rule in zip(names, rules, strict=True)
    }


@st.composite
def changes(draw: st.DrawFn, *, max_spokes: int = 6) -> tuple[Topology, Topology, str]:
    """Draw a topology, a copy with one spoke removed or replaced, and that spoke's name."""
    topology = draw(topologies(min_spokes=1, max_spokes=max_spokes))
    names = list(topology["spokes"])
    name = draw(st.sampled_from(names))
    other = draw(st.none() | spokes_of(topology, names.index(name)))
    return topology, with_spoke(topology, name, other), name


UPGRADES = (
    {"type": "AUTOMATIC"},
    {"type": "MANUAL"},
    {"type": "SCHEDULED", "day": "SUNDAY", "window": "WINDOW_6PM_10PM"},
)


STREAMS = (
    {"type": "datadog", "region": "us1"},
    {"type": "cloudwatch", "region": "eu-west-1", "user": "AKIAIOSFODNN7EXAMPLE"},
    {"type": "http", "endpoint": "https://logs.example"},
    {"type": "splunk", "endpoint": "https://splunk.example:8088/services/collector"},
    {"type": "grafana", "endpoint": "https://push.example/api", "user": "1234"},
)
TIERS = ("standard_small", "plus_large")
NAMESPACES = ("admin", "admin/team", "admin" + f"/{'n' * 64}" * 5)


def sizes() -> st.SearchStrategy[Topology]:
    """Return a strategy for tier and upgrades of a Vault cluster that this project creates."""
    upgrades = optional(
        tier=st.sampled_from(TIERS),
        upgrade=st.sampled_from(UPGRADES),
        audit_log=st.sampled_from(STREAMS),
        metrics=st.sampled_from(STREAMS),
    )
    return st.builds(dict.__or__, optional(existing=st.just(False)), st.just({"tier": "dev"}) | upgrades)


def tags(most: int = 40) -> st.SearchStrategy[dict[str, str]]:
    """Return a strategy for tags, up to Azure's limits of number and length."""
    keys = labels().map("t".__add__) | st.sampled_from(("T" * 128, "Cost Center", "1st", "部門"))
    many = {f"key-{number}": "value" for number in range(most)}
    return st.dictionaries(keys, st.sampled_from(TAG_VALUES), max_size=most) | st.just(many)


def tags_not_in_dns(topology: Topology) -> bool:
    """Return whether a zone or a link gets fewer tags than other resources."""
    hub: list[Topology] = [{}] if "existing" not in topology["hub"] else []
    links = [spoke for spoke in topology["spokes"].values() if spoke.get("existing", {}).get("zone_link", True)]
    for owner in (*hub, *links):
        merged = {key.casefold() for key in (*topology["azure"].get("tags", {}), *owner.get("tags", {}))}
        if len(merged) > 15 or any(not key[0].isascii() or not key[0].isalpha() or " " in key for key in merged):
            return True
    return False


def ci_in_its_namespace() -> st.SearchStrategy[Topology]:
    """Return a strategy for CI logins in a namespace below `admin`; the check warns about `admin` itself."""
    github = st.fixed_dictionaries(
        {
            "audience": st.just("https://github.com/example-org"),
            "subject_prefix": st.just("repo:example-org@1/platform@2"),
            "apply": st.permutations(("environment:production", "ref:refs/heads/main")),
        },
        optional={
            "issuer": st.just("https://token.actions.githubusercontent.com/example-org"),
            "plan": st.just(["pull_request", "ref:refs/tags/v1.0", "environment:plan"]),
        },
    )
    cloud = st.fixed_dictionaries(
        {"organization": st.just("example-org"), "project": st.sampled_from(("platform", "Shared Services"))},
        optional={"hostname": st.just("terraform.example.com")},
    )
    return st.fixed_dictionaries(
        {"namespace": st.just("admin/team"), "ci": optional(github=github, hcp_terraform=cloud)}
    )


def states() -> st.SearchStrategy[Topology]:
    return st.one_of(
        st.just({"backend": "local"}),
        st.fixed_dictionaries(
            {
                "backend": st.just("azurerm"),
                "resource_group": st.just("rg-state"),
                "storage_account": st.just("state0001"),
            },
            optional={"subscription_id": uuids(), "container": st.just("network")},
        ),
        st.fixed_dictionaries(
            {"backend": st.just("cloud"), "organization": st.just("example-org")},
            optional={"project": st.just("Shared Services"), "hostname": st.just("terraform.example.com")},
        ),
    )


OWNED = ("aks_defender", "aks_monitoring", "aks_policy", "tags")


@st.composite
def policy(draw: st.DrawFn) -> Topology:
    """Draw the arguments that Azure Policy owns, and a DDoS plan or its ownership."""
    owned = draw(st.lists(st.sampled_from(OWNED), unique=True))
    plan = f"/subscriptions/{draw(uuids())}/resourceGroups/rg-net/providers/Microsoft.Network/ddosProtectionPlans/ddos"
    mine = draw(st.sampled_from(("none", "plan", "owned")))
    chosen: Topology = {"ddos_plan_id": plan} if mine == "plan" else {}
    return {**chosen, "policy_owned": [*owned, "ddos_protection_plan"] if mine == "owned" else owned}


def unused_policy(topology: Topology) -> bool:
    """Return whether a setting for Azure Policy applies to no resource of this topology."""
    azure, spokes = topology["azure"], topology["spokes"].values()
    owned = set(azure.get("policy_owned", ()))
    no_vnet = "existing" in topology["hub"] and all("existing" in spoke for spoke in spokes)
    no_cluster = not any("cluster" in spoke for spoke in spokes)
    of_vnets = "ddos_plan_id" in azure or "ddos_protection_plan" in owned
    return (no_vnet and of_vnets) or (no_cluster and bool(owned - {"tags", "ddos_protection_plan"}))


@st.composite
def logs(draw: st.DrawFn) -> Topology:
    """Draw one to three destinations of logs."""
    group = f"/subscriptions/{draw(uuids())}/resourceGroups/rg-logs/providers"
    destinations = {
        "workspace_id": f"{group}/Microsoft.OperationalInsights/workspaces/log-one",
        "storage_account_id": f"{group}/Microsoft.Storage/storageAccounts/logs0001",
        "event_hub_rule_id": f"{group}/Microsoft.EventHub/namespaces/evhns-logs/authorizationRules/send",
    }
    return {name: destinations[name] for name in draw(st.sets(st.sampled_from(sorted(destinations)), min_size=1))}


def with_bastion(runners: Topology, cidr: str) -> st.SearchStrategy[Topology]:
    """Return a strategy for the runners, and Azure Bastion with or without access to them."""
    bastion = {"cidr": cidr}
    return st.sampled_from(
        (
            {"runners": runners},
            {"runners": runners, "bastion": bastion},
            {"runners": {**runners, "allow_bastion": True}, "bastion": bastion},
        )
    )


@st.composite
def hubs(draw: st.DrawFn, region: str, pool: str) -> Topology:
    """Draw a hub outside all pools, or at the end of this pool, which no spoke uses."""
    last = list(IPv4Network(pool).subnets(new_prefix=22))[-1]
    cidr = IPv4Network(draw(st.sampled_from((*HUBS, str(last)))))
    firewall, rest, bastion, other = list(cidr.subnets(new_prefix=26))[:4]
    runners = str(next(rest.subnets(new_prefix=27)))
    runners_end = next(rest.subnets(new_prefix=27))[9]
    if draw(st.booleans()):
        network = draw(groups("rg-net", "RG_Net." + "x" * 56))
        zones_of = draw(st.just(network) | groups("rg-dns"))
        below = draw(st.sampled_from(("", "shared.", "Shared.", f"{'a' * 32}.")))
        more = draw(st.just([]) | st.just(["10.1.0.0/24"]))
        return {
            "existing": {
                "vnet_id": f"{network}/virtualNetworks/vnet-hub",
                "cidrs": [str(cidr), *more],
                "firewall_private_ip": draw(st.sampled_from([str(firewall[4]), *("10.1.0.9" for _ in more)])),
                "private_dns_zone_id": f"{zones_of}/privateDnsZones/{below}privatelink.{region}.azmk8s.io",
                "runners_cidr": runners,
                **draw(optional(gateway=st.sampled_from((True, True, False)))),
            }
        }
    further = draw(optional(more_cidrs=st.just(["10.1.0.0/24"])))
    management = draw(optional(management_cidr=st.just("10.1.0.64/26"))) if further else {}
    names = (*HUB_NAMES, *(["firewall_management_ip"] if management else ()))
    return {
        "cidr": str(cidr),
        **further,
        "firewall": {
            "cidr": str(firewall),
            **management,
            **draw(
                optional(
                    private_ip=st.sampled_from((str(firewall[5]), str(firewall[-2]))),
                    public_ips=st.sampled_from((1, 2, 250)),
                    sku_tier=st.sampled_from(("Standard", "Premium")),
                    dns_servers=st.just([str(runners_end)]),
                    threat_intelligence=st.sampled_from(("off", "alert", "deny")),
                )
            ),
            **draw(optional(zones=zones(), allow_fqdns=hosts())),
        },
        **draw(with_bastion({"cidr": runners, **draw(optional(allow_fqdns=hosts()))}, str(bastion))),
        **draw(optional(subnets=subnets(str(other)).map(lambda subnet: {"Jump.hosts_1": subnet}))),
        **draw(
            optional(
                subscription_id=uuids(),
                existing_resource_group=st.booleans(),
                gateway=gateways(str(list(cidr.subnets(new_prefix=27))[3])),
                names=own_names(names, "Hub_0", HUB_PARTS),
                dns_servers=st.just([str(runners_end)]),
                private_dns_zones=st.sampled_from((ZONES, ZONES[:1])),
            )
        ),
    }


_GROUP = "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/rg-zones/providers/Microsoft.Network"
ZONES = ("privatelink.vaultcore.azure.net", f"{_GROUP}/privateDnsZones/Corp.example")


def gateways(cidr: str) -> st.SearchStrategy[Topology]:
    return st.fixed_dictionaries({"cidr": st.just(cidr)}, optional={"existing": st.sampled_from((True, True, False))})


def has_gateway(hub: Topology) -> bool:
    """Return whether spokes may use a gateway in this hub."""
    return bool(hub["existing"].get("gateway") if "existing" in hub else hub.get("gateway", {}).get("existing"))


HUB_NAMES = ("resource_group", "vnet", "dns_link", "firewall", "firewall_policy", "firewall_public_ip")
HUB_PARTS = {"subnets": ["runners"], "route_tables": ["runners"], "network_security_groups": ["runners"]}
CLUSTER_NAMES = ("managed_identity", "cluster", "node_resource_group", "dns_prefix")


def own_names(kinds: Iterable[str], name: str, parts: Mapping[str, Iterable[str]]) -> st.SearchStrategy[Topology]:
    """Return a strategy for names of single resources; `parts` has the keys of subnets and apps."""
    each = {kind: st.just(name.replace("_", "-") if kind == "dns_prefix" else name) for kind in kinds}
    # No subnet and no app has a key with two underscores.
    mapped = {
        field: st.just({key: f"own__{number}" for number, key in enumerate(sorted(keys))})
        for field, keys in parts.items()
        if keys
    }
    return optional(**each, **mapped)


@st.composite
def groups(draw: st.DrawFn, *names: str) -> str:
    """Draw the beginning of ids in an existing resource group; its subscription may be in upper case."""
    subscription = draw(uuids() | uuids().map(str.upper))
    return f"/subscriptions/{subscription}/resourceGroups/{draw(st.sampled_from(names))}/providers/Microsoft.Network"


@st.composite
def spokes_of(draw: st.DrawFn, topology: Topology, index: int) -> Topology:
    """Draw a spoke for this topology; spokes with different indexes never overlap."""
    pools = topology["address_pools"]
    transit = set(topology["hub"].get("vault_peering", {}).get("transit_pools", ()))
    path = draw(st.sampled_from(("direct", "none", *(["via-hub"] if transit else []))))
    fit = {"direct": set(pools) - transit, "via-hub": transit, "none": set(pools) - transit}[path]
    pool = IPv4Network(pools[draw(st.sampled_from(sorted(fit)))])
    spoke = draw(spokes(index, path, list(pool.subnets(3))[index]))
    zones = [*topology["hub"].get("private_dns_zones", ()), ZONES[1]]
    spoke |= draw(optional(private_dns_zones=st.just(sorted(set(zones)))))
    if "existing" not in spoke:
        address = topology["hub"].get("firewall", {}).get("private_ip", "168.63.129.16")
        spoke |= draw(optional(dns_servers=st.sampled_from(([], [address], [PUBLIC_DNS]))))
    if has_gateway(topology["hub"]):
        if "existing" not in spoke or spoke["existing"].get("hub_peering"):
            spoke |= draw(gateway_flags())
        else:
            spoke |= draw(optional(bgp_route_propagation=st.booleans()))
    spoke |= draw(optional(existing_resource_group=st.booleans()))
    own = spoke["existing"]["cidrs"][0] if "existing" in spoke else spoke["cidr"]
    spoke |= draw(optional(firewall_rules=firewall_rules(own, 2000 + 100 * index)))
    if "existing" not in topology["hub"] and (spoke.get("firewall_rules") or "cluster" in spoke):
        spoke |= draw(optional(firewall_priority=st.just(20000 + index)))
    return spoke | draw(optional(names=names_of(spoke, index, with_ci="ci" in topology["vault"]), tags=tags(9)))


def gateway_flags() -> st.SearchStrategy[Topology]:
    """Return a strategy for a spoke's use of a gateway in the hub."""
    unused = optional(use_remote_gateways=st.just(False), bgp_route_propagation=st.just(False))
    used = st.fixed_dictionaries(
        {"use_remote_gateways": st.just(True)}, optional={"bgp_route_propagation": st.booleans()}
    )
    return unused | used


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
    if draw(st.booleans()):
        spoke["cluster"] = draw(clusters(str(nodes), with_apps=path != "none"))
    return spoke


def names_of(spoke: Topology, index: int, *, with_ci: bool) -> st.SearchStrategy[Topology]:
    """Return a strategy for the names of a spoke's resources. `index` makes them unique."""
    existing, cluster = spoke.get("existing"), spoke.get("cluster")
    kinds = ["resource_group", "route_table"]
    kinds += [] if existing else ["vnet"]
    if existing is None or existing.get("hub_peering"):
        kinds += ["peering_to_hub", "peering_from_hub"]
    if existing is None or existing.get("zone_link", True):
        kinds += ["dns_link"]
    parts = {
        "subnets": [*spoke["subnets"], *(["nodes"] if cluster else [])],
        "network_security_groups": list(own_nsgs(spoke)),
    }
    if cluster:
        kinds += CLUSTER_NAMES
        parts["vault_roles"] = list(cluster["apps"])
        # The policies of CI cover only the beginning of the pattern.
        kinds += ["jwt_mount"] if cluster["apps"] and not with_ci else []
    # The node resource group is a resource group too.
    own = own_names(kinds, f"Own_{index}", parts)
    return own.map(lambda names: names | ({"node_resource_group": f"Own_n{index}"} if cluster else {}))


def subnet_names() -> st.SearchStrategy[str]:
    """Return a strategy for names that Azure allows, except the name of the node subnet."""
    return st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,10}[A-Za-z0-9_])?", fullmatch=True).filter(
        lambda name: name.casefold() != "nodes"
    ) | st.sampled_from(("9" * 75, "A.b_" * 18, "A_b_" * 18))


DELEGATIONS = ("Microsoft.Web/serverFarms", "Microsoft.Network/dnsResolvers", "Microsoft.Databricks/workspaces")
MANAGED_INSTANCE = {"delegation": "Microsoft.Sql/managedInstances", "nsg": "rg_sql/nsg-sql", "route": "none"}


def subnets(cidr: str) -> st.SearchStrategy[Any]:
    """Return a strategy for a subnet in its short or its long form."""
    fields = optional(
        route=st.sampled_from(("firewall", "none")),
        service_endpoints=st.permutations(("Microsoft.Storage", "Microsoft.Sql")),
    )
    group = st.just({"nsg": "rg-shared/NSG_1"}) | optional(rules=nsg_rules(cidr))
    delegation = optional(delegation=st.sampled_from(DELEGATIONS))
    free = st.builds(lambda one, two, three: one | two | three, fields, group, delegation)
    return st.just(cidr) | (free | st.just(MANAGED_INSTANCE)).map(lambda more: {"cidr": cidr, **more})


@st.composite
def nsg_rules(draw: st.DrawFn, cidr: str) -> Topology:
    """Draw rules of an NSG; each has its own priority."""
    ends = st.sampled_from(([], ["VirtualNetwork"], [cidr, "192.0.2.7"], ["Internet"], ["172.16.0.0/12"]))
    names = st.lists(st.sampled_from(("web", "Deny_all", "a.b-c_", "9")), max_size=3, unique=True)
    return {
        name: {
            "priority": 101 + 1000 * index,
            **draw(
                optional(
                    direction=st.sampled_from(("inbound", "outbound")),
                    access=st.sampled_from(("allow", "deny")),
                    source=ends,
                    destination=ends,
                )
            ),
            **draw(
                st.just({"protocol": "icmp"})
                | optional(
                    protocol=st.sampled_from(("tcp", "udp", "any")),
                    ports=st.sampled_from(([], ["443"], ["8000-9000", "22"], ["0-65535"])),
                )
            ),
        }
        for index, name in enumerate(draw(names))
    }


# The smallest pod range, a /16, has a /24 for 256 nodes. The first pool and its surge are 120 of them, three further
# pools with the default surge of 10% are 132, and the pool `open` is 4.
MOST_NODES = 60
MOST_MORE_NODES = 40


@st.composite
def clusters(draw: st.DrawFn, nodes: str, *, with_apps: bool) -> Topology:
    pool = draw(st.integers(1, MOST_NODES))
    tainted = draw(st.booleans())
    more = draw(more_nodes(for_apps=tainted))
    version = draw(st.sampled_from(("1.36", "1.35.4")))
    return {
        "kubernetes_version": version,
        "node_cidr": nodes,
        "node_pool": {
            "vm_size": draw(st.sampled_from(("Standard_D4s_v5", "Standard_E8-4as_v5"))),
            "min_count": draw(st.integers(1, pool)),
            "max_count": pool,
            **draw(
                optional(
                    max_surge=st.sampled_from(("1", str(MOST_NODES), "33%", "100%")),
                    drain_timeout_minutes=st.integers(1, 1440),
                    node_soak_minutes=st.integers(0, 30),
                    zones=zones(),
                    max_pods=st.integers(30, 250),
                    os_disk_type=st.sampled_from(("Managed", "Ephemeral")),
                    os_disk_size_gb=st.integers(30, 2048),
                )
            ),
            **({"only_critical_addons": True} if tainted else {}),
        },
        **({"node_pools": more} if more else {}),
        **draw(optional(prevent_destroy=st.booleans(), upgrades=upgrades(patches=version == "1.36"))),
        **draw(optional(pod_cidr=st.sampled_from(PODS), service_cidr=st.sampled_from(SERVICES))),
        **draw(
            optional(admin_groups=st.lists(uuids(), max_size=2))
            | st.builds(lambda group: {"admin_groups": [group], "azure_rbac": True}, uuids())
        ),
        **draw(optional(existing_namespaces=st.sampled_from((["shop"], ["shop", "other"], ["default", LONG])))),
        **draw(
            optional(
                vso=optional(
                    version=st.sampled_from(("1.4.0", "0.10.0")),
                    image_registry=st.sampled_from((MIRROR, f"{MIRROR}/mirror/of.images")),
                )
            )
        ),
        "vault_login": {"keys": draw(st.sampled_from(("issuer", "pubkeys")))},
        "apps": draw(apps()) if with_apps else {},
    }


SURGE = {"max_surge": "1", "drain_timeout_minutes": 5, "node_soak_minutes": 1}


@st.composite
def more_nodes(draw: st.DrawFn, *, for_apps: bool) -> Topology:
    """Draw further node pools; with `for_apps`, one of them takes every pod."""
    pools: Topology = {}
    for name in draw(st.lists(st.sampled_from(("a", "apps", "batch9999")), max_size=3, unique=True)):
        mode = draw(st.sampled_from((None, "User", "System")))
        spot = mode != "System" and draw(st.booleans())
        most = draw(st.integers(1, MOST_MORE_NODES))
        pools[name] = {
            "vm_size": "Standard_D4s_v5",
            "min_count": draw(st.integers(1 if mode == "System" else 0, most)),
            "max_count": most,
            **({"mode": mode} if mode else {}),
            **({"spot": True} if spot else {}),
            **draw(
                optional(
                    zones=zones(),
                    max_pods=st.integers(30, 250),
                    os_disk_type=st.sampled_from(("Managed", "Ephemeral")),
                    os_disk_size_gb=st.integers(30, 2048),
                    labels=st.just({"example.com/tier": "batch", "empty": ""}),
                    taints=st.just(["workload=batch:NoSchedule", "a=:PreferNoSchedule"]),
                )
            ),
            **(
                {}
                if spot
                else draw(
                    optional(max_surge=st.just("1"), drain_timeout_minutes=st.just(5), node_soak_minutes=st.just(1))
                )
            ),
        }
    if for_apps:
        pools["open"] = {"vm_size": "Standard_D4s_v5", "min_count": 0, "max_count": 3}
    return pools


@st.composite
def upgrades(draw: st.DrawFn, *, patches: bool) -> Topology:
    """Draw channels of upgrades, with windows where they have an effect. `patches`: AKS may install patches."""
    kubernetes = draw(st.sampled_from((None, "none", "patch"))) if patches else None
    node_os = draw(st.sampled_from((None, "NodeImage", "SecurityPatch", "Unmanaged", "None")))
    windows = st.fixed_dictionaries(
        {"day": st.sampled_from(("Monday", "Sunday"))},
        optional={
            "start_time": st.sampled_from(("00:00", "23:59")),
            "hours": st.integers(4, 24),
            "utc_offset": st.sampled_from(("+09:00", "-05:30")),
        },
    )
    return {
        **({"channel": kubernetes} if kubernetes else {}),
        **({"node_os_channel": node_os} if node_os else {}),
        **(draw(optional(window=windows)) if patches and kubernetes != "none" else {}),
        **(draw(optional(node_os_window=windows)) if node_os not in ("Unmanaged", "None") else {}),
    }


WORKLOADS = (
    {"kind": "Deployment", "name": "web"},
    {"kind": "StatefulSet", "name": "db"},
    {"kind": "DaemonSet", "name": f"{LONG}.agent"},
)
LIFETIMES: tuple[Topology, ...] = (
    {},
    {"ttl": "30m", "max_ttl": "2h"},
    {"ttl": "1s", "max_ttl": "1s"},
    {"max_ttl": "999999h"},
    {"ttl": "999999h", "max_ttl": "999999h"},
)
LONGEST_NAME = f"{LONG}.{LONG}.{LONG}.{'x' * 55}"  # six characters less than the maximum of an ObjectName


@st.composite
def apps(draw: st.DrawFn) -> Topology:
    """Draw apps in few namespaces; each app has its own service account and Secrets."""
    made: Topology = {}
    for index, name in enumerate(draw(st.lists(labels(), max_size=3, unique=True))):
        namespace = draw(st.sampled_from(("shop", "jobs", LONG)))
        only = all(app["namespace"] != namespace for app in made.values())
        account = draw(st.sampled_from((name, f"{LONGEST_NAME}.{index:05}", *(["default"] if only else []))))
        destination = draw(st.sampled_from((name, f"{LONGEST_NAME}.{index:02}")))
        made[name] = {
            "namespace": namespace,
            **draw(secrets_of(name, destination)),
            "service_account": account,
            **draw(optional(audience=st.sampled_from(("vault.example", "https://vault.example:8200/a", "a" * 255)))),
            **draw(st.sampled_from(LIFETIMES)),
        }
    return made


@st.composite
def secrets_of(draw: st.DrawFn, app: str, destination: str) -> Topology:
    """Draw secrets of at least one kind. `destination` begins the names of their Kubernetes Secrets."""
    kinds = {"secrets": secrets, "dynamic_secrets": dynamic_secrets, "certificates": certificates}
    chosen = draw(st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=2, unique=True))
    return {
        kind: [draw(kinds[kind](app, f"{destination}.{kind[0]}{number}")) for number in range(draw(st.integers(1, 2)))]
        for kind in chosen
    }


def dynamic_secrets(app: str, destination: str) -> st.SearchStrategy[Topology]:
    """Return a strategy for a dynamic secret; the longest lease has the name of its app's role."""
    return st.fixed_dictionaries(
        {
            "mount": st.sampled_from(("database", "Azure_1", f"{LONG}/db")),
            "role": st.sampled_from((app, "v1.web_Ro", LONG)),
            "destination": st.just(destination),
            "restart": st.lists(st.sampled_from(WORKLOADS), min_size=1, max_size=2),
        },
        optional={"renewal_percent": st.integers(1, 90), "revoke": st.booleans(), "templates": templates()},
    )


def certificates(app: str, destination: str) -> st.SearchStrategy[Topology]:
    """Return a strategy for a certificate with a lifetime longer than its expiry_offset."""
    return st.fixed_dictionaries(
        {
            "mount": st.sampled_from(("pki", f"{LONG}/pki")),
            "role": st.sampled_from((app, "v1.web_Ro")),
            "common_name": st.just("web.example"),
            "ttl": st.sampled_from(("24h", "999999h")),
            "expiry_offset": st.sampled_from(("1s", "23h")),
            "destination": st.just(destination),
            "restart": st.lists(st.sampled_from(WORKLOADS), min_size=1, max_size=2),
        },
        optional={"alt_names": st.sampled_from(([], ["b.example", "a.example"]))},
    )


def secrets(app: str, destination: str) -> st.SearchStrategy[Topology]:
    """Return a strategy for a secret of an app; two secrets may have the same path in Vault."""
    deepest = "/".join(["Z" * 64] * 10)
    return st.fixed_dictionaries(
        {
            "path": st.sampled_from((f"{app}/{destination[-1]}", "shared/Config.v1", deepest)),
            "destination": st.just(destination),
        },
        optional={
            "refresh_after": st.sampled_from(("5m", "1s", "999999h")),
            "restart": st.lists(st.sampled_from(WORKLOADS), max_size=4),
            "templates": templates(),
        },
    )


def templates() -> st.SearchStrategy[dict[str, str]]:
    """Return a strategy for templates of a Secret's keys, with text that other formats would read in another way."""
    texts = st.sampled_from(
        ('{{ .Secrets.a | quote }} "$" % `x` 東京', "{{- range $k, $v := .Secrets }}{{ $k }}{{ end }}")
    )
    return st.dictionaries(st.sampled_from(("URL", "k" * 253, "a.b-c_1")), texts, max_size=2)


# --- Key files


KeySets = dict[str, Any]
"""By spoke, the content of `jwks/<spoke>.json`."""


@st.composite
def key_sets(draw: st.DrawFn, topology: Topology) -> KeySets:
    """Draw keys for some of the clusters with `keys: pubkeys`. No two clusters share a key."""
    made: KeySets = {}
    azure = topology["azure"]
    for index, (name, spoke) in enumerate(topology["spokes"].items()):
        cluster = spoke.get("cluster")
        if not cluster or not cluster["apps"] or cluster["vault_login"]["keys"] != "pubkeys" or draw(st.booleans()):
            continue
        kinds = draw(st.lists(st.sampled_from(("RSA", *CURVES)), min_size=1, max_size=3))
        made[name] = {"keys": [key(kind, 10 * index + number + 1) for number, kind in enumerate(kinds)]}
        issuer = f"https://{azure['region']}.oic.prod-aks.azure.com/{azure['tenant_id']}/{uuid.UUID(int=index)}/"
        made[name] |= draw(optional(issuer=st.just(issuer)))
    return made


CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}


def key(kind: str, number: int) -> Topology:
    """Return the public key for this number. An RSA key has no private key, because no test needs it."""
    if kind == "RSA":
        return {"kty": "RSA", "kid": str(number), "e": "AQAB", "n": _unsigned(2**2047 + 2 * number + 1)}
    public = ec.derive_private_key(number, CURVES[kind]).public_key().public_numbers()
    return {"kty": "EC", "kid": str(number), "crv": kind, "x": _unsigned(public.x), "y": _unsigned(public.y)}


def _unsigned(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()


# --- As a file


class _Quoted(yaml.SafeDumper):
    """A dumper that quotes every string, so that no string is read as another type."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Quoted.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


def dump(topology: Mapping[str, Any], order: Random | None = None) -> str:
    """Return the topology as YAML; `order` shuffles the keys of every mapping."""
    data = shuffled(topology, order) if order else topology
    return yaml.dump(data, Dumper=_Quoted, sort_keys=False, width=10_000, allow_unicode=True)


def write(folder: pathlib.Path, topology: Topology, keys: KeySets) -> pathlib.Path:
    """Write the topology file and its key files into a folder, and return the topology file."""
    (folder / "jwks").mkdir(parents=True, exist_ok=True)
    for name, content in keys.items():
        (folder / "jwks" / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    file = folder / "topology.yaml"
    file.write_text(dump(topology), encoding="utf-8")
    return file


def shuffled(value: Any, order: Random) -> Any:
    if isinstance(value, Mapping):
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key], order) for key in keys}
    if isinstance(value, list):
        return [shuffled(item, order) for item in value]
    return value


def check(text: str) -> load.Loaded:
    """Check a file without committed keys."""
    return load.check(source.parse(text, "topology.yaml"), pathlib.Path("no-such-folder"))


def workspaces(topology: Mapping[str, Any], order: Random | None = None) -> dict[str, Workspace]:
    """Return the workspaces of a valid topology by id, in deployment order."""
    checked = check(dump(topology, order)).checked
    assert checked
    return by_id(checked.workspaces())


def with_spoke(topology: Topology, name: str, spoke: Topology | None) -> Topology:
    """Return a copy in which another spoke, or none, has this name."""
    other = deepcopy(topology)
    del other["spokes"][name]
    if spoke is not None:
        other["spokes"][name] = spoke
    return other
