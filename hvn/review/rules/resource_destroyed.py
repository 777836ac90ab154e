"""HVN907: a plan destroys or replaces any other resource."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Rule
from hvn.review import rules
from hvn.review.context import Context
from hvn.review.losses import Loss, destroyed

RULE = Rule(
    id="HVN907",
    name="resource-destroyed",
    level=Level.WARNING,
    reports="A plan destroys or replaces a resource that no other rule covers.",
    why="the resource is unavailable until it is recreated",
    fix="check that nobody needs it in the meantime",
    example="a plan that replaces `azurerm_network_security_group.runners_closed`",
    see="https://developer.hashicorp.com/terraform/language/meta-arguments#lifecycle",
)
LABEL = "hvn: destroys"
NSG = Loss("the protection of the runners' subnet from inbound traffic")
DNS = Loss("Vault's answers about private domains")
LOSSES = {
    "azurerm_network_security_group": NSG,
    "azurerm_subnet_network_security_group_association": NSG,
    "hcp_dns_forwarding": DNS,
    "hcp_dns_forwarding_rule": DNS,
    "kubernetes_manifest": Loss(
        "an app's login in {who}, or a synced secret: its sync from Vault and its copy in Kubernetes"
    ),
    "kubernetes_service_account_v1": Loss("the tokens of an app in {who}"),
}


def check(context: Context) -> Iterator[Finding]:
    """Yield one finding for each workspace."""
    covered = {type_ for module in rules.modules() for type_ in getattr(module, "TYPES", ())}
    for workspace, changes in context.destroyed().items():
        if rest := [change for change in changes if change.type not in covered]:
            yield destroyed(RULE, context, workspace, rest, LOSSES)
