"""Define the parts of a finding that tests compare: rule, position, and values in the text, but no sentences.

If a message gets different words, no test must change. If the structure of findings changes, only this file must
change.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hvn.diagnostics.finding import Finding, Span, dotted


@dataclass(frozen=True, slots=True)
class Reported:
    """The compared parts of one finding. `path` is empty if the finding is about a whole file."""

    id: str
    path: str
    file: str
    span: Span
    text: str
    """The message and the fix, for `holds`."""

    @property
    def line(self) -> int:
        """Return the line, counted from 1."""
        return self.span.line

    @property
    def column(self) -> int:
        """Return the column, counted from 1."""
        return self.span.column

    @property
    def place(self) -> tuple[str, int, int]:
        """Return the rule's id, the line and the column."""
        return self.id, self.line, self.column

    def holds(self, value: object) -> bool:
        """Return whether the text contains this value as a whole word: 10.0.0.40 does not contain 10.0.0.4."""
        return re.search(rf"(?<![\w./-]){re.escape(str(value))}(?![\w/-]|\.\w)", self.text) is not None


def reported(findings: Iterable[Finding]) -> list[Reported]:
    """Return the compared parts of each finding, in the order of the findings. Fails if a finding has no position in a
    file.
    """
    simple = []
    for finding in findings:
        assert finding.span, finding
        text = f"{finding.message}\n{finding.fix}"
        simple.append(Reported(finding.rule.id, dotted(finding.path), finding.file, finding.span, text))
    return simple


def ids(findings: Iterable[Finding]) -> list[str]:
    """Return the ids of the findings in their order."""
    return [finding.rule.id for finding in findings]
