"""HVN172 bastion-subnet: a spoke's AzureBastionSubnet has an unsupported setting."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Subnet, Topology
from hvn.topology.naming import BASTION_SUBNET

RULE = Rule(
    id="HVN172",
    name="bastion-subnet",
    reports="A spoke's AzureBastionSubnet has an unsupported setting.",
    why="Azure Bastion needs a subnet without a route table, and the NSG rules of this project",
    fix="remove the setting",
    example="""\
spokes:
  analytics:
    subnets:
      AzureBastionSubnet: {cidr: 10.96.1.0/26, rules: {web: {priority: 200, ports: ["443"]}}}
""",
    see="https://learn.microsoft.com/azure/bastion/bastion-nsg",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each setting of a spoke's AzureBastionSubnet except the range and `route: none`."""
    for name, spoke in topology.spokes.items():
        if BASTION_SUBNET in spoke.subnets:
            for key in _refused(spoke.subnet(BASTION_SUBNET)):
                yield Finding(
                    rule=RULE,
                    path=("spokes", name, "subnets", BASTION_SUBNET, key),
                    message=Message("{subnet} cannot have {key}", subnet=BASTION_SUBNET, key=key),
                )
        if BASTION_SUBNET in spoke.names.subnets:
            yield Finding(
                rule=RULE,
                path=("spokes", name, "names", "subnets", BASTION_SUBNET),
                message=Message("Azure requires the name {subnet}", subnet=BASTION_SUBNET),
            )


def _refused(subnet: Subnet) -> Iterator[str]:
    if "route" in subnet.model_fields_set and subnet.route != "none":
        yield "route"
    for key in ("nat_gateway", "nsg", "rules", "delegation", "service_endpoints"):
        if getattr(subnet, key):
            yield key
    if subnet.private_endpoint_network_policies not in (None, "Disabled"):
        yield "private_endpoint_network_policies"
