"""HVN907: anything else that a plan destroys or replaces, or that somebody else has deleted."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Level, Rule
from hvn.review import rules
from hvn.review.context import Said, Situation
from hvn.review.destroyed import told
from hvn.review.markdown import codes

RULE = Rule(
    id="HVN907",
    name="resource-destroyed",
    level=Level.WARNING,
    why="for the time between the two it is not there",
    see="https://developer.hashicorp.com/terraform/language/meta-arguments#lifecycle",
)
GOES = {
    "azurerm_network_security_group": "what keeps visitors out of the runners' subnet",
    "azurerm_subnet_network_security_group_association": "what keeps visitors out of the runners' subnet",
    "kubernetes_manifest": "an app's login in {here}, or a secret that is synced from Vault and its copy there",
    "kubernetes_service_account_v1": "the tokens of an app in {here}",
}


def check(situation: Situation) -> Iterator[Said]:
    """One for each workspace, with the arguments that force it; what comes again is told as drift."""
    others = {type_ for module in rules.modules() for type_ in getattr(module, "TYPES", ())}
    for id_, changes in situation.gone().items():
        if rest := [each for each in changes if each.type not in others]:
            yield told(situation, id_, rest, GOES)
    for id_, changes in situation.gone_outside().items():
        again = {each.address for each in situation.plans[id_].changes}
        if left := [each.address for each in changes if each.address not in again]:
            yield Said(workspace=id_, text=f"deleted outside of Terraform, and not made again: {codes(left)}")
