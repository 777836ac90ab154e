"""HVN911: a plan changes something, and no edit of the topology explains it."""

from collections.abc import Iterator

from hvn.affected.compare import Change
from hvn.review.markdown import codes
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Level, Rule

RULE = Rule(
    id="HVN911",
    name="unexplained-change",
    level=Level.WARNING,
    why="somebody changed it outside of Terraform, the code makes something else of the same file, or a provider does",
    see="docs/how-to/review-a-pull-request.md",
)


def check(situation: Situation) -> Iterator[Said]:
    """Workspaces whose inputs are the same and whose plan is not empty; in all of them, drift that is taken back."""
    explained = {each.workspace.id for each in situation.comparison.affected if each.change is not Change.CODE}
    for plan in situation.plans.values():
        drifted = {(each.address, one.path) for each in plan.drift for one in each.differences}
        changes = [each for each in plan.changes if not each.silent]
        back = [
            each.address for each in changes if any((each.address, one.path) in drifted for one in each.differences)
        ]
        other = [each.address for each in changes if each.address not in back and plan.workspace not in explained]
        code = " by the topology; code or locked versions differ too" if situation.comparison.base.code else ""
        if other:
            yield Said(workspace=plan.workspace, text=f"*unexplained*{code}: {codes(other)}")
        if back:
            yield Said(
                workspace=plan.workspace, text=f"takes back what was changed outside of Terraform: {codes(back)}"
            )
