"""HVN923: Terraform removes a resource from the state without destroying it."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.review.context import Context
from hvn.review.losses import listed
from hvn.review.plan import Action

RULE = Rule(
    id="HVN923",
    name="resource-forgotten",
    reports="A plan removes a resource from the state without destroying it.",
    why=("the resource still exists and costs money; a later apply creates it again, or fails because it exists"),
    fix="remove the `removed` block: this project never generates one",
    example="a plan with the action `forget`",
    see="https://developer.hashicorp.com/terraform/language/block/removed",
)
LABEL = "hvn: destroys"


def check(context: Context) -> Iterator[Finding]:
    """Yield one finding for each plan that removes resources from the state without destroying them."""
    for plan in context.plans.values():
        if changes := [change for change in plan.changes if change.action is Action.FORGET]:
            yield Finding(
                rule=RULE,
                workspace=plan.workspace,
                message=Message(
                    "{plan}: Terraform removes the resource from the state. The resource still exists, and later "
                    "plans do not show it",
                    plan=listed(changes),
                ),
            )
