"""Compare the NAT gateways of spokes and hub before and after the edit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.inputs import NatGateway
from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.workspace import Workspace
from hvn.review.context import Context

Built = tuple[Workspace, HubInputs | NetworkInputs | None, HubInputs | NetworkInputs]
ADDRESS = "azurerm_public_ip.nat_address"
"""The beginning of the Terraform address of each public IP address of a NAT gateway."""


@dataclass(frozen=True, slots=True)
class Sides:
    """A workspace with its NAT gateway before and after the edit. `moved` is true if the region changes."""

    workspace: Workspace
    before: NatGateway | None
    after: NatGateway | None
    moved: bool

    @property
    def added(self) -> list[str]:
        """Return the subnets that newly use a NAT gateway, by name."""
        return sorted(_subnets(self.after).keys() - _subnets(self.before).keys())

    @property
    def removed(self) -> list[str]:
        """Return the subnets that no longer use a NAT gateway, by name."""
        return sorted(_subnets(self.before).keys() - _subnets(self.after).keys())


def nat_gateways(context: Context) -> Iterator[Sides]:
    """Yield each built workspace that has a NAT gateway before or after the edit."""
    both: list[Built] = [*context.built(HubInputs), *context.built(NetworkInputs)]
    for workspace, before, after in both:
        sides = before.nat_gateway if before else None, after.nat_gateway
        if any(sides):
            yield Sides(workspace, *sides, moved=bool(before and before.location != after.location))


def _subnets(gateway: NatGateway | None) -> Mapping[str, str]:
    """Return the ranges of the subnets by name."""
    return {subnet.name: subnet.cidr for subnet in gateway.subnets} if gateway else {}
