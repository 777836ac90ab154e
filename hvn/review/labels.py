"""Labels for the pull request. The rules that report something decide; the workflow sets the labels."""

from collections.abc import Iterable

from hvn.diagnostics.finding import Finding
from hvn.review import rules

LABELS = (
    "hvn: destroys",
    "hvn: opens",
    "hvn: interrupts",
    "hvn: unexplained",
    "hvn: incomplete",
    "hvn: read the file",
)
"""In the order of their urgency. Resources, secrets or logs are lost; access becomes wider; a connection or a service
stops or gets less capacity; an edit does not explain the change; a plan is missing; only a person can judge a file."""


def labels(findings: Iterable[Finding]) -> list[str]:
    """Return the labels of the findings, in the order of `LABELS`."""
    reported = {finding.rule for finding in findings}
    used = {module.LABEL for module in rules.modules() if module.RULE in reported}
    return [label for label in LABELS if label in used]
