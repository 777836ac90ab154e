"""HVN907: anything else that a plan destroys or replaces."""

from collections import defaultdict
from collections.abc import Iterator

from hvn.review.markdown import code, codes
from hvn.review.rules import network_moved, peering_cut
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Level, Rule

RULE = Rule(
    id="HVN907",
    name="resource-destroyed",
    level=Level.WARNING,
    why="for the time between the two it is not there",
    see="https://developer.hashicorp.com/terraform/language/meta-arguments#lifecycle",
)
TOLD_BY_OTHERS = {
    *("hcp_hvn", "hcp_vault_cluster", "vault_mount", "azurerm_kubernetes_cluster"),
    *network_moved.TYPES,
    *peering_cut.TYPES,
}


def check(situation: Situation) -> Iterator[Said]:
    """One for each workspace and action, with the arguments that force it."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for plan, change in situation.gone():
        if change.type not in TOLD_BY_OTHERS:
            why = f" (by {codes(change.replaced_by)})" if change.replaced_by else ""
            groups[plan.workspace, change.action].append(code(change.address) + why)
    for (workspace, action), resources in groups.items():
        more = f" and {len(resources) - 8} more" if len(resources) > 8 else ""
        yield Said(workspace=workspace, text=f"{action} of {', '.join(resources[:8])}{more}")
