"""HVN934: a VNet's address space changes, so its peerings need a sync."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Command, joined
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.workspace import WorkspaceId
from hvn.review.context import Context
from hvn.review.readdressing import of_hub, of_spoke
from hvn.topology import locations
from hvn.topology.model import ExistingHub, PeeringWithSpoke, PeeringWithVnet, Spoke, Topology
from hvn.topology.naming import Resource, parse
from hvn.topology.spoke_peerings import named_in_peerings

RULE = Rule(
    id="HVN934",
    name="peering-sync",
    level=Level.WARNING,
    reports="The address space of a peered VNet changes.",
    why="a peering keeps the old address space until it is synced, and no apply syncs HashiCorp's half",
    fix="apply the listed workspaces, and follow the manual steps",
    example="""\
spokes:
  analytics: {cidr: 10.96.0.0/19}
""",
    see="https://learn.microsoft.com/azure/virtual-network/update-virtual-network-peering-address-space",
)
LABEL = "hvn: interrupts"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grown:
    """A VNet with a changed address space.

    An apply of the workspaces in `synced` syncs the VNet's peerings. `manual` are the names of VNets with a peering
    that no workspace manages. `hvn` is true if the VNet has a peering with the HVN. `foreign` is true for an existing
    VNet, which may have other peerings.
    """

    workspace: str
    vnet: Resource
    cidrs: tuple[tuple[str, ...], tuple[str, ...]]
    synced: tuple[str, ...]
    manual: tuple[str, ...]
    hvn: bool
    foreign: bool


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each VNet with a changed address space, except replaced VNets.

    azurerm syncs a peering with every update; the stacks cause an update by `triggers` (`SyncRemoteAddressSpaceTrue` in
    virtual_network_peering_resource.go, v4.55.0). The HVN is in HashiCorp's tenant. Azure announced address changes
    without support for peerings across tenants (August 2021, "How to resize Azure virtual networks that are peered").
    No source states whether Azure supports these changes today, or whether HCP syncs its half.
    """
    before, after = context.topologies
    if before is None or after is None:
        return
    recreated = {*_recreated(context)}
    for grown in (*_hub(before, after), *_spokes(before, after)):
        if grown.workspace not in recreated:
            yield _finding(grown)


def _recreated(context: Context) -> Iterator[str]:
    """Yield the workspaces with a recreated VNet (HVN904). The peerings are recreated too, so they need no sync."""
    for workspace, before, after in context.changed(NetworkInputs):
        move = of_spoke(before, after, []) if after else None
        if move and move.recreated:
            yield workspace.id
    for workspace, old, new in context.changed(HubInputs):
        hub_move = of_hub(old, new, []) if new else None
        if hub_move and hub_move.recreated:
            yield workspace.id


def _hub(before: Topology, after: Topology) -> Iterator[_Grown]:
    if not (locations.has_hub(before) and locations.has_hub(after)):
        return
    vnet, cidrs = locations.hub_vnet(after), (locations.hub_cidrs(before), locations.hub_cidrs(after))
    if vnet == locations.hub_vnet(before) and cidrs[0] != cidrs[1]:
        both = {name: spoke for name, spoke in after.spokes.items() if name in before.spokes}
        new = not isinstance(after.hub, ExistingHub)
        yield _Grown(
            workspace=WorkspaceId("hub") if new else "",
            vnet=vnet,
            cidrs=cidrs,
            synced=tuple(WorkspaceId("network", name) for name, spoke in sorted(both.items()) if _peered(spoke)),
            manual=(
                *(
                    locations.spoke_vnet(after, name, spoke).name
                    for name, spoke in sorted(both.items())
                    if not _peered(spoke)
                ),
                *(parse(one.vnet_id).name for _, one in sorted(after.hub_peerings.items()) if not one.reverse),
            ),
            hvn=before.vault_peering is not None and after.vault_peering is not None,
            foreign=not new,
        )


