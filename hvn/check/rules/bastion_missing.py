"""HVN163 bastion-missing: the runners allow Azure Bastion, but the hub lacks a subnet for Bastion."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import NewHub, Topology

RULE = Rule(
    id="HVN163",
    name="bastion-missing",
    reports="The runners allow Azure Bastion, but the hub lacks a subnet for Bastion.",
    why="without AzureBastionSubnet, this project creates no NSG rule for Bastion, so allow_bastion has no effect",
    fix="add hub.bastion with a free range of /26, or remove allow_bastion",
    example="""\
hub:
  runners: {allow_bastion: true}
""",
    see="https://learn.microsoft.com/azure/bastion/bastion-nsg",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if the runners allow Azure Bastion and the hub lacks the subnet."""
    hub = topology.hub
    if isinstance(hub, NewHub) and hub.runners.allow_bastion and hub.bastion is None:
        yield Finding(
            rule=RULE,
            path=("hub", "runners", "allow_bastion"),
            message=Message("hub.bastion is missing"),
        )
