"""Peerings of a new hub with VNets outside the file."""

from hypothesis import strategies as st

from tests.strategies.values import Topology, optional

_ID = (
    "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/rg-{0}/providers/Microsoft.Network/"
    "virtualNetworks/vnet-{0}"
)


def peerings(*, firewall: bool) -> st.SearchStrategy[Topology]:
    """Return a strategy for `hub.peerings`, with and without a remote firewall. Their ranges overlap no other range of
    a generated topology."""
    remote = {"private_ip": "10.240.0.4", "cidrs": ["10.241.0.0/16", "10.242.0.0/24"]}
    west = st.fixed_dictionaries(
        {"vnet_id": st.just(_ID.format("west")), "cidrs": st.just(["10.240.0.0/22"])},
        optional={"reverse": st.booleans(), **({"firewall": st.just(remote)} if firewall else {})},
    )
    tools = {"vnet_id": _ID.format("tools"), "cidrs": ["10.243.0.0/24", "10.243.8.0/24"]}
    return optional(**{"west": west, "shared-tools": st.just(tools)})