def _spokes(before: Topology, after: Topology) -> Iterator[_Grown]:
    for name, spoke in sorted(after.spokes.items()):
        old = before.spokes.get(name)
        if old is None:
            continue
        vnet, cidrs = (
            locations.spoke_vnet(after, name, spoke),
            (locations.spoke_cidrs(old), locations.spoke_cidrs(spoke)),
        )
        if vnet == locations.spoke_vnet(before, name, old) and cidrs[0] != cidrs[1]:
            workspace = WorkspaceId("network", name)
            without_hub = _peered(spoke) or not locations.has_hub(after)
            own, manual = _own_peerings(after, name)
            yield _Grown(
                workspace=workspace,
                vnet=vnet,
                cidrs=cidrs,
                synced=tuple(dict.fromkeys((*((workspace,) if _peered(spoke) else ()), *own))),
                manual=(*(() if without_hub else (locations.hub_vnet(after).name,)), *manual),
                hvn=old.vault_route == spoke.vault_route == "direct",
                foreign=spoke.existing is not None,
            )


def _own_peerings(topology: Topology, name: str) -> tuple[tuple[WorkspaceId, ...], tuple[str, ...]]:
    """Return the workspaces that sync the peerings of `spokes.<spoke>.peerings` with this spoke's VNet, and the VNets
    outside the file without such a workspace."""
    own = topology.spokes[name].peerings.values()
    remote = [one for one in own if isinstance(one, PeeringWithVnet)]
    # A workspace with both halves of a peering syncs both halves.
    is_own = any(isinstance(one, PeeringWithSpoke) for one in own) or any(one.reverse for one in remote)
    others = [other for other, named in sorted(named_in_peerings(topology).items()) if name in named]
    return (
        tuple(WorkspaceId("network", one) for one in ([name] if is_own else []) + others),
        tuple(sorted(parse(one.vnet_id).name for one in remote if not one.reverse)),
    )


def _peered(spoke: Spoke) -> bool:
    """Return whether this project manages the spoke's peering with the hub."""
    return spoke.existing is None or spoke.existing.hub_peering


def _finding(grown: _Grown) -> Finding:
    parts = [
        Message(
            "the address space of {vnet} changes from {old} to {new}",
            vnet=grown.vnet.name,
            old=grown.cidrs[0],
            new=grown.cidrs[1],
        )
    ]
    if grown.synced:
        parts.append(Message("the apply of {workspaces} syncs the peerings of hub and spokes", workspaces=grown.synced))
    if grown.manual:
        parts.append(Message("**no apply syncs** the peering with {vnets}", vnets=grown.manual))
    if grown.hvn:
        parts.append(Message("**no apply syncs HashiCorp's half** of the peering with the HVN"))
    if grown.foreign:
        parts.append(Message("other peerings of the VNet are managed outside this project"))
    return Finding(
        rule=RULE,
        workspace=grown.workspace,
        message=joined(parts),
        impact=(Message("no traffic reaches a new range through a peering that is not synced"),),
        manual_steps=tuple(_steps(grown)),
    )


def _steps(grown: _Grown) -> Iterator[Message]:
    look = Command(
        f"az network vnet peering list -g {shlex.quote(grown.vnet.group.name)} --vnet-name "
        f"{shlex.quote(grown.vnet.name)} --query '[].[name,peeringSyncLevel]' -o tsv"
    )
    if grown.manual or grown.foreign:
        yield Message(
            "after the apply, list the peerings of {vnet}: {look}. If a peering is not FullyInSync, the owner of the "
            "other VNet must sync it: {sync}",
            vnet=grown.vnet.name,
            look=look,
            sync=Command("az network vnet peering sync"),
        )
    if grown.hvn:
        yield Message(
            "before the apply, ask HashiCorp whether HCP syncs its half. Azure may refuse the change, because the HVN "
            "is in another tenant. After the apply, check the peering of {vnet} with the HVN: {look}. If the peering "
            "is not FullyInSync, replace the peering in a maintenance window: {replace}. The replacement interrupts "
            "traffic to Vault",
            vnet=grown.vnet.name,
            look=look,
            replace=Command("terraform apply -replace=hcp_azure_peering_connection.peering"),
        )
