"""HVN904: a spoke or the hub gets other ranges, or its VNet or a subnet is destroyed or replaced."""

from collections.abc import Iterator

from hvn.review.markdown import code, codes
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Rule
from hvn.topology.inputs import HubInputs, NetworkInputs
from hvn.topology.names import Resource

RULE = Rule(
    id="HVN904",
    name="network-moved",
    why="Azure changes no range that something stands in: what is in the old one has to go first",
    see="https://learn.microsoft.com/azure/virtual-network/manage-virtual-network",
)
TYPES = ("azurerm_virtual_network", "azurerm_subnet", "azurerm_resource_group")


def check(situation: Situation) -> Iterator[Said]:
    """By the topology; by the plan, if the topology does not show it."""
    told = set()
    for workspace, before, after in situation.pairs(NetworkInputs):
        if after and (before.cidrs != after.cidrs or before.vnet != after.vnet):
            told.add(workspace.id)
            again = situation.of_spoke(workspace.spoke, "peering", "aks", "vault-auth", "vso", "secrets")
            yield Said(
                workspace=workspace.id,
                text=f"the spoke moves from {_place(before.cidrs, before.vnet)} to "
                f"{_place(after.cidrs, after.vnet)}. Azure refuses that while anything stands in its subnets"
                f"{', so this has to be built anew:' if again else ''}",
                goes_with=(f"all that stands in the old range, and what belongs to it: {codes(again)}",)
                if again
                else (),
                by_hand=f"destroy {codes(tuple(reversed(again)))} from the base, before this is merged"
                if again
                else "",
            )
    for workspace, old, new in situation.pairs(HubInputs):
        if new and (old.cidr != new.cidr or old.vnet != new.vnet):
            told.add(workspace.id)
            yield Said(
                workspace=workspace.id,
                text=f"the hub moves from {_place((old.cidr,), old.vnet)} to "
                f"{_place((new.cidr,), new.vnet)}: firewall and runners stand in the "
                "old range, every spoke is peered with it",
            )
    for plan, change in situation.gone(*TYPES):
        if plan.workspace not in told:
            why = f", by {codes(change.replaced_by)}" if change.replaced_by else ""
            yield Said(
                workspace=plan.workspace,
                text=f"{change.action} of {code(change.address)}{why}: what stands in it "
                "goes with it, or Azure refuses",
            )


def _place(cidrs: tuple[str, ...], vnet: Resource) -> str:
    return f"{codes(cidrs)} in {code(vnet.name)}"
