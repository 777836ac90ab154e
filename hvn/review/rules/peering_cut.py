"""HVN905: a peering or a route of the HVN is destroyed or replaced: Vault is out of reach meanwhile."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.review.markdown import code, codes
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Rule
from hvn.topology.inputs import NetworkInputs, PeeringInputs

RULE = Rule(
    id="HVN905",
    name="peering-cut",
    why="a peering is changed by making another one: until it is accepted and ACTIVE, nothing passes",
    see="https://registry.terraform.io/providers/hashicorp/hcp/0.111.0/docs/resources/azure_peering_connection",
)
# ForceNew of hcp_azure_peering_connection (hvn/rehearsal/tables/hcp.json), as the inputs name them.
FORCES = ("hvn", "peering_id", "vnet", "location", "allow_forwarded_traffic")
TYPES = ("hcp_azure_peering_connection", "hcp_hvn_route", "azurerm_virtual_network_peering")


def check(situation: Situation) -> Iterator[Said]:
    """By the topology; by the plan, if the topology does not show it."""
    told = set()
    for workspace, before, after in situation.pairs(PeeringInputs):
        if after is None:
            continue
        forced = [name for name in FORCES if getattr(before, name) != getattr(after, name)]
        if before.hvn.hvn_id == after.hvn.hvn_id and None in (before.hvn.project_id, after.hvn.project_id):
            forced = [name for name in forced if name != "hvn"]  # its link is looked up: it is the same
        gone = [route for route in before.routes if route not in after.routes]
        if forced:
            told.add(workspace.id)
            yield Said(
                workspace=workspace.id,
                text=f"the HVN's peering is replaced, for it cannot change: {', '.join(forced)}. Until the new one is "
                "ACTIVE this has no way to Vault:",
                goes_with=(_cut_off(situation, workspace.spoke, before),),
            )
        elif gone:
            told.add(workspace.id)
            routes = codes([route.destination for route in gone])
            yield Said(
                workspace=workspace.id,
                text=f"the HVN's route to {routes} goes or is made anew. Meanwhile Vault does not answer:",
                goes_with=(_cut_off(situation, workspace.spoke, before),),
            )
    for plan, change in situation.gone(*TYPES):
        if plan.workspace not in told:
            why = f", by {codes(change.replaced_by)}" if change.replaced_by else ""
            yield Said(
                workspace=plan.workspace,
                text=f"{change.action} of {code(change.address)}{why}: nothing passes until there is another one",
            )


def _cut_off(situation: Situation, spoke: str | None, peering: PeeringInputs) -> str:
    """Who reaches Vault by this peering."""
    if spoke:
        return code(spoke)
    transit = [IPv4Network(route.destination) for route in peering.routes if route.next_hop]
    through = [
        each.spoke or ""
        for each in situation.before.values()
        if isinstance(each.inputs, NetworkInputs)
        and any(IPv4Network(cidr).subnet_of(pool) for cidr in each.inputs.cidrs for pool in transit)
    ]
    runners = "the runners, which apply all that is in Vault and the clusters"
    return f"{runners}; via the hub: {codes(through)}" if through else runners
