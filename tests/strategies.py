"""Hypothesis strategies: valid topologies as plain data, and the same as YAML in any order of keys.

Importing this sets Hypothesis up: no deadlines, and the same examples every time where `CI` is set.
"""

import os
import pathlib
from collections.abc import Mapping
from copy import deepcopy
from ipaddress import IPv4Network
from random import Random
from typing import Any

import yaml
from hypothesis import settings
from hypothesis import strategies as st

from hvn.topology import load, source
from hvn.topology.workspaces import Workspace

settings.register_profile("hvn", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("hvn")

Topology = dict[str, Any]

HVNS = ("172.25.16.0/20", "10.200.0.0/16", "192.168.240.0/25")
HUBS = ("10.0.0.0/22", "172.20.0.0/24")
POOLS = ("10.64.0.0/12", "10.96.0.0/16", "172.16.0.0/17", "192.168.0.0/17", "100.96.0.0/12")
PODS = ("100.64.0.0/16", "10.128.0.0/14")
SERVICES = ("100.65.0.0/20", "10.132.0.0/20")
MIRROR = "quay.io"  # among the hosts that a firewall allows unless told otherwise


def optional(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Topology]:
    """Any of these keys."""
    return st.fixed_dictionaries({}, optional=keys)


def uuids() -> st.SearchStrategy[str]:
    return st.uuids().map(str)


def warnings(topology: Topology) -> set[str]:
    """The ids of what a check warns of in such a topology, beside which no keys are committed."""
    peering, firewall = topology["hub"].get("vault_peering"), topology["hub"].get("firewall", {})
    clusters = [spoke["cluster"] for spoke in topology["spokes"].values() if "cluster" in spoke]
    with_apps = [each for each in clusters if each["apps"]]
    own_images = [each for each in with_apps if "image_registry" not in each.get("vso", {})]
    found = {
        "HVN401": peering is None,
        "HVN405": bool(peering and peering["transit_pools"]),
        "HVN406": bool(own_images) and "allow_fqdns" in firewall,
        "HVN504": any(each["node_pool"]["min_count"] == 1 for each in clusters),
        "HVN508": any(each["kubernetes_version"] == "1.35.4" for each in clusters),
        "HVN614": any(
            set(each.get("existing_namespaces", ())) - {app["namespace"] for app in each["apps"].values()}
            for each in clusters
        ),
        "HVN611": any(each["vault_login"]["keys"] == "pubkeys" for each in with_apps),
    }
    return {id_ for id_, there in found.items() if there}


def zones() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from("123"), unique=True)


def labels() -> st.SearchStrategy[str]:
    """Digits in front and the longest ones among them."""
    short = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
    return short | st.sampled_from(("9" * 63, "a-b" * 21))


def hosts() -> st.SearchStrategy[list[str]]:
    return st.lists(st.from_regex(r"(\*\.)?[a-z]{1,8}\.example", fullmatch=True), max_size=3)


