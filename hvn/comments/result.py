"""Write the result of an apply into the review comment, above the review."""

import re
from collections.abc import Sequence

from hvn.review.approval import STICKY

_RESULT = re.compile(r"<!-- hvn-result -->\n.*?<!-- hvn-result-end -->\n", re.DOTALL)


def with_result(
    comment: str,
    wave: int,
    *,
    complete: bool,
    applied: Sequence[str],
    failed: Sequence[str],
    waiting: Sequence[str],
    job: str,
) -> str:
    """Return the comment with the result of an apply below the first line, which identifies the comment. The result
    replaces an earlier result. `job` is the URL of the job, or empty."""
    heading = f"Applied: wave {wave}" if complete else f"Not applied, or only partly: wave {wave}"
    lists = {"applied": applied, "failed": failed, "not reached": waiting}
    lines = [
        f"- {name}: {' '.join(f'`{workspace}`' for workspace in names) or 'none'}" for name, names in lists.items()
    ]
    parts = [f"## {heading}", "\n".join(lines)]
    if not (applied or failed or waiting):
        parts.append("The job ended before the first workspace: see its log.")
    if job:
        parts.append(f"[Job]({job})")
    first, _, rest = _RESULT.sub("", comment, count=1).partition("\n")
    if first != STICKY:
        first, rest = STICKY, f"{first}\n{rest}"
    text = "\n\n".join(parts)
    return f"{first}\n<!-- hvn-result -->\n{text}\n<!-- hvn-result-end -->\n{rest}"
