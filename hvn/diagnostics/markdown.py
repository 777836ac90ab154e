"""Messages and findings as GitHub's Markdown. Foreign text is in code spans, where GitHub makes no link or mention.

A backslash is not enough: GitHub looks for mentions in what has been rendered already.
https://github.github.com/gfm/#code-spans
"""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding
from hvn.diagnostics.message import Message, written
from hvn.diagnostics.printable import printable

# What would end the code span, or the cell of a table around it.
_MARKS = str.maketrans({"`": "\\u{60}", "|": "\\u{7c}"})


def code(text: str, limit: int = 200) -> str:
    """Return any text as one code span on one line, cut at `limit` characters."""
    return f"`{printable(text, limit).translate(_MARKS) or ' '}`"


def markdown(message: Message | str) -> str:
    """Return a message with its values in code spans."""
    return written(message, lambda words: words, code) if isinstance(message, Message) else message


def bullet(finding: Finding) -> str:
    """Return a finding as a list item: rule, workspace, message; what it affects as items below it."""
    return "\n".join(_lines(finding))


def _lines(finding: Finding) -> Iterator[str]:
    where = f" {code(finding.workspace)}:" if finding.workspace else ""
    yield f"- **{finding.rule.name}**{where} {markdown(finding.message)}"
    yield from (f"  - {markdown(impact)}" for impact in finding.impact)
