"""The parts of the comment about resources: drift, changes in detail, and counts of omitted changes."""

from collections.abc import Iterator

from hvn.diagnostics.markdown import code, codes
from hvn.review.context import Context
from hvn.review.details import LONGEST, Detail
from hvn.review.namespaces import left_behind
from hvn.review.plan import ResourceChange


def drift(context: Context) -> Iterator[str]:
    """Yield a line for each change that somebody made outside of Terraform; rare changes come first."""
    items: dict[str, list[str]] = {}
    for plan in context.plans.values():
        elsewhere = left_behind(context, plan.workspace)
        for change in plan.drift:
            if change.address not in elsewhere:
                paths = [difference.path for difference in change.differences]
                arguments = f", {codes(paths)}" if paths else ""
                items.setdefault(f"{code(change.address)} {change.action}{arguments}", []).append(plan.workspace)
    for item, workspaces in sorted(items.items(), key=lambda item: len(item[1])):
        yield f"- {codes(workspaces)}: {item}"


def resources(context: Context) -> Iterator[str]:
    """Yield an item for each resource change, with a line for each argument that differs.

    Equal changes in several workspaces are one item.
    """
    items: dict[str, list[str]] = {}
    for plan in context.plans.values():
        for change in plan.changes:
            if not change.silent:
                head = f"{change.action} {code(change.address)}{_object(change)}"
                details = (line for detail in change.details for line in _detail(detail))
                items.setdefault("\n".join((head, *details)), []).append(plan.workspace)
    for item, workspaces in items.items():
        yield f"- {codes(workspaces)} {item}"


def _detail(detail: Detail) -> Iterator[str]:
    if detail.lines:
        yield f"  - {code(detail.path)}:"
        yield from (f"    - {sign or 'unchanged'} {code(line, LONGEST)}" for sign, line in detail.lines)
    else:
        yield f"  - {code(detail.path)}: {code(detail.before)} → {code(detail.after)}"


def _object(change: ResourceChange) -> str:
    """Return the deposed key, previous address or imported id, and the arguments that force a replacement."""
    words = (("deposed object", change.deposed), ("moved from", change.moved_from), ("with the id", change.imported))
    which = "".join(f", {word} {code(value)}" for word, value in words if value)
    return f"{which}, forced by {codes(change.replaced_by)}" if change.replaced_by else which


def not_shown(context: Context) -> str:
    """Return a sentence with the counts of changes that the comment omits."""
    plans = list(context.plans.values())
    changes = [change for plan in plans for change in plan.changes]
    silent = sum(change.silent for change in changes)
    reads, outputs = sum(plan.reads for plan in plans), sum(len(plan.outputs) for plan in plans)
    unknown, sensitive = sum(change.unknown for change in changes), sum(change.sensitive for change in changes)
    return (
        f"Not shown: {silent} updates of computed values only, {reads} data sources read during apply, {outputs} "
        f"outputs, {unknown} values known after apply, {sensitive} sensitive values that differ. A plan does not show "
        "what a cloud refuses, or what others change in the meantime."
    )
