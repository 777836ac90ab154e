"""`hub`: the hub's VNet, firewall and private DNS zone."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.message import Message
from hvn.kinds import peerings
from hvn.kinds.hub.inputs import HubInputs, workspace
from hvn.kinds.kind import Kind, Reference, Row, Subject
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
from hvn.topology import naming
from hvn.topology.locations import has_hub


def replaced_by(before: HubInputs, after: HubInputs) -> tuple[str, ...]:
    """Return the inputs that differ and that the firewall policy cannot change in place."""
    differing = [name for name in ("group", "location") if getattr(before, name) != getattr(after, name)]
    policies = [
        name
        for name in ("policy", "sku_tier")
        if before.firewall and after.firewall and _of(before, name) != _of(after, name)
    ]
    return (*differing, *policies)


def _of(inputs: HubInputs, name: str) -> object:
    return getattr(inputs.firewall, name, None)


def removal(workspace: Workspace, _workspaces: Mapping[str, Workspace]) -> Message:
    """Return the resources that are lost with the hub."""
    if isinstance(workspace.inputs, HubInputs) and workspace.inputs.firewall is None:
        return Message("the runners, the private DNS zone, and every peering with a spoke")
    return Message(
        "the firewall with every route to the internet and between spokes, the runners, the private DNS zone"
    )


def creates(inputs: HubInputs) -> Iterator[Reference]:
    """Yield the VNet, its route tables, its shared NSGs, the firewall policy, the new private DNS zones, and their
    resource group if it is new."""
    own = [
        *azure("azurerm_virtual_network", inputs.vnet),
        *dns_zone(naming.private_dns_zone(inputs.group, inputs.dns_zone)),
        *(reference for link in inputs.zone_links if link.new for reference in dns_zone(link.zone)),
    ]
    for table in inputs.tables:
        own += azure("azurerm_route_table", table.resource)
    for nsg in inputs.more_nsgs:
        own += azure("azurerm_network_security_group", nsg.resource)
    if inputs.firewall:
        own += azure("azurerm_firewall_policy", naming.firewall_policy(inputs.group, inputs.firewall.policy))
    return created(own, inputs.group, new_group=inputs.new_group)


def refers_to(inputs: HubInputs) -> Iterator[Reference]:
    """Yield the resource group, the existing private DNS zones, the destinations of logs and the DDoS protection plan.
    Then yield the firewall's base policy, existing NSGs and route tables, the remote VNets, and the gateway that a
    remote VNet uses."""
    yield resource_group(inputs.group)
    for link in inputs.zone_links:
        if not link.new:
            yield from dns_zone(link.zone)
    yield from logs(inputs.logs)
    yield from ddos_plan(inputs.ddos_plan_id)
    if inputs.firewall and inputs.firewall.base_policy_id:
        yield from azure("azurerm_firewall_policy", naming.parse(inputs.firewall.base_policy_id))
    yield from existing_nsgs(inputs.subnets)
    yield from existing_tables(inputs.subnets, inputs.tables)
    yield from peerings.refers_to(inputs.peerings)
    if any(peering.uses_gateway for peering in inputs.peerings):
        yield gateway(inputs.vnet)


KIND = Kind(
    name="hub",
    per_spoke=False,
    section=("hub",),
    stack="stacks.hub",
    rights="hvn.kinds.hub.rights",
    row=Row(
        holds="VNet, subnets with NSGs (the runners' NSG denies inbound traffic), Azure Firewall with its policy, "
        "GatewaySubnet with its route table, private DNS zones with the hub's links, "
        "peerings with remote VNets; diagnostic settings with "
        "`logs`",
        when="for a new hub",
    ),
    derive=workspace,
    faults=("permission-denied", "interrupted", "azure-policy", "policy-deny"),
    provides=Subject.FIREWALL_POLICY,
    replaced_by=replaced_by,
    removal=removal,
    lives_on=lambda _workspace, topology: has_hub(topology),
    creates=creates,
    refers_to=refers_to,
)
