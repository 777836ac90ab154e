"""The manual steps in a new hub: this project creates subnets for runners, a gateway, Azure Bastion and Azure Route
Server, but not the resources in these subnets."""

from collections.abc import Iterator

from hvn.topology.model import NewHub
from hvn.topology.step import Step


def new_hub_steps(hub: NewHub) -> Iterator[Step]:
    """Yield the steps that fill the hub's subnets."""
    yield Step(
        f"After you deploy `hub`, create a machine or CI runners in the runners' subnet {hub.runners.cidr}: Terraform "
        "runs there for `vault*`, `vso-*` and `secrets-*`.",
        "deployer",
        before="vault",
    )
    if hub.gateway and not hub.gateway.existing:
        yield Step(
            f"After you deploy `hub`, create the VPN or ExpressRoute gateway in GatewaySubnet {hub.gateway.cidr}. Then "
            "set hub.gateway.existing: true, and use_remote_gateways: true in the spokes that use the gateway.",
            "hub",
            after="hub",
        )
    if hub.bastion:
        yield Step(
            f"After you deploy `hub`, create Azure Bastion in AzureBastionSubnet {hub.bastion.cidr}.",
            "hub",
            after="hub",
        )
    if hub.route_server and not hub.route_server.existing:
        yield Step(
            f"After you deploy `hub`, create Azure Route Server in RouteServerSubnet {hub.route_server.cidr}. Then set "
            "hub.route_server.existing: true.",
            "hub",
            after="hub",
        )
