"""Links of the comment to its job and to the page of the rules. Outside GitHub Actions the comment has no links.

https://docs.github.com/actions/reference/workflows-and-actions/variables
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

RULES = "docs/reference/rules.md#the-effects-of-a-change-hvn-review"


@dataclass(frozen=True, slots=True)
class Links:
    """The URLs of the job and of the rules page; empty if they are unknown."""

    job: str = ""
    rules: str = ""


def links(environment: Mapping[str, str], folder: str) -> Links:
    """Return the links by the variables of GitHub Actions. `folder` is the project's folder in its repository."""
    server, repository, run = (environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    if not re.fullmatch(r"https://[A-Za-z0-9.:-]+", server) or not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        return Links()
    home = f"{server}/{repository}"
    path = f"{folder}/{RULES}" if folder not in ("", ".") else RULES
    known = re.fullmatch(r"[A-Za-z0-9._/-]*", folder)
    return Links(
        job=f"{home}/actions/runs/{run}" if re.fullmatch(r"\d+", run) else "",
        rules=f"{home}/blob/HEAD/{path}" if known else "",
    )