def spoke_names(*, longest: bool) -> st.SearchStrategy[str]:
    """Without those that rule HVN202 refuses; long ones that differ only in their last letters among them."""
    long = st.from_regex(r"prefix-of-thirty-letters-for-a-[a-f]", fullmatch=True)
    short = st.from_regex(r"[a-z][a-z0-9]{1,6}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
    return (long if longest else long | short).filter(
        lambda name: (
            name not in ("hub", "runners", "vault") and not name.startswith("hub-") and not name.endswith("-nodes")
        )
    )


@st.composite
def topologies(draw: st.DrawFn, *, min_spokes: int = 0, max_spokes: int = 6, longest: bool = False) -> Topology:
    """A topology without an error; with `longest`, its names are as long as they may be.

    All that is found in some are the warnings of `warnings`.
    """
    pool_names = ("a" * 24, "b" * 24, "c" * 24) if longest else ("alpha", "beta", "gamma")
    pools = dict(zip(pool_names, draw(st.permutations(POOLS)), strict=False))
    transit = draw(st.sets(st.sampled_from(pool_names[1:])))  # the first one takes direct spokes
    peered = bool(transit) or draw(st.booleans())
    hvn_exists = draw(st.booleans())
    region = draw(st.sampled_from(("japaneast", "westeurope")))
    topology: Topology = {
        "version": 1,
        "name": "abcdefghijkl" if longest else draw(st.from_regex(r"[a-z]{3,12}", fullmatch=True)),
        "azure": {
            "tenant_id": draw(uuids()),
            "subscription_id": draw(uuids()),
            "region": region,
            **draw(
                optional(tags=st.dictionaries(labels().map("t".__add__), st.sampled_from(("", "a b")), max_size=15))
            ),
        },
        "state": draw(states()),
        "hvn": {
            "id": "h" * 36 if longest else "hvn-one",
            "cidr": draw(st.sampled_from(HVNS)),
            "existing": hvn_exists,
            **draw(optional(project_id=uuids())),
        },
        "vault": {
            "cluster_id": "v" * 36 if longest else "vault-one",
            "existing": hvn_exists and draw(st.booleans()),
            **draw(optional(tier=st.sampled_from(("standard_small", "plus_large")), kv_mount=st.just("kv"))),
            **draw(optional(upgrade=st.sampled_from(UPGRADES))),
            **draw(optional(namespace=st.just("admin/team")) | ci_in_its_namespace()),
        },
        "address_pools": pools,
        "hub": draw(hubs(region)),
        "spokes": {},
    }
    if peered:
        topology["hub"]["vault_peering"] = {"transit_pools": sorted(transit)}
    names = draw(st.lists(spoke_names(longest=longest), min_size=min_spokes, max_size=max_spokes, unique=True))
    for index, name in enumerate(names):
        topology["spokes"][name] = draw(spokes_of(topology, index))
    return topology


@st.composite
def changes(draw: st.DrawFn, *, max_spokes: int = 6) -> tuple[Topology, Topology, str]:
    """A topology, the same with one spoke gone or another in its place, and that spoke's name."""
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


def ci_in_its_namespace() -> st.SearchStrategy[Topology]:
    """Logins of the CI, not in the namespace `admin`: that would be warned of."""
    github = st.fixed_dictionaries(
        {
            "audience": st.just("https://github.com/example-org"),
            "subject_prefix": st.just("repo:example-org@1/platform@2"),
            "apply": st.permutations(("environment:production", "ref:refs/heads/main")),
        }
    )
    cloud = st.just({"organization": "example-org", "project": "platform"})
    return st.fixed_dictionaries(
        {"namespace": st.just("admin/team"), "ci": optional(github=github, hcp_terraform=cloud)}
    )


def states() -> st.SearchStrategy[Topology]:
    return st.one_of(
        st.just({"backend": "local"}),
        st.just({"backend": "azurerm", "resource_group": "rg-state", "storage_account": "state0001"}),
        st.just({"backend": "cloud", "organization": "example-org"}),
    )


@st.composite
def hubs(draw: st.DrawFn, region: str) -> Topology:
    cidr = IPv4Network(draw(st.sampled_from(HUBS)))
    firewall, rest = list(cidr.subnets(new_prefix=26))[:2]
    runners = str(next(rest.subnets(new_prefix=27)))
    if draw(st.booleans()):
        network = f"/subscriptions/{draw(uuids())}/resourceGroups/rg-net/providers/Microsoft.Network"
        return {
            "existing": {
                "vnet_id": f"{network}/virtualNetworks/vnet-hub",
                "cidrs": [str(cidr)],
                "firewall_private_ip": str(firewall[4]),
                "private_dns_zone_id": f"{network}/privateDnsZones/privatelink.{region}.azmk8s.io",
                "runners_cidr": runners,
            }
        }
    return {
        "cidr": str(cidr),
        "firewall": {
            "subnet": str(firewall),
            **draw(optional(private_ip=st.just(str(firewall[5])), sku_tier=st.just("Premium"))),
            **draw(optional(zones=zones(), allow_fqdns=hosts().map(lambda given: [*given, MIRROR]))),
        },
        "runners": {"subnet": runners, **draw(optional(allow_fqdns=hosts()))},
        **draw(optional(subscription_id=uuids())),
    }


@st.composite
def spokes_of(draw: st.DrawFn, topology: Topology, index: int) -> Topology:
    """A spoke that fits this topology; two of another index never meet."""
    pools = topology["address_pools"]
    transit = set(topology["hub"].get("vault_peering", {}).get("transit_pools", ()))
    path = draw(st.sampled_from(("direct", "none", *(["via-hub"] if transit else []))))
    fit = {"direct": set(pools) - transit, "via-hub": transit, "none": set(pools) - transit}[path]
    pool = IPv4Network(pools[draw(st.sampled_from(sorted(fit)))])
    return draw(spokes(index, path, list(pool.subnets(3))[index]))


@st.composite
def spokes(draw: st.DrawFn, index: int, path: str, block: IPv4Network) -> Topology:
    """A spoke in a block of addresses that is its own; `index` tells its VNet from others that exist."""
    vnet = next(block.subnets(draw(st.integers(0, 1))))
    nodes, *others = vnet.subnets(2)
    spoke: Topology = {"vault_path": path}
    if draw(st.integers(0, 3)) == 0:
        group = f"/subscriptions/{draw(uuids())}/resourceGroups/rg-old"
        spoke["existing"] = {
            "vnet_id": f"{group}/providers/Microsoft.Network/virtualNetworks/vnet-{index}",
            "cidrs": draw(st.just([str(vnet)]) | st.permutations([str(half) for half in vnet.subnets()])),
            **draw(optional(hub_peering=st.booleans(), zone_link=st.booleans())),
        }
    else:
        spoke |= {"cidr": str(vnet), **draw(optional(subscription_id=uuids()))}
    names = labels().filter(lambda name: name != "nodes")
    spoke["subnets"] = dict(zip(draw(st.lists(names, max_size=3, unique=True)), map(str, others), strict=False))
    if draw(st.booleans()):
        spoke["cluster"] = draw(clusters(str(nodes), with_apps=path != "none"))
    return spoke


@st.composite
def clusters(draw: st.DrawFn, nodes: str, *, with_apps: bool) -> Topology:
    pool = draw(st.integers(1, 20))
    return {
        "kubernetes_version": draw(st.sampled_from(("1.36", "1.35.4"))),
        "node_subnet": nodes,
        "node_pool": {
            "vm_size": "Standard_D4s_v5",
            "min_count": draw(st.integers(1, pool)),
            "max_count": pool,
            **draw(optional(max_surge=st.sampled_from(("1", "33%", "100%")), zones=zones())),
        },
        **draw(optional(pod_cidr=st.sampled_from(PODS), service_cidr=st.sampled_from(SERVICES))),
        **draw(optional(admin_groups=st.lists(uuids(), max_size=2), existing_namespaces=st.just(["shop", "other"]))),
        **draw(optional(vso=optional(version=st.just("1.4.0"), image_registry=st.just(MIRROR)))),
        "vault_login": {"keys": draw(st.sampled_from(("issuer", "pubkeys")))},
        "apps": draw(apps()) if with_apps else {},
    }


WORKLOADS = ({"kind": "Deployment", "name": "web"}, {"kind": "StatefulSet", "name": "db"})


@st.composite
def apps(draw: st.DrawFn) -> Topology:
    """Apps in few namespaces; each has a service account, and Secrets, of its own."""
    return {
        name: {
            "namespace": draw(st.sampled_from(("shop", "jobs"))),
            "service_account": name,
            "secrets": [
                {
                    "path": draw(st.sampled_from((f"{name}/{number}", "shared/Config.v1"))),
                    "into": f"{name}.{number}",
                    **draw(optional(refresh_after=st.just("5m"), restart=st.permutations(WORKLOADS))),
                }
                for number in range(draw(st.integers(1, 2)))
            ],
            **draw(optional(audience=st.just("vault.example"), ttl=st.just("30m"), max_ttl=st.just("2h"))),
        }
        for name in draw(st.lists(labels(), max_size=3, unique=True))
    }


# --- As a file


class _Quoted(yaml.SafeDumper):
    """Every text in quotes, so that none is read as something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Quoted.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


def dump(topology: Mapping[str, Any], order: Random | None = None) -> str:
    """As YAML; with `order`, the keys of every mapping shuffled."""
    data = shuffled(topology, order) if order else topology
    return yaml.dump(data, Dumper=_Quoted, sort_keys=False, width=10_000, allow_unicode=True)


def shuffled(value: Any, order: Random) -> Any:
    if isinstance(value, Mapping):
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key], order) for key in keys}
    if isinstance(value, list):
        return [shuffled(each, order) for each in value]
    return value


def check(text: str) -> load.Loaded:
    """What the product says of a file, beside which no keys are committed."""
    return load.check(source.parse(text, "topology.yaml"), pathlib.Path("no-such-folder"))


def workspaces(topology: Mapping[str, Any], order: Random | None = None) -> dict[str, Workspace]:
    """The workspaces of a valid topology by id, in their order."""
    checked = check(dump(topology, order)).checked
    assert checked
    return {each.id: each for each in checked.workspaces()}


def with_spoke(topology: Topology, name: str, spoke: Topology | None) -> Topology:
    """A copy with another spoke of this name, or without it."""
    other = deepcopy(topology)
    del other["spokes"][name]
    if spoke is not None:
        other["spokes"][name] = spoke
    return other
