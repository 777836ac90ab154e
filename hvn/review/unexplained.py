"""Find the changes of a plan that no edit of the topology explains, and sort them by their probable cause."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hvn import engine
from hvn.affected.compare import Change
from hvn.affected.locked import LOCKS
from hvn.diagnostics.message import Fact, Message
from hvn.review.context import Context
from hvn.review.plan import Action, Plan

Arguments = Mapping[str, tuple[str, ...]]
"""Arguments by the address of their resource. An empty value means the whole change of the resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unexplained:
    """The changes of one plan that no edit explains.

    `reverted` are the addresses where the plan reverts drift. `by_code` are changes that changed code explains, `rest`
    all others. `known` is false if the comparison of the edit failed, `code_known` is false if the comparison of the
    code failed.
    """

    new: bool
    known: bool
    code_known: bool
    reverted: tuple[str, ...]
    by_code: Arguments
    rest: Arguments


def unexplained(context: Context, plan: Plan) -> Unexplained:
    """Return the changes of a plan that no edit of the topology explains.

    If the inputs are equal, the edit explains no change. If the inputs differ, `hvn plans` compares single arguments.
    In a new workspace, the edit explains only creations.
    """
    comparison = context.comparison
    edited = {affected.workspace.id for affected in comparison.affected if affected.change is not Change.CODE}
    created = {affected.workspace.id for affected in comparison.affected if affected.change is Change.CREATED}
    by_edit, new = plan.workspace in edited, plan.workspace in created
    known = plan.unexplained is not None if by_edit else not comparison.unknown_base
    code = bool(comparison.base.code)
    arguments = _not_created(plan) if new else {**(plan.unexplained or {}), **_never_explained(plan, code=code)}
    reverted, rest = _sorted(plan, arguments if by_edit and known else None, code=code)
    if not (by_edit or code or plan.changes) and known:
        rest = {f"output.{name}": () for name in plan.outputs}
    by_code, other = _split(rest, plan.code_unexplained) if code and known else ({}, rest)
    return Unexplained(
        new=new,
        known=known,
        code_known=plan.code_unexplained is not None,
        reverted=tuple(reverted),
        by_code=by_code,
        rest=other,
    )


def locks(context: Context) -> tuple[str, ...]:
    """Return the changed lock files and the changed choice of the engine. A comparison of code does not show their
    effect."""
    return tuple(file for file in context.comparison.base.code if file.endswith((*LOCKS, engine.FILE)))


def listed(changes: Arguments) -> Iterator[Fact]:
    """Yield the addresses, each with its arguments."""
    for address, arguments in changes.items():
        if arguments:
            yield Message("{address} ({arguments})", address=address, arguments=arguments)
        else:
            yield address


def _not_created(plan: Plan) -> Arguments:
    """Return the changes of a new workspace that are not creations, because its first apply should only create
    resources."""
    return {change.address: () for change in plan.changes if change.action is not Action.CREATE}


def _never_explained(plan: Plan, *, code: bool) -> Arguments:
    """Return the resources that no edit of the topology imports or moves; changed code may move them."""
    return {change.address: () for change in plan.changes if change.imported or (change.moved_from and not code)}


def _sorted(plan: Plan, unexplained: Arguments | None, *, code: bool) -> tuple[list[str], Arguments]:
    """Return the addresses where the plan reverts drift, and the other unexplained arguments by address.

    `unexplained` is None if no change is explained.
    """
    drifted = {(change.address, one.path) for change in plan.drift for one in change.differences}
    deleted = {change.address for change in plan.drift if change.action is Action.DELETE}
    reverted, rest = [], {}
    for change in plan.changes:
        if change.silent or (code and change.action is Action.MOVE):
            continue  # a `moved` block in changed code changes no object
        taken = {one.path for one in change.differences if (change.address, one.path) in drifted}
        # HVN930 reports a resource that the plan creates again.
        again = change.action is Action.CREATE and change.address in deleted
        if taken:
            reverted.append(change.address)
        arguments = () if unexplained is None else unexplained.get(change.address)
        left = tuple(argument for argument in arguments or () if argument not in taken)
        if left or (arguments == () and not taken and not again):
            rest[change.address] = left
    return reverted, rest


def _split(changes: Arguments, by_others: Arguments | None) -> tuple[Arguments, Arguments]:
    """Return the changes that changed code explains, and the unexplained changes. `by_others` are the changes that code
    does not explain; None if unknown."""
    if by_others is None:
        return {}, changes
    by_code: dict[str, tuple[str, ...]] = {}
    rest: dict[str, tuple[str, ...]] = {}
    for address, arguments in changes.items():
        other = by_others.get(address)
        if other is None:
            by_code[address] = arguments
        elif not other or not arguments:
            rest[address] = arguments or other
        else:
            if left := tuple(argument for argument in arguments if argument in other):
                rest[address] = left
            if explained := tuple(argument for argument in arguments if argument not in other):
                by_code[address] = explained
    return by_code, rest
