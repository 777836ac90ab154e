"""Labels for the pull request, by the rules that report something. The workflow sets them."""

from collections.abc import Iterable

from hvn.diagnostics.finding import Finding

LABELS = {
    "hvn: destroys": (
        *("HVN901", "HVN902", "HVN903", "HVN904", "HVN905", "HVN906", "HVN907", "HVN918", "HVN919", "HVN920", "HVN921"),
        *("HVN922", "HVN923", "HVN925", "HVN946"),
    ),
    "hvn: opens": (
        *("HVN908", "HVN909", "HVN913", "HVN914", "HVN916", "HVN924", "HVN928", "HVN929", "HVN931", "HVN933"),
    ),
    "hvn: interrupts": ("HVN910", "HVN915", "HVN917", "HVN926", "HVN932", "HVN934", "HVN945"),
    "hvn: unexplained": ("HVN900", "HVN911", "HVN930"),
    "hvn: incomplete": ("HVN912",),
    "hvn: read the file": ("HVN927", "HVN935", "HVN936"),
}
"""The labels, each with the ids of its rules."""


def labels(findings: Iterable[Finding]) -> list[str]:
    """Return the labels of the findings, in a fixed order."""
    ids = {finding.rule.id for finding in findings}
    return [label for label, of_label in LABELS.items() if ids & {*of_label}]
