"""Write the parts of the comment about workspaces: changes by spoke, and the order of deployment."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from hvn.affected.compare import Affected, Change
from hvn.affected.waves import waves
from hvn.diagnostics.markdown import code, codes, sentence
from hvn.review.context import Context
from hvn.review.plan import Action
from hvn.review.rebuild_steps import still_to_destroy

SIGNS = (
    (Action.CREATE, "+"),
    (Action.UPDATE, "~"),
    (Action.REPLACE, "±"),
    (Action.DELETE, "−"),
    (Action.FORGET, " to forget"),
    (Action.IMPORT, " to import"),
    (Action.MOVE, " to move"),
    (Action.UNKNOWN, "?"),
)
LINES = 12
"""The maximum number of topology lines that the table names for one spoke."""


def by_spoke(context: Context) -> Iterator[str]:
    """Yield the lines of a table: a row for each spoke, and one for the shared workspaces."""
    groups: dict[str, list[Affected]] = defaultdict(list)
    for affected in (*context.comparison.affected, *context.comparison.removed):
        groups[affected.workspace.spoke or ""].append(affected)
    for plan in context.plans.values():
        workspace = context.workspace(plan.workspace)
        if plan.changes and workspace:
            groups.setdefault(workspace.spoke or "", [])
    if groups:
        yield "| spoke | workspaces | resources | lines |\n|---|---|---|---|"
    for spoke, group in sorted(groups.items()):
        counts = _counts(context, spoke) or _no_counts(group)
        yield f"| {code(spoke) if spoke else 'shared'} | {_workspaces(group)} | {counts} | {_lines(group)} |"


def _workspaces(group: Sequence[Affected]) -> str:
    changed = ", ".join(f"{code(affected.workspace.id)} {affected.change}" for affected in group)
    return changed or "the topology changes nothing"


def _counts(context: Context, spoke: str) -> str:
    counter: Counter[Action] = Counter()
    for plan in context.plans.values():
        workspace = context.workspace(plan.workspace)
        if workspace and (workspace.spoke or "") == spoke:
            counter.update(change.action for change in plan.changes if not change.silent)
    return " ".join(f"{counter[action]}{sign}" for action, sign in SIGNS if counter[action])


def _no_counts(group: Sequence[Affected]) -> str:
    if not group or any(affected.change is not Change.REMOVED for affected in group):
        return "no plan or no change"
    kept = any(affected.lives_on for affected in group)
    return "not planned: see manual steps" if kept else "not planned: destroy it manually"


def _lines(group: Sequence[Affected]) -> str:
    lines = sorted({line for affected in group for line in affected.lines})
    texts = [
        f"{code(f'{line.file}:{line.line}')} {code(line.path)}{' (removed)' if line.before else ''}" for line in lines
    ]
    more = f" and {len(texts) - LINES} more" if len(texts) > LINES else ""
    reason = "code or locked versions" if any(affected.change is Change.CODE for affected in group) else ""
    return ", ".join(texts[:LINES]) + more or reason or "none"


def order(context: Context, has_manual_steps: bool) -> Iterator[str]:
    """Yield the workspaces to destroy before the merge, the waves, and the blocked workspaces."""
    comparison = context.comparison
    removed = [affected.workspace.id for affected in comparison.removed if not affected.lives_on]
    moved = [id_ for spoke in context.spokes for id_ in reversed(still_to_destroy(context, spoke))]
    if destroyed := list(dict.fromkeys((*moved, *removed))):
        yield f"- before the merge, destroy from the base in this order: {codes(destroyed)}"
    if kept := [affected.workspace.id for affected in comparison.removed if affected.lives_on]:
        yield f"- before the merge, remove from the state and do not destroy: {codes(kept)}"
    for number, wave in enumerate(waves(comparison.affected), 1):
        ids = codes([affected.workspace.id for affected in wave])
        if number == 1:
            exception = ", unless a manual step changes the order" if has_manual_steps else ""
            yield f"- wave 1, apply in this order{exception}: {ids}"
        else:
            yield f"- wave {number}, plan and review after wave {number - 1} is applied: {ids}"
    for workspace in comparison.blocked:
        yield f"- blocked: {code(workspace.id)}: {sentence(workspace.blocked)}"
