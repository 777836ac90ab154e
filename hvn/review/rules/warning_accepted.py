"""HVN935: a comment in the topology file accepts a warning that the base does not accept."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Text
from hvn.review.context import Context
from hvn.review.warnings import new_acceptances

RULE = Rule(
    id="HVN935",
    name="warning-accepted",
    level=Level.WARNING,
    reports="The change adds a comment `# hvn: allow …`, or changes the reason in the comment.",
    why="`bin/hvn check` no longer reports the warning",
    fix="check that the reason is true",
    example="node_pool: {min_count: 1, max_count: 3} # hvn: allow HVN504 a test cluster",
    see="docs/how-to/accept-a-warning.md",
)
LABEL = "hvn: read the file"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each warning that the base does not accept, or accepts for a different reason."""
    before = context.comparison.base.loaded
    for accepted, known in new_acceptances(before, context.loaded):
        warning = accepted.finding
        change = Message("reason {old} → {new}", old=Text(known), new=Text(accepted.reason))
        new = Message("accepted with the reason {reason}", reason=Text(accepted.reason))
        yield Finding(
            rule=RULE,
            file=warning.file,
            span=warning.span,
            path=warning.path,
            message=Message(
                "{place} {id} {name}: {warning}; {how}",
                place=f"{warning.file}:{warning.span.line if warning.span else 1}",
                id=warning.rule.id,
                name=warning.rule.name,
                warning=warning.message,
                how=change if known else new,
            ),
        )
