"""Compute the effect of an edit on a VNet in Azure: the subnets that must be empty, and whether Terraform recreates the
VNet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from hvn.diagnostics.message import Message
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.inputs import Subnet
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.diff import difference
from hvn.review.plan import ResourceChange
from hvn.review.vnet_subnets import inline_subnets
from hvn.topology.naming import Resource, identifier

TYPES = ("azurerm_resource_group", "azurerm_virtual_network", "azurerm_subnet")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Network:
    """The properties that the VNet of a spoke and the VNet of the hub have in common."""

    vnet: Resource
    location: str
    cidrs: tuple[str, ...]
    subnets: tuple[Subnet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The effect of an edit on a VNet.

    `emptied` are the subnets that must be empty before the change. With `recreated` a person must destroy the VNet, and
    Terraform creates it again. `elsewhere` is true if the VNet's name, resource group, subscription or region changes.
    """

    reasons: tuple[Message, ...]
    emptied: tuple[str, ...]
    recreated: bool
    elsewhere: bool = False


def of_spoke(before: NetworkInputs, after: NetworkInputs, destroyed: Sequence[ResourceChange]) -> Move | None:
    """Return the effect on the spoke's VNet; None if the VNet and its subnets keep their subscription, group, name,
    region and ranges.

    `destroyed` are the resources of `TYPES` that the plan destroys.
    """
    # The topology has no region of an existing VNet: the spoke's region is the region of its other resources.
    new = before.new_vnet and after.new_vnet
    sides = [_spoke(inputs, location=inputs.location if new else "") for inputs in (before, after)]
    return _move(sides[0], sides[1], destroyed)


def of_hub(before: HubInputs, after: HubInputs, destroyed: Sequence[ResourceChange]) -> Move | None:
    """Return the effect on the hub's VNet; None if the VNet and its subnets keep their subscription, group, name,
    region and ranges."""
    # HVN953 reports the subnets of a removed firewall.
    old = before if after.firewall else replace(before, firewall=None)
    return _move(_hub(old), _hub(after), destroyed)


def _spoke(inputs: NetworkInputs, *, location: str) -> _Network:
    return _Network(vnet=inputs.vnet, location=location, cidrs=inputs.cidrs, subnets=inputs.subnets)


def _hub(inputs: HubInputs) -> _Network:
    subnets = tuple(inline_subnets(inputs))
    return _Network(vnet=inputs.vnet, location=inputs.location, cidrs=inputs.cidrs, subnets=subnets)


def _move(before: _Network, after: _Network, destroyed: Sequence[ResourceChange]) -> Move | None:
    now = {subnet.key: subnet for subnet in after.subnets}
    changed = [subnet for subnet in before.subnets if not _same(subnet, now.get(subnet.key))]
    reasons = [_of_subnet(subnet, now.get(subnet.key)) for subnet in changed]
    kept = before.vnet == after.vnet and before.location == after.location
    if not kept:
        places = (before.vnet, after.vnet) if before.vnet != after.vnet else (before.location, after.location)
        reasons.insert(0, Message("the VNet moves: {difference}", difference=difference(*places)))
    if not inside(before.cidrs, after.cidrs):
        message = Message(
            "VNet {vnet} changes its address space from {old} to {new}",
            vnet=after.vnet.name,
            old=before.cidrs,
            new=after.cidrs,
        )
        reasons.insert(0, message)
    fits = inside([subnet.cidr for subnet in before.subnets], after.cidrs)
    # Destroying a subnet that the edit changes does not affect the others. Any other destroyed resource affects the
    # whole VNet.
    by_edit = {f"azurerm_subnet.subnet_{identifier(subnet.key)}" for subnet in changed}
    more = any(change.address not in by_edit for change in destroyed)
    emptied = changed if kept and fits and not more else before.subnets
    if not reasons:
        return None
    return Move(
        reasons=tuple(reasons),
        emptied=tuple(subnet.name for subnet in emptied),
        recreated=not kept or not fits,
        elsewhere=not kept,
    )


def inside(cidrs: Sequence[str], ranges: Sequence[str]) -> bool:
    """Return whether every CIDR is in one of the ranges. This is true if a range only grows."""
    return all(any(IPv4Network(cidr).subnet_of(IPv4Network(one)) for one in ranges) for cidr in cidrs)


def _same(before: Subnet, after: Subnet | None) -> bool:
    """Return whether a subnet keeps its name and range. The name of the VNet may change, because `Move.elsewhere`
    covers this."""
    return after is not None and (before.name, before.cidr) == (after.name, after.cidr)


def _of_subnet(subnet: Subnet, new: Subnet | None) -> Message:
    if new is None:
        return Message("subnet {subnet} ({cidr}) is removed", subnet=subnet.name, cidr=subnet.cidr)
    if new.cidr == subnet.cidr:
        return Message("subnet {subnet} is replaced by {new}", subnet=subnet.name, new=new.name)
    return Message("subnet {subnet} changes from {old} to {new}", subnet=new.name, old=subnet.cidr, new=new.cidr)
