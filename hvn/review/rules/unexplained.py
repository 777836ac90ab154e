"""HVN911: a plan changes something, and no edit of the topology explains it."""

from collections.abc import Iterator, Mapping

from hvn.affected.compare import Change
from hvn.diagnostics.finding import Level, Rule
from hvn.review.context import Said, Situation
from hvn.review.markdown import code, codes
from hvn.review.namespaces import not_found_there
from hvn.review.plan import Action, Plan

RULE = Rule(
    id="HVN911",
    name="unexplained-change",
    level=Level.WARNING,
    why="an earlier change was not applied, somebody changed it outside of Terraform, the code makes something else of "
    "the same file, or a provider does",
    see="docs/how-to/review-a-pull-request.md",
)
MOST = 8


def check(situation: Situation) -> Iterator[Said]:
    """Workspaces whose inputs are the same and whose plan is not empty; in the others what `hvn plans` found, resource
    by resource, and of a new one all that is not made; in all of them drift that is taken back.
    """
    comparison = situation.comparison
    differ = {each.workspace.id for each in comparison.affected if each.change is not Change.CODE}
    created = {each.workspace.id for each in comparison.affected if each.change is Change.CREATED}
    code_too = " by the topology; code or locked versions differ too" if comparison.base.code else ""
    for plan in situation.plans.values():
        by_edit = plan.workspace in differ
        known = plan.unexplained is not None if by_edit else not comparison.unknown_base
        told = _not_made(plan) if plan.workspace in created else plan.unexplained or {}
        back, other = _sorted(plan, told if by_edit and known else None)
        if other and plan.workspace in created:
            why = "the base has no such workspace, but there is a state of it already, so this is not new"
            yield Said(workspace=plan.workspace, text=f"*unexplained*: {other}: {why}")
        elif other and known:
            yield Said(workspace=plan.workspace, text=f"*unexplained*{code_too}: {other}")
        elif other:
            yield Said(workspace=plan.workspace, text=f"not known whether the topology explains {other}")
        elsewhere = not_found_there(situation, plan.workspace)
        if back := [each for each in back if each not in elsewhere]:
            yield Said(
                workspace=plan.workspace, text=f"takes back what was changed outside of Terraform: {codes(back)}"
            )


def _not_made(plan: Plan) -> Mapping[str, tuple[str, ...]]:
    """Of a new workspace what is there already, all of it; with a first apply everything is made."""
    return {each.address: () for each in plan.changes if each.action is not Action.CREATE}


def _sorted(plan: Plan, unexplained: Mapping[str, tuple[str, ...]] | None) -> tuple[list[str], str]:
    """What takes drift back, and the other changes that are unexplained, None for all, as Markdown."""
    drifted = {(each.address, one.path) for each in plan.drift for one in each.differences}
    deleted = {each.address for each in plan.drift if each.action is Action.DELETE}
    back, other = [], {}
    for each in plan.changes:
        if each.silent:
            continue
        taken = {one.path for one in each.differences if (each.address, one.path) in drifted}
        again = bool(taken) or (each.action is Action.CREATE and each.address in deleted)
        if again:
            back.append(each.address)
        arguments = () if unexplained is None else unexplained.get(each.address)
        left = tuple(one for one in arguments or () if one not in taken)
        if left or (arguments == () and not again):
            other[each.address] = left
    told = [code(address) + (f" ({codes(left, 4)})" if left else "") for address, left in other.items()]
    more = f" and {len(told) - MOST} more" if len(told) > MOST else ""
    return back, ", ".join(told[:MOST]) + more
