"""HVN912: what the review cannot know: a plan with a doubt may not be applied."""

from collections.abc import Iterator

from hvn.review.markdown import code
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Rule

RULE = Rule(
    id="HVN912",
    name="not-known",
    why="what nobody has seen, nobody can approve",
    see="docs/how-to/review-a-pull-request.md",
)


def check(situation: Situation) -> Iterator[Said]:
    """Plans that are not there, failed or are not understood; a base of which nothing is known."""
    for id_ in situation.wanted:
        if id_ not in situation.plans:
            yield Said(workspace=id_, text=f"there is no plan of {code(id_)}")
    for plan in situation.plans.values():
        for doubt in plan.doubts:
            yield Said(workspace=plan.workspace, text=f"the plan of {code(plan.workspace)}: {code(doubt, 200)}")
        if plan.workspace not in situation.after:
            yield Said(workspace=plan.workspace, text=f"{code(plan.workspace)} is no workspace of the topology")
    if situation.comparison.unknown_base:
        yield Said(workspace="", text=code(situation.comparison.unknown_base, 200))
    if not situation.reach_complete:
        yield Said(
            workspace="",
            text="the network's shared parts changed, and it is too large to compare all of its "
            "connections: only those with a spoke that differs were",
        )
