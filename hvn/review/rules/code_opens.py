"""HVN929: changed code opens or grants access that the topology file does not require."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.review.context import Context
from hvn.review.rules.unreviewed_opening import listed

RULE = Rule(
    id="HVN929",
    name="code-opens",
    reports="Changed code opens connections or grants rights, although the topology file is the same.",
    why=(
        "changed code can change firewall rules, logins, policies, rights and `prevent_destroy` without an edit of "
        "the topology"
    ),
    fix="let the owners of the changed code files review them",
    example="# The change edits stacks/vault_auth.py: every app's policy grants kvv2/data/*.\n",
    see="docs/how-to/review-a-pull-request.md",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each plan in which changed code opens access, and one for all plans without this
    comparison."""
    files = context.comparison.base.code
    if not files:
        return
    unknown = []
    for plan in context.plans.values():
        code = plan.explained.code if plan.explained else None
        if code is None:
            unknown.append(plan.workspace)
        elif code:
            yield Finding(
                rule=RULE,
                workspace=plan.workspace,
                message=Message(
                    "changed code opens access: {openings}. Changed files: {files}", openings=listed(code), files=files
                ),
            )
    if unknown:
        yield Finding(
            rule=RULE,
            message=Message(
                "code differs from the base, and the access that it opens in {workspaces} is unknown. Changed files: "
                "{files}",
                workspaces=unknown,
                files=files,
            ),
        )
