"""Generate peerings of the hub and of spokes with VNets outside the file, and of spokes with each other."""

from functools import cache

from hypothesis import strategies as st

from tests.strategies.values import Topology, optional

_ID = (
    "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/rg-{0}/providers/Microsoft.Network/"
    "virtualNetworks/vnet-{0}"
)


@cache
def peerings(*, firewall: bool, created: bool, subnet: bool, gateway: bool) -> st.SearchStrategy[Topology]:
    """Return a strategy for `hub.peerings`, with and without a remote firewall. Their ranges overlap no other range of
    a generated topology. If `created` is true, this project creates the hub, and can also create the remote halves.
    `subnet` is true if a gateway may use GatewaySubnet, and `gateway` if the gateway exists."""
    remote = {"private_ip": "10.240.0.4", "cidrs": ["10.241.0.0/16", "10.242.0.0/24"]}
    region = {"private_ip": "10.240.0.4", "cidrs": ["10.240.0.0/16"]}
    own = {"private_ip": "10.240.0.4", "cidrs": ["10.240.0.0/22", "10.241.0.0/16"]}
    transit = {"allow_gateway_transit": st.booleans() if gateway else st.just(False)}
    west = st.fixed_dictionaries(
        {"vnet_id": st.just(_ID.format("west")), "cidrs": st.just(["10.240.0.0/22"])},
        optional={
            **transit,
            **({"reverse": st.booleans()} if created else {}),
            **({"firewall": st.sampled_from((remote, region, own))} if firewall else {}),
        },
    )
    tools = {"vnet_id": _ID.format("tools"), "cidrs": ["10.243.0.0/24", "10.243.8.0/24"]}
    half = optional(allow_gateway_transit=st.booleans() if subnet else st.just(False))
    return optional(**{"west": west, "shared-tools": half.map(tools.__or__)})


@st.composite
def with_spoke_peerings(draw: st.DrawFn, topology: Topology) -> Topology:
    """Draw peerings between two spokes, and of a spoke with remote VNets, one of them the hub's remote VNet."""
    names = draw(st.permutations(sorted(topology["spokes"])))
    remote = {"vnet_id": _ID.format("lab"), "cidrs": ["10.244.0.0/24"]}
    tools = {"vnet_id": _ID.format("tools"), "cidrs": ["10.243.8.0/24", "10.243.0.0/24"]}
    flags = optional(allow_forwarded_traffic=st.booleans())
    both = {"reverse": st.booleans(), "allow_forwarded_traffic": st.booleans()}
    peerings = {"lab": optional(**both).map(remote.__or__), "tools": flags.map(tools.__or__)}
    peerings |= {"spoke": flags.map({"spoke": names[1]}.__or__)} if len(names) > 1 else {}
    spokes = {}
    for name in names[:1]:
        own = draw(optional(**peerings))
        halves = {
            "peerings_from_spoke": list(own),
            "peerings_to_spoke": [key for key, one in own.items() if "spoke" in one or one.get("reverse")],
        }
        mapped = {kind: {key: f"{key}.{kind}" for key in keys} for kind, keys in halves.items() if keys}
        exceptions = draw(optional(**{kind: st.just(one) for kind, one in mapped.items()}))
        spoke = topology["spokes"][name]
        spokes[name] = {**spoke, **({"peerings": own} if own else {})}
        if exceptions:
            spokes[name]["names"] = {**spoke.get("names", {}), **exceptions}
    return {**topology, "spokes": {**topology["spokes"], **spokes}}
