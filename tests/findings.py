"""The parts of a finding that tests compare: its rule, its place and the values in its text, but no sentence.

A new wording changes no test. A new structure of findings changes this file only.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hvn.diagnostics.finding import Finding, Span, dotted


@dataclass(frozen=True, slots=True)
class Reported:
    """One finding as tests compare it: `path` is empty where the finding is about a file as a whole."""

    id: str
    path: str
    file: str
    span: Span
    text: str
    """The message and the fix, for `holds`."""

    @property
    def line(self) -> int:
        """The line, from 1."""
        return self.span.line

    @property
    def column(self) -> int:
        """The column, from 1."""
        return self.span.column

    @property
    def place(self) -> tuple[str, int, int]:
        """The rule's id, the line and the column, both from 1."""
        return self.id, self.line, self.column

    def holds(self, value: object) -> bool:
        """Return whether this value is in the text as a whole: 10.0.0.4 is not in 10.0.0.40."""
        return re.search(rf"(?<![\w./-]){re.escape(str(value))}(?![\w/-]|\.\w)", self.text) is not None


def reported(findings: Iterable[Finding]) -> list[Reported]:
    """Return the findings in their order; each has a place in a file."""
    simple = []
    for finding in findings:
        assert finding.span, finding
        text = f"{finding.message}\n{finding.fix}"
        simple.append(Reported(finding.rule.id, dotted(finding.path), finding.file, finding.span, text))
    return simple


def ids(findings: Iterable[Finding]) -> list[str]:
    """Return the ids of the findings in their order."""
    return [finding.rule.id for finding in findings]
