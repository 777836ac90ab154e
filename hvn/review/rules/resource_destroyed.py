"""HVN907: a plan destroys or replaces a resource that no other rule reports."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Rule
from hvn.review import rules
from hvn.review.context import Context
from hvn.review.losses import Loss, destroyed
from hvn.review.vnet_subnets import inline_subnets
from hvn.topology.naming import identifier

RULE = Rule(
    id="HVN907",
    name="resource-destroyed",
    level=Level.WARNING,
    reports="A plan destroys or replaces a resource that no other rule covers.",
    why="a destroyed resource is lost, and a replaced resource is unavailable until Terraform recreates it",
    fix="check that nobody needs the resource during the apply, or after its destruction",
    example="a plan that replaces `azurerm_network_security_group.nsg_runners`",
    see="https://developer.hashicorp.com/terraform/language/meta-arguments#lifecycle",
)
LABEL = "hvn: destroys"
SECURITY_GROUP = "azurerm_network_security_group"
NSG = Loss("the NSG that filters the traffic of {who}")
DNS = Loss("Vault's DNS resolution of private domains")
LOSSES = {
    SECURITY_GROUP: NSG,
    "azurerm_subnet_network_security_group_association": NSG,
    "hcp_dns_forwarding": DNS,
    "hcp_dns_forwarding_rule": DNS,
    "kubernetes_manifest": Loss(
        "the login of an app in {who}, or a synced secret: the sync from Vault and the Secret in Kubernetes"
    ),
    "kubernetes_service_account_v1": Loss("the tokens of an app in {who}"),
}


def check(context: Context) -> Iterator[Finding]:
    """Yield one finding for each workspace. HVN904 reports a removed subnet together with its NSG."""
    covered = {type_ for module in rules.modules() for type_ in getattr(module, "TYPES", ())}
    for workspace, changes in context.destroyed().items():
        removed = _of_removed_subnets(context, workspace)
        if rest := [change for change in changes if change.type not in covered and change.address not in removed]:
            yield destroyed(RULE, context, workspace, rest, LOSSES)


def _of_removed_subnets(context: Context, workspace: str) -> set[str]:
    """Return the addresses of the NSGs of subnets that the edit removes from a new VNet."""
    before, after = (
        {subnet.key for subnet in inline_subnets(side[workspace].inputs)} if workspace in side else set()
        for side in (context.before, context.after)
    )
    return {f"{SECURITY_GROUP}.nsg_{identifier(key)}" for key in before - after}
