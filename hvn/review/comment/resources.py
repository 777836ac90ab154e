"""Write the parts of the comment about resources: drift, changes in detail, and counts of omitted changes."""

import re
from collections import Counter
from collections.abc import Iterator

from hvn.diagnostics.markdown import code, codes
from hvn.kinds.inputs import AzureInputs
from hvn.kinds.policy_owned import EVERY_TYPE
from hvn.review.context import Context
from hvn.review.details import LONGEST, Detail
from hvn.review.differences import Difference
from hvn.review.namespaces import left_behind
from hvn.review.plan import ResourceChange


def drift(context: Context) -> Iterator[str]:
    """Yield a line for each change that somebody made outside Terraform; rare changes come first.

    The last line counts the differences in arguments that Azure Policy owns, because the plans ignore such arguments.
    """
    items: dict[str, list[str]] = {}
    by_policy: Counter[str] = Counter()
    for plan in context.plans.values():
        elsewhere = left_behind(context, plan.workspace)
        for change in plan.drift:
            if change.address in elsewhere:
                continue
            owned = dict(_owned(context, plan.workspace, change))
            by_policy.update(owned.values())
            paths = [difference.path for difference in change.differences if difference not in owned]
            if paths or not owned:
                arguments = f", {codes(paths)}" if paths else ""
                items.setdefault(f"{code(change.address)} {change.action}{arguments}", []).append(plan.workspace)
    for item, workspaces in sorted(items.items(), key=lambda item: len(item[1])):
        yield f"- {codes(workspaces)}: {item}"
    if by_policy:
        yield f"- {by_policy.total()} differences in arguments that Azure Policy owns: {codes(sorted(by_policy))}"


def _owned(context: Context, workspace: str, change: ResourceChange) -> Iterator[tuple[Difference, str]]:
    """Yield each difference in an argument that Azure Policy owns, with the argument's name. Differences in arguments
    that the plan changes are excluded."""
    now = context.after.get(workspace)
    inputs = now.inputs if now else None
    pairs = inputs.policy_owned if isinstance(inputs, AzureInputs) else ()
    arguments = {argument for type_, argument in pairs if type_ in (EVERY_TYPE, change.type)}
    plan = context.plans[workspace]
    planned = {one.path for other in plan.changes if other.address == change.address for one in other.differences}
    for difference in change.differences:
        argument = re.split(r"[.\[]", difference.path)[0]
        if argument in arguments and difference.path not in planned:
            yield difference, argument


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
    which += f", {change.reason}" if change.reason else ""
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
        "refusals by a cloud, or later changes by others."
    )
