"""Select the labels for the pull request. Each rule with a finding adds its label; the CI workflow sets the labels."""

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
"""The most urgent label comes first. `interrupts` also means less capacity. `read the file` means that only a person
can judge the changed file."""


def labels(findings: Iterable[Finding]) -> list[str]:
    """Return the labels of the findings, in the order of `LABELS`."""
    reported = {finding.rule for finding in findings}
    used = {module.LABEL for module in rules.modules() if module.RULE in reported}
    return [label for label in LABELS if label in used]
