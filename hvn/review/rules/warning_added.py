"""HVN936: `hvn check` reports a warning that the base does not have."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.review.context import Context
from hvn.review.warnings import new_warnings

RULE = Rule(
    id="HVN936",
    name="warning-added",
    level=Level.WARNING,
    reports="`bin/hvn check` reports a new warning, or a new error of a rule in `rules/`.",
    why="a warning does not fail the check, so the pipeline does not stop the change",
    fix="fix the warning, or accept it with a reason",
    example="""\
vault: {tier: dev}
""",
    see="docs/how-to/accept-a-warning.md",
)
LABEL = "hvn: read the file"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each new warning."""
    for warning, accepted in new_warnings(context.comparison.base.loaded, context.loaded):
        template = (
            "{place} {id} {name}: {warning}; the base accepts it" if accepted else "{place} {id} {name}: {warning}"
        )
        yield Finding(
            rule=RULE,
            level=warning.severity,
            file=warning.file,
            span=warning.span,
            path=warning.path,
            message=Message(
                template,
                place=f"{warning.file}:{warning.span.line if warning.span else 1}",
                id=warning.rule.id,
                name=warning.rule.name,
                warning=warning.message,
            ),
        )
