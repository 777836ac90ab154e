"""Generate new and existing hubs with firewall, runners, Bastion and gateway."""

from functools import cache
from ipaddress import IPv4Network

from hypothesis import strategies as st

from tests.strategies.names import HUB_NAMES, HUB_PARTS, NAT_NAMES, own_names
from tests.strategies.nat_gateways import with_nat_gateway
from tests.strategies.no_firewall import without_firewall
from tests.strategies.remote import peerings
from tests.strategies.routes import with_routes
from tests.strategies.subnets import subnets, with_security_group
from tests.strategies.values import Topology, groups, hosts, optional, uuids, zones

GATEWAY_TYPES = ("vpn", "express_route", "both")
TYPES_OF_EXISTING: tuple[Topology, ...] = ({}, *({"gateway_type": one} for one in GATEWAY_TYPES))
HUBS = ("10.0.0.0/22", "172.20.0.0/24")


def with_bastion(runners: Topology, cidr: str) -> st.SearchStrategy[Topology]:
    """Return a strategy for the runners, and for Azure Bastion with or without access to the runners."""
    bastion = {"cidr": cidr}
    return st.sampled_from(
        (
            {"runners": runners},
            {"runners": runners, "bastion": bastion},
            {"runners": {**runners, "allow_bastion": True}, "bastion": bastion},
        )
    )


@cache
@st.composite
def hubs(draw: st.DrawFn, region: str, pool: str) -> Topology:
    """Draw a hub outside all pools, or at the end of this pool. Spokes do not use the end of the pool."""
    last = list(IPv4Network(pool).subnets(new_prefix=22))[-1]
    cidr = IPv4Network(draw(st.sampled_from((*HUBS, str(last)))))
    firewall, rest, bastion, other = list(cidr.subnets(new_prefix=26))[:4]
    runners = str(next(rest.subnets(new_prefix=27)))
    jump, route_server = other.subnets(prefixlen_diff=1)
    runners_end = next(rest.subnets(new_prefix=27))[9]
    filtered = draw(st.sampled_from((True, True, True, False)))
    if draw(st.booleans()):
        network = draw(groups("rg-net", "RG_Net." + "x" * 56))
        zones_of = draw(st.just(network) | groups("rg-dns"))
        below = draw(st.sampled_from(("", "shared.", "Shared.", f"{'a' * 32}.")))
        more = draw(st.just([]) | st.just(["10.1.0.0/24"]))
        hub: Topology = {
            "existing": {
                "vnet_id": f"{network}/virtualNetworks/vnet-hub",
                "cidrs": [str(cidr), *more],
                "firewall_private_ip": draw(st.sampled_from([str(firewall[4]), *("10.1.0.9" for _ in more)]))
                if filtered
                else "none",
                "private_dns_zone_id": f"{zones_of}/privateDnsZones/{below}privatelink.{region}.azmk8s.io",
                "runners_cidr": runners,
                **draw(
                    st.sampled_from(({}, {"gateway": False}, *({"gateway": True, **one} for one in TYPES_OF_EXISTING)))
                ),
            },
        }
        return {**hub, **draw(optional(peerings=_peerings(hub, filtered=filtered)))}
    further = draw(optional(more_cidrs=st.just(["10.1.0.0/24"])))
    management = draw(optional(management_cidr=st.just("10.1.0.64/26"))) if further else {}
    names = (*HUB_NAMES, *(["firewall_management_ip"] if management else ()))
    tiers: st.SearchStrategy[Topology] = st.just({}) | optional(sku_tier=st.just("Standard"))
    premium = {"sku_tier": st.just("Premium")}
    tiers |= st.fixed_dictionaries(premium, optional={"intrusion_detection": st.sampled_from(("off", "alert", "deny"))})
    tiers |= st.just({"sku_tier": "Basic"}) if management else st.nothing()
    hub = {
        "cidr": str(cidr),
        **further,
        "firewall": {
            "cidr": str(firewall),
            **management,
            **draw(
                optional(
                    private_ip=st.sampled_from((str(firewall[5]), str(firewall[-2]))),
                    public_ips=st.sampled_from((1, 2, 248)),
                    dns_servers=st.just([str(runners_end)]),
                    threat_intelligence=st.sampled_from(("off", "alert", "deny")),
                    base_policy_id=st.sampled_from((BASE_POLICY, BASE_POLICY.replace("rg-zones", "RG_Zones"))),
                )
            ),
            **draw(tiers),
            **draw(optional(zones=zones(), allow_fqdns=hosts(), nat_gateway=st.booleans())),
            **draw(optional(dnat_rules=dnat_rules(str(runners_end)))),
        },
        **draw(with_bastion({"cidr": runners, **draw(optional(**RUNNERS))}, str(bastion))),
        **draw(optional(subnets=subnets(str(jump)).map(lambda subnet: {"Jump.hosts_1": subnet}))),
        **draw(
            optional(
                subscription_id=uuids(),
                existing_resource_group=st.booleans(),
                gateway=gateways(str(list(cidr.subnets(new_prefix=27))[3]), str(runners_end)),
                names=own_names(names, "Hub_0", HUB_PARTS),
                dns_servers=st.just([str(runners_end)]),
                private_dns_zones=st.sampled_from((ZONES, ZONES[:1])),
            )
        ),
    }
    if "private_dns_zones" in hub:
        hub |= draw(optional(registration_zone=st.sampled_from(hub["private_dns_zones"])))
    if "gateway" in hub:
        # Without a gateway, reach cannot know whether Route Server connects on-premises networks.
        servers = ({"cidr": str(route_server), **one} for one in ({}, {"existing": True}, {"existing": False}))
        hub |= draw(optional(route_server=st.sampled_from(tuple(servers))))
    if hub["firewall"].get("sku_tier") == "Basic":
        hub["firewall"].pop("dns_servers", None)
        if hub["firewall"].get("threat_intelligence") == "deny":
            del hub["firewall"]["threat_intelligence"]
    hub |= draw(with_routes(hub, gateway=True))
    hub |= draw(with_security_group(hub))
    hub = hub if filtered else without_firewall(hub)
    hub |= draw(with_nat_gateway(hub))
    hub |= draw(optional(peerings=_peerings(hub, filtered=filtered)))
    remote = hub.get("peerings", {})
    halves = {
        "peerings_from_hub": list(remote),
        "peerings_to_hub": [key for key in remote if remote[key].get("reverse")],
    }
    of_parts = draw(own_names(NAT_NAMES if "nat_gateway" in hub else (), "Hub_0", halves))
    return {**hub, **({"names": {**hub.get("names", {}), **of_parts}} if of_parts else {})}


