"""Azure Route Server in the independent model of the synthesized Terraform."""

from ipaddress import IPv4Address, IPv4Network

from tests.reach.terraform import ROUTE_SERVER_SUBNET, Cloud


def may_be_rerouted(cloud: Cloud, source: IPv4Address, to: IPv4Address) -> bool:
    """Return whether Route Server may change the route of a subnet: its routes precede no system route inside a VNet or
    over a peering."""
    here = cloud.where(source)
    near = {where.network for where in cloud.subnets if where.subnet == ROUTE_SERVER_SUBNET}
    if not near or here.network not in near | cloud.through_gateway or here not in cloud.propagated:
        return False
    system = [cidr for network, cidrs in cloud.ranges.items() if cloud._near(here, network) for cidr in cidrs]
    own = [IPv4Network(route["address_prefix"]) for route in cloud.tables.get(here, ())]
    first, second = (max((one.prefixlen for one in some if to in one), default=-1) for some in (own, system))
    return first >= second
