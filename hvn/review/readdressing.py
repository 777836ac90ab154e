"""What an edit does to a VNet in Azure: which of its subnets have to be emptied, and whether it has to go itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.inputs import Subnet
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.diff import differing
from hvn.review.markdown import code, codes
from hvn.review.plan import ResourceChange
from hvn.topology.naming import Resource

TYPES = ("azurerm_resource_group", "azurerm_virtual_network", "azurerm_subnet")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Network:
    """What both kinds of VNets have."""

    vnet: Resource
    location: str
    cidrs: tuple[str, ...]
    subnets: tuple[Subnet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What an edit does to a VNet. `emptied` are the subnets that change or go; with `anew` the VNet has to go, too.

    `elsewhere`: it is another one in Azure, or in another region, which only a new VNet can be.
    """

    reasons: tuple[str, ...]
    emptied: tuple[str, ...]
    anew: bool
    elsewhere: bool = False


def of_spoke(before: NetworkInputs, after: NetworkInputs, gone: Sequence[ResourceChange]) -> Move | None:
    """None if no edit takes anything away from the spoke's VNet; `gone` is what the plan destroys of `TYPES`."""
    # Where one that exists stands is not ours to say: its spoke's region is that of what stands beside it.
    ours = before.new_vnet and after.new_vnet
    sides = [_spoke(each, location=each.location if ours else "") for each in (before, after)]
    return _move(sides[0], sides[1], gone)


def of_hub(before: HubInputs, after: HubInputs, gone: Sequence[ResourceChange]) -> Move | None:
    """The same of the hub's VNet."""
    return _move(_hub(before), _hub(after), gone)


def _spoke(inputs: NetworkInputs, *, location: str) -> _Network:
    return _Network(vnet=inputs.vnet, location=location, cidrs=inputs.cidrs, subnets=inputs.subnets)


def _hub(inputs: HubInputs) -> _Network:
    subnets = (inputs.firewall_subnet, inputs.runner_subnet)
    return _Network(vnet=inputs.vnet, location=inputs.location, cidrs=(inputs.cidr,), subnets=subnets)


def _move(before: _Network, after: _Network, gone: Sequence[ResourceChange]) -> Move | None:
    now = {each.name: each.cidr for each in after.subnets}
    other = [each for each in before.subnets if now.get(each.name) != each.cidr]
    reasons = [f"subnet {code(each.name)} {_from_to(each.cidr, now.get(each.name))}" for each in other]
    kept = before.vnet == after.vnet and before.location == after.location
    if not kept:
        places = (before.vnet, after.vnet) if before.vnet != after.vnet else (before.location, after.location)
        reasons.insert(0, f"the VNet moves: {differing(*places)}")
    if not inside(before.cidrs, after.cidrs):
        reasons.insert(0, f"the VNet moves from {_place(before)} to {_place(after)}")
    fits = inside([each.cidr for each in before.subnets], after.cidrs)
    # A subnet that goes by the edit leaves the others alone; the VNet, the group or one that nobody edited does not.
    of_the_edit = {f"azurerm_subnet.subnet_{each.name}" for each in other}
    beyond = any(each.address not in of_the_edit for each in gone)
    emptied = other if kept and fits and not beyond else before.subnets
    found = Move(
        reasons=tuple(reasons),
        emptied=tuple(each.name for each in emptied),
        anew=not kept or not fits,
        elsewhere=not kept,
    )
    return found if reasons else None


def inside(cidrs: Sequence[str], ranges: Sequence[str]) -> bool:
    """Whether each of them lies in one of the ranges: a range that grows moves nothing."""
    return all(any(IPv4Network(cidr).subnet_of(IPv4Network(one)) for one in ranges) for cidr in cidrs)


def _from_to(old: str, new: str | None) -> str:
    return f"moves from {code(old)} to {code(new)}" if new else f"({code(old)}) goes"


def _place(network: _Network) -> str:
    return f"{codes(network.cidrs)} in {code(network.vnet.name)}"
