"""Find the changes of a VNet's inline subnets in a plan.

azurerm 4.55.0 (internal/services/network/virtual_network_resource.go): `subnet` is a set, Optional and Computed, not
ForceNew, with attributes as blocks. The schema defines no hash function for the set, so a changed subnet is a different
element. The order of the elements has no meaning. An update sends the whole set if it differs: Azure removes every
other subnet of the VNet, also a subnet that somebody else created.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hvn.diagnostics.printable import printable
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.inputs import Inputs, Subnet
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.differences import normal, same
from hvn.review.grants.opening import blocks, texts
from hvn.review.hidden import hiding

VNET = "azurerm_virtual_network"
ARGUMENTS = (
    *("address_prefixes", "delegation", "route_table_id", "security_group", "service_endpoints"),
    "private_endpoint_network_policies",
    "service_endpoint",  # azurerm 5
)
"""The arguments that can affect the resources in a subnet."""


@dataclass(frozen=True, slots=True)
class SubnetChange:
    """A subnet of a VNet that a plan removes or changes. Without `arguments` the plan removes it.

    `unknown` is true if the plan does not show whether it keeps the subnet.
    """

    name: str
    cidrs: str
    arguments: tuple[str, ...] = ()
    unknown: bool = False


def subnet_changes(change: Mapping[str, Any]) -> Iterator[SubnetChange]:
    """Yield the subnets that an update of a VNet removes or changes, by name, with sensitive values hidden. Azure
    compares names without regard to case."""
    hide = hiding(change)
    before, after, unknown = (_of(change.get(side)) for side in ("before", "after", "after_unknown"))
    left = {str(subnet.get("name")).casefold(): subnet for subnet in blocks(after)}
    # In a plan, a subnet without any known value is null.
    hidden = unknown is True or (isinstance(after, list) and None in after)
    for subnet in sorted(blocks(before), key=lambda subnet: str(subnet.get("name"))):
        name = str(subnet.get("name"))
        ranges = ", ".join(sorted(texts(subnet.get("address_prefixes"))))
        text, cidrs = printable(hide(name), 80), printable(hide(ranges), 80)
        now = left.get(name.casefold())
        if now is None:
            yield SubnetChange(text, cidrs, unknown=hidden)
        # A plan omits an argument that is known after apply, such as the id of a replaced security group.
        elif changed := tuple(one for one in ARGUMENTS if one in now and not _same(subnet.get(one), now[one])):
            yield SubnetChange(text, cidrs, changed)


def _of(side: Any) -> Any:
    return side.get("subnet") if isinstance(side, Mapping) else None


def _same(one: Any, other: Any) -> bool:
    """Return whether two values are equal, apart from empty parts, the order of strings and letter case."""
    sides = [normal(value) or "" for value in (one, other)]
    if all(isinstance(side, list) and all(isinstance(text, str) for text in side) for side in sides):
        return sorted(map(str.casefold, sides[0])) == sorted(map(str.casefold, sides[1]))
    if all(isinstance(side, str) for side in sides):
        return bool(sides[0].casefold() == sides[1].casefold())
    return same(*sides)


def inline_subnets(inputs: Inputs | None) -> list[Subnet]:
    """Return the subnets of the VNet that a workspace creates."""
    if isinstance(inputs, NetworkInputs) and inputs.new_vnet:
        return [*inputs.subnets]
    if isinstance(inputs, HubInputs):
        gateway = [inputs.gateway.subnet] if inputs.gateway else []
        firewall = [inputs.firewall.subnet, inputs.firewall.management_subnet] if inputs.firewall else []
        route_server = [inputs.route_server] if inputs.route_server else []
        others = [*inputs.subnets, *gateway, *route_server]
        return [*(subnet for subnet in firewall if subnet), inputs.runner_subnet, *others]
    return []
