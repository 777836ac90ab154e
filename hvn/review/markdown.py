"""Text from outside within Markdown: it stands in code spans, where GitHub makes no link, mention or image of it.

A backslash is not enough: GitHub looks for mentions in what has been rendered already.
https://github.github.com/gfm/#code-spans
"""

import re
from collections.abc import Iterable, Sequence

from hvn.diagnostics.printable import printable

# What would end the code span, or the cell of a table around it.
_OURS = str.maketrans({"`": "\\u{60}", "|": "\\u{7c}"})

# What GitHub makes nothing of, whatever stands beside it.
_PLAIN = re.compile("[A-Za-z0-9 ,;:.'()/-]*")


def code(text: str, limit: int = 100) -> str:
    """Any text as one code span on one line, cut at `limit` characters."""
    return f"`{printable(text, limit).translate(_OURS) or ' '}`"


def own(text: str, limit: int = 300) -> str:
    """A sentence of this program with its own code spans; one code span, if there may be more in it than that."""
    parts = printable(text, limit).split("`")
    if len(parts) % 2 and all(_PLAIN.fullmatch(each) for each in parts[::2]):
        return "".join(code(each, limit) if index % 2 else each for index, each in enumerate(parts))
    return code(text, limit)


def codes(texts: Sequence[str], most: int = 8) -> str:
    """Several code spans; of more than `most` the number of the rest."""
    shown = ", ".join(code(each) for each in texts[:most])
    return shown + (f" and {len(texts) - most} more" if len(texts) > most else "")


def paths(given: Iterable[tuple[str, Sequence[str]]]) -> str:
    """Vault's paths, each with its capabilities: all of them, for one that is left out would be seen by nobody."""
    return "; ".join(f"{code(path, 200)} ({', '.join(capabilities)})" for path, capabilities in given)
