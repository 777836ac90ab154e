"""`network-<spoke>`: a spoke's VNet and its routes to the hub."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.message import Message
from hvn.kinds import peerings
from hvn.kinds.kind import Kind, Reference, Row, Subject
from hvn.kinds.network.inputs import NetworkInputs, workspace
from hvn.kinds.references import (
    azure,
    created,
    ddos_plan,
    dns_zone,
    existing_nsgs,
    existing_tables,
    gateway,
    logs,
    resource_group,
)
from hvn.kinds.workspace import Workspace


def follows(inputs: NetworkInputs) -> frozenset[Subject]:
    """Return the firewall policy if the spoke has rules, because Azure deletes the rules with their policy."""
    return frozenset({Subject.FIREWALL_POLICY} if inputs.rules else ())


def removal(workspace: Workspace, _workspaces: Mapping[str, Workspace]) -> Message:
    """Return the resources that are lost with the spoke's network; an existing VNet stays."""
    inputs = workspace.inputs
    if isinstance(inputs, NetworkInputs) and not inputs.new_vnet:
        return Message("the subnets, NSGs and routes created in {vnet}; the VNet stays", vnet=inputs.vnet.name)
    if isinstance(inputs, NetworkInputs) and not inputs.hub:
        if any(link.new for link in inputs.zone_links):
            return Message("the VNet, its subnets and routes, and its private DNS zones with their records")
        return Message("the VNet, its subnets and routes")
    if isinstance(inputs, NetworkInputs) and not inputs.rules:
        return Message("the VNet, its subnets and routes, and its peering with the hub")
    return Message("the VNet, its subnets and routes, its firewall rules, and its peering with the hub")


def creates(inputs: NetworkInputs) -> Iterator[Reference]:
    """Yield the new resource group, VNet and private DNS zones."""
    own = [resource_group(inputs.group)]
    if inputs.new_vnet:
        own += azure("azurerm_virtual_network", inputs.vnet, address_space=list(inputs.cidrs))
    own += [reference for link in inputs.zone_links if link.new for reference in dns_zone(link.zone)]
    return created(own, inputs.group, new_group=inputs.new_group)


def refers_to(inputs: NetworkInputs) -> Iterator[Reference]:
    """Yield the resource group, the VNets and private DNS zones of spoke and hub, the hub's gateway, and the DDoS
    protection plan. Then yield the firewall policy, the destinations of logs, existing NSGs and route tables, and the
    VNets of the spoke's own peerings."""
    yield resource_group(inputs.group)
    yield from azure("azurerm_virtual_network", inputs.vnet, address_space=list(inputs.cidrs))
    if inputs.hub:
        yield from azure("azurerm_virtual_network", inputs.hub.vnet, address_space=list(inputs.hub.cidrs))
        yield from dns_zone(inputs.hub.dns_zone)
    for link in inputs.zone_links:
        if not link.new:
            yield from dns_zone(link.zone)
    if inputs.hub and inputs.use_remote_gateways:
        yield gateway(inputs.hub.vnet)
    yield from ddos_plan(inputs.ddos_plan_id)
    if inputs.rules:
        yield from azure("azurerm_firewall_policy", inputs.rules.policy)
    yield from logs(inputs.logs)
    yield from existing_nsgs(inputs.subnets)
    yield from existing_tables(inputs.subnets, inputs.tables)
    yield from peerings.refers_to(inputs.peerings)


KIND = Kind(
    name="network",
    stack="stacks.network",
    rights="hvn.kinds.network.rights",
    row=Row(
        holds="resource group, VNet, subnets with NSGs, route tables, both halves of the hub peering, the spoke's own "
        "peerings, DNS zones and links, routes of the spoke in GatewaySubnet, the spoke's firewall rules; "
        "diagnostic settings with `logs`",
        when="for every spoke without `vnet_of`",
    ),
    derive=workspace,
    faults=("permission-denied", "interrupted", "azure-policy", "policy-deny"),
    follows=follows,
    removal=removal,
    creates=creates,
    refers_to=refers_to,
)
