"""The manual steps for the owners of existing VNets, network security groups (NSGs) and route tables."""

from collections.abc import Iterator

from hvn.topology import locations
from hvn.topology.model import NewHub, Spoke, Topology
from hvn.topology.naming import Resource
from hvn.topology.step import Step


def subnet_steps(topology: Topology) -> Iterator[Step]:
    """Yield the steps that restrict existing subnets in the same way as the subnets of this project."""
    hub = topology.hub
    if isinstance(hub, NewHub):
        vnet = locations.hub_vnet(topology)
        for key in sorted(hub.subnets):
            yield from _route(topology, hub.subnet(key).route, vnet, f"the subnet {key} (hub)", "hub", via_hub=False)
    for name, spoke in sorted(topology.spokes.items()):
        vnet = locations.spoke_vnet(topology, name, spoke)
        if spoke.existing:
            yield from _vnet(topology, name, spoke, vnet)
        for key in sorted(spoke.subnets):
            subnet, place = spoke.subnet(key), f"the subnet {key} (spoke {name})"
            nsg = locations.existing_nsg(subnet.nsg, vnet) if subnet.nsg else None
            if nsg and spoke.vault_route == "direct" and not locations.hub_nsg(topology, nsg.id, vnet):
                yield Step(
                    f"Check that the NSG {nsg.name} of {place} denies inbound connections from "
                    f"{locations.hvns(topology)}.",
                    "spoke",
                    before=f"network-{name}",
                )
            yield from _route(topology, subnet.route, vnet, place, name, via_hub=spoke.vault_route == "via-hub")


def _vnet(topology: Topology, name: str, spoke: Spoke, vnet: Resource) -> Iterator[Step]:
    where = f"{vnet.name} (spoke {name})"
    table = locations.spoke_route_table(topology, name, spoke).id
    if locations.firewall_ip(topology):
        yield Step(
            f"Ask the owner of {where} to give the other subnets the route table {table}: without its default route, "
            "their traffic bypasses the firewall.",
            "spoke",
            after=f"network-{name}",
        )
    if spoke.vault_route == "direct":
        yield Step(
            f"Ask the owner of {where} to deny inbound connections from {locations.hvns(topology)} in the NSGs of the "
            "other subnets, because the HVN is peered with the VNet.",
            "spoke",
            before=f"network-{name}",
        )
    if spoke.subnets or spoke.new_cluster:
        yield Step(
            f"If Azure Policy refuses subnets without an NSG, ask for an exemption of {where}: Terraform attaches the "
            "NSG after it creates the subnet.",
            "spoke",
            before=f"network-{name}",
        )


def _route(topology: Topology, route: str, vnet: Resource, place: str, owner: str, *, via_hub: bool) -> Iterator[Step]:
    """Yield a step for an existing route table. `owner` is `hub` or the name of a spoke."""
    table, firewall_ip = locations.existing_route_table(route, vnet), locations.firewall_ip(topology)
    if table and firewall_ip:
        ranges = f"0.0.0.0/0 and {locations.hvns(topology)}" if via_hub else "0.0.0.0/0"
        yield Step(
            f"Check that the route table {table.name} of {place} has routes for {ranges} to {firewall_ip}. This "
            f"project does not read existing route tables.",
            "hub" if owner == "hub" else "spoke",
            before="hub" if owner == "hub" else f"network-{owner}",
        )
