"""HVN923: Terraform forgets something: it stays, and nobody manages it any more."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Rule
from hvn.review.context import Said, Situation
from hvn.review.destroyed import listed
from hvn.review.plan import Action

RULE = Rule(
    id="HVN923",
    name="forgotten",
    why="it stays and costs, and a later plan makes it a second time or fails because it is there",
    see="https://developer.hashicorp.com/terraform/language/block/removed",
)


def check(situation: Situation) -> Iterator[Said]:
    """By the plans: nothing here makes Terraform forget, so somebody else did."""
    for plan in situation.plans.values():
        if changes := [each for each in plan.changes if each.action is Action.FORGET]:
            yield Said(
                workspace=plan.workspace,
                text=f"the plan has {listed(changes)}: it is taken out of the state, stays as it is, and no plan will "
                "speak of it again",
            )
