"""Write the part of the comment with a picture of the changed part of the network."""

from collections.abc import Iterator

from hvn.check.load import Checked
from hvn.graph.compare import changed_part, of_change
from hvn.graph.mermaid import to_mermaid
from hvn.review.context import Context

LONGEST = 30_000
"""The maximum length of the picture. GitHub draws at most 50,000 characters of Mermaid."""


def picture(context: Context, checked: Checked) -> Iterator[str]:
    """Yield the picture of the change in Mermaid. The picture is one line of the section. A comment that is too long
    loses whole lines, and a part of a picture is invalid Mermaid."""
    whole = of_change(context.comparison, context.loaded, checked)
    if whole is None or not any(box.change for box in whole.boxes):
        return
    mermaid = to_mermaid(changed_part(whole))
    if len(mermaid) <= LONGEST:
        yield f"```mermaid\n{mermaid}```"
