"""Name the topology file in two lines below the first line of a review comment. A pull request has one comment for each
topology file that HVN_TOPOLOGY names, and one comment without these lines for the default file."""

import hashlib
import re

from hvn.diagnostics.markdown import code
from hvn.review.approval import STICKY

_MARK = re.compile(r"^<!-- hvn-topology:[0-9a-f]{16} -->\r?\nTopology file: .*\n", re.MULTILINE)


def marked(text: str, topology: str) -> str:
    """Return the comment with the lines of this topology file instead of the lines of any file. A text that is
    not a review stays unchanged."""
    first, newline, rest = text.partition("\n")
    if first.rstrip() != STICKY:
        return text
    return f"{first}{newline}{_lines(topology)}{_MARK.sub('', rest, count=1)}"


def belongs_to(text: str, topology: str) -> bool:
    """Return whether a comment is the review of this topology file; with an empty text, of the default file."""
    text = text.replace("\r\n", "\n")
    if not text.startswith(STICKY):
        return False
    rest = text.partition("\n")[2]
    return rest.startswith(_lines(topology)) if topology else not _MARK.match(rest)


def _lines(topology: str) -> str:
    if not topology:
        return ""
    digest = hashlib.sha256(topology.encode()).hexdigest()[:16]
    return f"<!-- hvn-topology:{digest} -->\nTopology file: {code(topology)}\n"
