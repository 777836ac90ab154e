"""Builds the context that the rules of the review read."""

from collections.abc import Mapping
from dataclasses import replace

from hvn.affected.compare import Change, Comparison, compare
from hvn.affected.history import Base
from hvn.affected.waves import waves
from hvn.check.load import Checked, Loaded
from hvn.kinds.workspace import Workspace, WorkspaceId, by_id
from hvn.review.access import access, under_new_names
from hvn.review.context import Context
from hvn.review.foreign_plans import Owners, misfits, owners_of_names
from hvn.review.foreign_values import foreign_values
from hvn.review.plan import Plan
from hvn.review.reach_changes import deltas


class NoWave(Exception):
    """The change does not have the requested wave. The message is one line."""


def build(base: Base, loaded: Loaded, checked: Checked, plans: Mapping[str, Plan], wave: int | None) -> Context:
    """Return the context of the change from the base to the working tree. `plans` maps workspace ids to plans.

    A complete review needs the plans of this wave, counted from 1. Without a wave, a complete review needs the plans of
    all workspaces. Raises `NoWave`.
    """
    before = base.loaded.checked if base.loaded else None
    old = before.workspaces() if before else ()
    new = checked.workspaces()
    earlier, now = by_id(old), by_id(new)
    owners = owners_of_names(earlier, now)
    comparison = compare(base, loaded, checked)
    # Without a base, do not compare connections: every connection would count as gained.
    reach, complete = deltas(before.topology, checked.topology) if before else ((), True)
    return Context(
        comparison=comparison,
        loaded=loaded,
        before=earlier,
        after=now,
        plans={name: _compared(plan, comparison, owners, earlier, now) for name, plan in sorted(plans.items())},
        wanted=_of_wave(comparison, wave) if wave else tuple(workspace.id for workspace in new),
        reach=reach,
        reach_complete=complete,
        access_before=under_new_names(access(old), earlier, now),
        # Vault keeps the logins of a blocked workspace, because no apply changes a blocked workspace.
        access_after=access([earlier.get(one.id, one) if one.blocked else one for one in new]),
    )


def _compared(
    plan: Plan,
    comparison: Comparison,
    owners: Owners,
    before: Mapping[str, Workspace],
    after: Mapping[str, Workspace],
) -> Plan:
    """Return the plan with additional unknowns: the reasons why the plan cannot belong to this workspace."""
    workspace = after.get(plan.workspace)
    if workspace is None or plan.failed:
        return plan
    reasons = [*misfits(plan, workspace, owners, before, after, comparison.base.commit)]
    edited = {one.workspace.id for one in comparison.affected if one.change in (Change.CHANGED, Change.CREATED)}
    # Without a comparison, or with changed code, other rules report the plan's openings.
    if plan.explained and plan.workspace in edited and not comparison.base.code:
        sides = (side[plan.workspace].inputs for side in (before, after) if plan.workspace in side)
        reasons += foreign_values(plan, workspace.id.kind, sides)
    return replace(plan, unknowns=(*plan.unknowns, *reasons))


def _of_wave(comparison: Comparison, wave: int) -> tuple[WorkspaceId, ...]:
    groups = waves(comparison.affected)
    if wave > max(len(groups), 1):
        raise NoWave(f"there is no wave {wave}: the change has {len(groups)}")
    return tuple(affected.workspace.id for group in groups[wave - 1 : wave] for affected in group)
