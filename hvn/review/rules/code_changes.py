"""HVN937: changed code, and no edit of the topology, changes resources."""

import re
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Text
from hvn.review.context import Context
from hvn.review.plan import Plan
from hvn.review.unexplained import Arguments, listed, unexplained

RULE = Rule(
    id="HVN937",
    name="code-changes",
    level=Level.WARNING,
    reports="Changed code changes resources or arguments, although the topology file is the same.",
    why="the topology shows no edit, and changed code affects all workspaces of the same kind",
    fix="review the changed code files, and check that the change is intended",
    example="# The change edits stacks/vault.py: the kv engine gets another description.\n",
    see="docs/how-to/review-a-pull-request.md",
)
LABEL = "hvn: unexplained"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each plan with changes that changed code causes. HVN929 reports resources that the code
    opens."""
    files = [Text(file) for file in context.comparison.base.code]
    for plan in context.plans.values():
        opened = plan.explained.code if plan.explained and plan.explained.code else {}
        by_code = {
            address: arguments
            for address, arguments in unexplained(context, plan).by_code.items()
            if address not in opened
        }
        if by_code:
            yield Finding(
                rule=RULE,
                workspace=plan.workspace,
                message=Message(
                    "changed code causes the changes of {changes}. Changed files: {files}",
                    changes=list(listed(_named(plan, by_code))),
                    files=files,
                ),
            )


def _named(plan: Plan, changes: Arguments) -> Arguments:
    """Return the changes, with the arguments of each resource. The plan's differences name the arguments of a resource
    without any."""
    differences = {change.address: change.differences for change in plan.changes}
    return {
        address: arguments
        or tuple(dict.fromkeys(re.split(r"[.\[]", one.path)[0] for one in differences.get(address, ())))
        for address, arguments in changes.items()
    }
