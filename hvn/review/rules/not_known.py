"""HVN912: what the review cannot know: a plan with a doubt may not be applied."""

import pathlib
from collections.abc import Iterator

from hvn.diagnostics.finding import Rule
from hvn.review.context import Said, Situation
from hvn.review.markdown import code, own

RULE = Rule(
    id="HVN912",
    name="not-known",
    why="what nobody has seen, nobody can approve",
    see="docs/how-to/review-a-pull-request.md",
)


def check(situation: Situation) -> Iterator[Said]:
    """Plans that are not there, failed or are not understood; what no plan looks at; a base that is not known."""
    for id_ in situation.wanted:
        if id_ not in situation.plans and not situation.after[id_].blocked:
            yield Said(workspace=id_, text=f"there is no plan of {code(id_)}")
    yield from _blocked(situation)
    for plan in situation.plans.values():
        for doubt in plan.doubts:
            yield Said(workspace=plan.workspace, text=f"the plan of {code(plan.workspace)}: {own(doubt)}")
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


def _blocked(situation: Situation) -> Iterator[Said]:
    built = {each.id for each in situation.out_of_sight}
    for each in situation.after.values():
        if each.id in built:
            yield Said(
                workspace=each.id,
                text=f"{code(each.id)} was built in the base and is held back now: it stays in the cloud, and no "
                "plan or drift looks at it",
                by_hand=_keys(situation, each.spoke or ""),
            )
        elif each.blocked and each.id in situation.wanted:
            text = f"{code(each.id)} is held back, so no plan looks at it, and whether it is there is not known: "
            yield Said(workspace=each.id, text=text + own(each.blocked))


def _keys(situation: Situation, spoke: str) -> str:
    base = situation.comparison.base
    pull = f"before this is merged, get the keys of {code(spoke)}: {code(f'bin/hvn keys pull {spoke} --issuer URL')}"
    if base.file and base.loaded and base.loaded.checked and spoke in base.loaded.checked.keys:
        file = pathlib.PurePosixPath(base.file).parent / "jwks" / f"{spoke}.json"
        return f"{pull}; or bring the file back: {code(f'git restore --source {base.commit[:12]} -- :/{file}', 400)}"
    return pull
