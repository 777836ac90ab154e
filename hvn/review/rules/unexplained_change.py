"""HVN911: a plan changes something that no edit of the topology explains."""

from collections.abc import Iterator, Mapping

from hvn.affected.compare import Change
from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Fact
from hvn.review.context import Context
from hvn.review.namespaces import left_behind
from hvn.review.plan import Action, Plan

RULE = Rule(
    id="HVN911",
    name="unexplained-change",
    level=Level.WARNING,
    reports=(
        "No edit of the topology explains a plan's change of a resource or an argument, or the plan reverts drift."
    ),
    why=(
        "an earlier change was not applied, somebody changed the resource outside Terraform, or the code or a"
        " provider changed"
    ),
    fix="find out where the change comes from before you approve it",
    example="a plan with changes, of a workspace with the same inputs as in the base",
    see="docs/how-to/review-a-pull-request.md",
)
LABEL = "hvn: unexplained"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for the unexplained changes of each plan, and for the drift that the plan reverts.

    If the inputs are equal, no change is explained. If they differ, `hvn plans` compares single arguments. In a new
    workspace, only creations are explained.
    """
    comparison = context.comparison
    edited = {affected.workspace.id for affected in comparison.affected if affected.change is not Change.CODE}
    created = {affected.workspace.id for affected in comparison.affected if affected.change is Change.CREATED}
    for plan in context.plans.values():
        by_edit, new = plan.workspace in edited, plan.workspace in created
        known = plan.unexplained is not None if by_edit else not comparison.unknown_base
        code = bool(comparison.base.code)
        unexplained = _not_created(plan) if new else {**(plan.unexplained or {}), **_never_explained(plan, code=code)}
        taken_back, rest = _sorted(plan, unexplained if by_edit and known else None, code=code)
        if not (by_edit or code or plan.changes) and known:
            rest = {f"output.{name}": () for name in plan.outputs}
        if rest:
            template = _NEW if new else _UNKNOWN if not known else _CODE if comparison.base.code else _UNEXPLAINED
            message = Message(template, changes=list(_listed(rest)))
            yield Finding(rule=RULE, workspace=plan.workspace, message=message)
        elsewhere = left_behind(context, plan.workspace)
        if addresses := [address for address in taken_back if address not in elsewhere]:
            yield Finding(
                rule=RULE,
                workspace=plan.workspace,
                message=Message(
                    "the plan reverts changes that somebody made outside of Terraform: {addresses}",
                    addresses=addresses,
                ),
            )


_UNEXPLAINED = "no edit of the topology explains {changes}"
_CODE = "no edit of the topology explains {changes}; code or locked versions differ as well"
_UNKNOWN = "unknown whether an edit of the topology explains {changes}"
_NEW = "no edit of the topology explains {changes}: the workspace is not in the base, but its state exists"


def _not_created(plan: Plan) -> Mapping[str, tuple[str, ...]]:
    """Return the changes of a new workspace other than creations: its first apply creates everything."""
    return {change.address: () for change in plan.changes if change.action is not Action.CREATE}


def _never_explained(plan: Plan, *, code: bool) -> Mapping[str, tuple[str, ...]]:
    """Return the resources that no edit of the topology imports or moves; changed code may move them."""
    return {change.address: () for change in plan.changes if change.imported or (change.moved_from and not code)}


def _sorted(
    plan: Plan, unexplained: Mapping[str, tuple[str, ...]] | None, *, code: bool
) -> tuple[list[str], Mapping[str, tuple[str, ...]]]:
    """Return the addresses where the plan reverts drift, and the other unexplained arguments by address.

    `unexplained` is None if every change is unexplained. An empty list of arguments means the whole change.
    """
    drifted = {(change.address, one.path) for change in plan.drift for one in change.differences}
    deleted = {change.address for change in plan.drift if change.action is Action.DELETE}
    taken_back, rest = [], {}
    for change in plan.changes:
        if change.silent or (code and change.action is Action.MOVE):
            continue  # a `moved` block in changed code changes no object
        taken = {one.path for one in change.differences if (change.address, one.path) in drifted}
        # HVN930 reports it.
        again = change.action is Action.CREATE and change.address in deleted
        if taken:
            taken_back.append(change.address)
        arguments = () if unexplained is None else unexplained.get(change.address)
        left = tuple(argument for argument in arguments or () if argument not in taken)
        if left or (arguments == () and not taken and not again):
            rest[change.address] = left
    return taken_back, rest


def _listed(changes: Mapping[str, tuple[str, ...]]) -> Iterator[Fact]:
    for address, arguments in changes.items():
        if arguments:
            yield Message("{address} ({arguments})", address=address, arguments=arguments)
        else:
            yield address
