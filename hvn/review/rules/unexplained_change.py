"""HVN911: a plan makes changes that no edit of the topology explains."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Text
from hvn.review.context import Context
from hvn.review.namespaces import left_behind
from hvn.review.unexplained import Unexplained, listed, locks, unexplained

RULE = Rule(
    id="HVN911",
    name="unexplained-change",
    level=Level.WARNING,
    reports=(
        "No edit of the topology explains a plan's change of a resource or an argument, or the plan reverts drift."
    ),
    why=(
        "the cause is unknown: an earlier change was not applied, somebody changed the resource outside Terraform, or "
        "a provider or a locked package changed"
    ),
    fix="find the cause of the change before you approve it",
    example="a plan with changes, of a workspace with the same inputs as in the base",
    see="docs/how-to/review-a-pull-request.md",
)
LABEL = "hvn: unexplained"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for the unexplained changes of each plan, and for the drift that the plan reverts.

    HVN937 reports changes that changed code explains.
    """
    for plan in context.plans.values():
        changes = unexplained(context, plan)
        if changes.rest:
            message = Message(
                "{cause} {changes}{also}",
                cause=Message(_UNKNOWN if not changes.known else _CODE if _by_code(context, changes) else _UNEXPLAINED),
                changes=list(listed(changes.rest)),
                also=_also(context, changes),
            )
            yield Finding(rule=RULE, workspace=plan.workspace, message=message)
        elsewhere = left_behind(context, plan.workspace)
        if addresses := [address for address in changes.reverted if address not in elsewhere]:
            yield Finding(
                rule=RULE,
                workspace=plan.workspace,
                message=Message(
                    "the plan reverts changes that somebody made outside Terraform: {addresses}",
                    addresses=addresses,
                ),
            )


_UNEXPLAINED = "no edit of the topology explains"
_CODE = "no edit of the topology and no changed code explains"
_UNKNOWN = "unknown whether an edit of the topology explains"


def _by_code(context: Context, changes: Unexplained) -> bool:
    """Return whether the plan was compared with changed code."""
    return bool(context.comparison.base.code) and changes.code_known


def _also(context: Context, changes: Unexplained) -> Message:
    """Return other possible causes of the change: an earlier state, locked packages, or code that was not compared."""
    if changes.new:
        return Message(": the workspace is not in the base, but its state exists")
    files = locks(context) if changes.code_known else context.comparison.base.code
    return Message("; changed files: {files}", files=[Text(file) for file in files]) if files else Message("")
