"""Text from outside within Markdown: it stands in code spans, where GitHub makes no link, mention or image of it.

A backslash is not enough: GitHub looks for mentions in what has been rendered already.
https://github.github.com/gfm/#code-spans
"""

from hvn.topology.printable import printable

# What would end the code span, or the cell of a table around it.
_OURS = str.maketrans({"`": "\\u{60}", "|": "\\u{7c}"})


def code(text: str, limit: int = 100) -> str:
    """Any text as one code span on one line, cut at `limit` characters."""
    return f"`{printable(text, limit).translate(_OURS) or ' '}`"


def codes(texts: "list[str] | tuple[str, ...]", most: int = 8) -> str:
    """Several code spans; of more than `most` the number of the rest."""
    shown = ", ".join(code(each) for each in texts[:most])
    return shown + (f" and {len(texts) - most} more" if len(texts) > most else "")
