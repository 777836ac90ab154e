"""Choose the number of examples that Hypothesis draws."""

import os


def examples(number: int) -> int:
    """Return the number of examples of a test: all of them if `EXAMPLES` is `all`, otherwise half."""
    return number if os.environ.get("EXAMPLES") == "all" else (number + 1) // 2
