"""HVN912: the review lacks a plan, a part of a plan, or the base."""

import pathlib
from collections.abc import Iterator

from hvn.affected.compare import Change
from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Text
from hvn.review.commands import command, pull_keys
from hvn.review.context import Context
from hvn.review.plan import UNEXPLAINED

RULE = Rule(
    id="HVN912",
    name="incomplete-review",
    reports="The review lacks a plan, a workspace or the base; or a plan is unreadable, failed or outdated.",
    why="reviewers cannot approve changes that the review does not show",
    fix="plan the workspaces with `bin/hvn plans` and review again",
    example="a review without the plan of a workspace that the change affects",
    see="docs/how-to/review-a-pull-request.md",
)
LABEL = "hvn: incomplete"
EDITED = (Change.CHANGED, Change.CREATED)


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about missing, failed and unreadable plans, blocked workspaces, an unknown base, and skipped
    connections."""
    for id_ in context.wanted:
        if id_ not in context.plans and not context.after[id_].blocked:
            yield Finding(rule=RULE, workspace=id_, message=Message("no plan"))
    yield from _blocked(context)
    yield from _without_effect(context)
    yield from _not_compared(context)
    for plan in context.plans.values():
        for unknown in plan.unknowns:
            yield Finding(rule=RULE, workspace=plan.workspace, message=Message("{unknown}", unknown=unknown))
        if plan.workspace not in context.after:
            yield Finding(
                rule=RULE, workspace=plan.workspace, message=Message("the topology does not have this workspace")
            )
    if context.comparison.unknown_base:
        yield Finding(rule=RULE, message=Message("{reason}", reason=Text(context.comparison.unknown_base)))
    if not context.reach_complete:
        yield Finding(
            rule=RULE,
            message=Message(
                "shared parts of the network changed, and the network is too large to compare all connections. The "
                "review compared only connections of changed spokes"
            ),
        )


def _without_effect(context: Context) -> Iterator[Finding]:
    """Yield the workspaces that an edit changes, although their plan changes nothing. If `hvn plans` made the plan,
    hvn/review/plan_reader.py compares the values instead."""
    changed = {one.workspace.id for one in context.comparison.affected if one.change is Change.CHANGED}
    for plan in context.plans.values():
        if plan.workspace in changed and plan.kept and not (plan.inputs or plan.changes or plan.outputs or plan.failed):
            yield Finding(
                rule=RULE,
                level=Level.WARNING,
                workspace=plan.workspace,
                message=Message(
                    "the edit changes this workspace, but the plan changes nothing: the plan is older than the edit, "
                    "or the edit is already applied"
                ),
            )


def _not_compared(context: Context) -> Iterator[Finding]:
    """Yield the plans of edited workspaces that `hvn plans` did not compare with the edit. The review does not compare
    the values of these plans with the file, and cannot find their unexplained changes."""
    edited = {str(one.workspace.id): one for one in context.comparison.affected if one.change in EDITED}
    for plan in context.plans.values():
        one = edited.get(plan.workspace)
        if one is None or plan.failed or all(change.silent for change in plan.changes):
            continue
        if plan.explained is None:
            yield Finding(
                rule=RULE,
                level=Level.WARNING,
                workspace=plan.workspace,
                message=Message(
                    "the plan was not compared with the edit, so the review does not know which changes the edit "
                    "causes: plan with {plans}",
                    plans=command("bin/hvn", "plans", plan.workspace, "--base", context.base_commit),
                ),
            )
        elif one.change is Change.CHANGED and not one.follows and not plan.marked:
            yield Finding(
                rule=RULE,
                workspace=plan.workspace,
                message=Message(
                    "the plan file has no {key}: somebody changed the file. Plan the workspace again", key=UNEXPLAINED
                ),
            )


def _blocked(context: Context) -> Iterator[Finding]:
    existing = {workspace.id for workspace in context.newly_blocked}
    for workspace in context.after.values():
        if workspace.id in existing:
            yield Finding(
                rule=RULE,
                workspace=workspace.id,
                message=Message(
                    "this change blocks the workspace: its resources still exist, and no plan shows their changes"
                ),
                manual_steps=(_keys(context, workspace.spoke or ""),),
            )
        elif workspace.blocked and workspace.id in context.wanted:
            yield Finding(
                rule=RULE,
                workspace=workspace.id,
                message=Message(
                    "the workspace is blocked, so no plan shows whether it exists: {reason}",
                    reason=Text(workspace.blocked),
                ),
            )


def _keys(context: Context, spoke: str) -> Message:
    base, pull = context.comparison.base, pull_keys(spoke)
    if base.file and base.loaded and base.loaded.checked and spoke in base.loaded.checked.keys:
        file = pathlib.PurePosixPath(base.file).parent / "jwks" / f"{spoke}.json"
        return Message(
            "before the merge, read the keys of {spoke} with {pull}, or restore the file: {restore}",
            spoke=spoke,
            pull=pull,
            restore=command("git", "restore", "--source", context.base_commit, "--", f":/{file}"),
        )
    return Message("before the merge, read the keys of {spoke} with {pull}", spoke=spoke, pull=pull)