@cache
def dnat_rules(address: str) -> st.SearchStrategy[Topology]:
    """Return a strategy for DNAT rules with different ports. A firewall with 250 addresses cannot have these rules."""
    first = {"sources": ["internet"], "port": "tcp/443", "public_ip": 1}
    second = {"sources": ["203.0.113.7", "198.51.100.0/24"], "port": "udp/64000"}
    rest = {"translated_address": address, "translated_port": 65535, "reason": 'say "{}" 100 % $'}
    rules = {"web": first | rest, "Game_1": second | rest}
    return st.sampled_from((rules, *({name: rule} for name, rule in rules.items())))


_GROUP = "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/rg-zones/providers/Microsoft.Network"
BASE_POLICY = f"{_GROUP}/firewallPolicies/afwp-base"
ZONES = ("privatelink.vaultcore.azure.net", f"{_GROUP}/privateDnsZones/Corp.example")


RUNNERS = {
    "allow_fqdns": hosts(),
    "nat_gateway": st.booleans(),
    "delegation": st.sampled_from(("GitHub.Network/networkSettings", "Microsoft.DevOpsInfrastructure/pools")),
    "service_endpoints": st.permutations(("Microsoft.Storage", "Microsoft.Sql")),
}


def _peerings(hub: Topology, *, filtered: bool) -> st.SearchStrategy[Topology]:
    gateway = has_gateway(hub)
    return peerings(
        firewall=filtered, created="existing" not in hub, subnet=gateway or "gateway" in hub, gateway=gateway
    )


@cache
def gateways(cidr: str, address: str) -> st.SearchStrategy[Topology]:
    """Return a strategy for a gateway. No generated route table has an appliance as next hop."""
    existing = st.sampled_from((True, True, False))
    options = {"existing": existing, "type": st.sampled_from(GATEWAY_TYPES), "next_hop": st.just(address)}
    return st.fixed_dictionaries({"cidr": st.just(cidr)}, optional=options)


def has_gateway(hub: Topology) -> bool:
    """Return whether spokes may use a gateway in this hub."""
    return bool(hub["existing"].get("gateway") if "existing" in hub else hub.get("gateway", {}).get("existing"))
