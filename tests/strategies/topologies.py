"""Generate topologies, and pairs of topologies that differ in one spoke."""

from ipaddress import IPv4Network

from hypothesis import strategies as st

from tests.strategies.azure import logs, policy, states
from tests.strategies.files import with_spoke
from tests.strategies.firewall_rules import firewall_rules
from tests.strategies.hub import hubs
from tests.strategies.names import naming, spoke_names
from tests.strategies.no_firewall import NO_HUB, has_firewall
from tests.strategies.remote import with_spoke_peerings
from tests.strategies.shared_vnets import with_shared_vnet
from tests.strategies.spoke import spokes_of
from tests.strategies.values import REGIONS, Topology, optional, tags, uuids
from tests.strategies.vault import NAMESPACES, ci_in_its_namespace, engines, namespaces, sizes

HVNS = ("172.25.16.0/20", "10.200.0.0/16", "192.168.240.0/25")
POOLS = ("10.64.0.0/12", "10.96.0.0/16", "172.16.0.0/17", "192.168.0.0/17", "100.96.0.0/12")
SITES = {"tokyo": ["10.250.0.0/16", "192.168.128.0/24"], "osaka": ["203.0.113.0/24"]}


@st.composite
def topologies(draw: st.DrawFn, *, min_spokes: int = 0, max_spokes: int = 6, longest: bool = False) -> Topology:
    """Draw a topology without an error. With `longest`, the names have the maximum length.

    The check reports only the findings that `warnings` returns.
    """
    pool_names = ("a" * 24, "b" * 24, "c" * 24) if longest else ("alpha", "beta", "gamma")
    pools = dict(zip(pool_names, draw(st.permutations(POOLS)), strict=False))
    region = draw(st.sampled_from(REGIONS))
    one_hub = hubs(region, pools[pool_names[0]])
    hub = draw(st.sampled_from((True, True, True, False)).flatmap(lambda own: one_hub if own else st.just(NO_HUB)))
    # Direct spokes have ranges of the first pool.
    transit = draw(st.sets(st.sampled_from(pool_names[1:]))) if has_firewall(hub) else set()
    peered = bool(transit) or (hub is not NO_HUB and draw(st.booleans()))
    existing = draw(st.sampled_from(((), ("hvn",), ("hvn", "vault"))))
    topology: Topology = {
        "version": 1,
        "name": "abcdefghijkl" if longest else draw(st.from_regex(r"[a-z]{2,12}", fullmatch=True)),
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
            **draw(engines(("kv", "k" * 63))),
            **draw(optional(namespaces=namespaces())),
            **draw(optional(namespace=st.sampled_from(NAMESPACES)) | ci_in_its_namespace()),
        },
        "address_pools": pools,
        **draw(optional(in_use=st.just(["10.80.0.0/16", "172.31.0.0/16"]))),
        **draw(optional(on_premises=st.sampled_from([{name: SITES[name]} for name in SITES] + [SITES]))),
        "hub": hub if hub is not NO_HUB else "none",
        **({"logs": draw(logs())} if draw(st.booleans()) else {}),
        "spokes": {},
    }
    if topology["vault"].get("tier") != "dev" and draw(st.booleans()):
        topology["hvn"]["backup"] = draw(backups(topology, longest=longest))
    if peered:
        hub["vault_peering"] = {"transit_pools": sorted(transit)}
        facts = hub.get("existing", {})
        runners = facts["runners_cidr"] if facts else hub["runners"]["cidr"]
        server = facts["firewall_private_ip"] if facts and has_firewall(hub) else str(IPv4Network(runners)[4])
        hub["vault_peering"] |= draw(
            optional(dns_forwarding=st.just({"corp.example": [server]}), existing_peering=st.just("existing-hub"))
        )
        in_hub = {"existing", "gateway"} & hub.keys() if has_firewall(hub) else set()
        if "tokyo" in topology.get("on_premises", {}) and in_hub:
            hub["vault_peering"] |= draw(optional(on_premises=st.just(["tokyo"])))
    if has_firewall(hub):
        hub |= draw(optional(firewall_rules=firewall_rules(hub, f"address_pools.{pool_names[0]}", 1000)))
    names = draw(st.lists(spoke_names(longest=longest), min_size=min_spokes, max_size=max_spokes, unique=True))
    for index, name in enumerate(names):
        topology["spokes"][name] = draw(spokes_of(topology, index))
    topology = draw(with_shared_vnet(draw(with_spoke_peerings(topology)), longest=longest))
    return topology | draw(optional(naming=naming()))


@st.composite
def backups(draw: st.DrawFn, topology: Topology, *, longest: bool) -> Topology:
    """Draw a backup HVN with a range and, for a new HVN, a region different from the HVN's."""
    hvn = topology["hvn"]
    own = hvn.get("region", topology["azure"]["region"])
    regions = st.sampled_from([region for region in REGIONS if region != own])
    return {
        "id": f"{'h' * 35}b" if longest else "hvn-backup",
        "cidr": draw(st.sampled_from([cidr for cidr in HVNS if cidr != hvn["cidr"]])),
        **({} if hvn["existing"] else {"region": draw(regions)}),
    }


@st.composite
def changes(draw: st.DrawFn, *, max_spokes: int = 6) -> tuple[Topology, Topology, str]:
    """Draw a topology, a copy with one spoke removed or replaced, and that spoke's name."""
    topology = draw(topologies(min_spokes=1, max_spokes=max_spokes))
    names = list(topology["spokes"])
    name = draw(st.sampled_from(names))
    other = draw(st.none() | spokes_of(topology, names.index(name)))
    return topology, with_spoke(topology, name, other), name
