"""HVN907: a plan destroys or replaces any other resource, or somebody deleted one outside of Terraform."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.review import rules
from hvn.review.context import Context
from hvn.review.losses import Loss, destroyed

RULE = Rule(
    id="HVN907",
    name="resource-destroyed",
    level=Level.WARNING,
    reports="A plan destroys or replaces a resource that no other rule covers, or somebody deleted one.",
    why="the resource is unavailable until it is recreated",
    fix="check that nobody needs it in the meantime",
    example="a plan that replaces `azurerm_network_security_group.runners_closed`",
    see="https://developer.hashicorp.com/terraform/language/meta-arguments#lifecycle",
)
NSG = Loss("the protection of the runners' subnet from inbound traffic")
LOSSES = {
    "azurerm_network_security_group": NSG,
    "azurerm_subnet_network_security_group_association": NSG,
    "kubernetes_manifest": Loss(
        "an app's login in {who}, or a secret that is synced from Vault with its copy in Kubernetes"
    ),
    "kubernetes_service_account_v1": Loss("the tokens of an app in {who}"),
}


def check(context: Context) -> Iterator[Finding]:
    """Yield destroyed resources that no other rule covers, and deleted resources that the plan does not create.

    HVN911 reports a deleted resource that the plan creates again.
    """
    covered = {type_ for module in rules.modules() for type_ in getattr(module, "TYPES", ())}
    for workspace, changes in context.destroyed().items():
        if rest := [change for change in changes if change.type not in covered]:
            yield destroyed(RULE, context, workspace, rest, LOSSES)
    for workspace, changes in context.deleted_outside().items():
        created = {change.address for change in context.plans[workspace].changes}
        if missing := [change.address for change in changes if change.address not in created]:
            yield Finding(
                rule=RULE,
                workspace=workspace,
                message=Message(
                    "somebody deleted {addresses} outside of Terraform, and the plan does not create it again",
                    addresses=missing,
                ),
            )
