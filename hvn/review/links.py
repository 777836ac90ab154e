"""Build the comment's links to its job and to the page of the rules. Only jobs of GitHub Actions and Azure Pipelines
have links.

https://docs.github.com/actions/reference/workflows-and-actions/variables
https://learn.microsoft.com/azure/devops/pipelines/build/variables
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

RULES = "docs/reference/rules.md#the-effects-of-a-change-hvn-review"


@dataclass(frozen=True, slots=True)
class Links:
    """The URLs of the job and of the rules page; empty if they are unknown."""

    job: str = ""
    rules: str = ""


def links(environment: Mapping[str, str], folder: str) -> Links:
    """Return the links for the CI job with these environment variables. `folder` is the project's folder in its
    repository."""
    if environment.get("TF_BUILD") == "True":
        return _azure_devops(environment, folder)
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


def _azure_devops(environment: Mapping[str, str], folder: str) -> Links:
    collection, run = environment.get("SYSTEM_COLLECTIONURI", ""), environment.get("BUILD_BUILDID", "")
    if not re.fullmatch(r"https://[A-Za-z0-9.:-]+(/[A-Za-z0-9.-]+)*/", collection):
        return Links()
    project, repository = (
        quote(environment.get(name, ""), safe="") for name in ("SYSTEM_TEAMPROJECT", "BUILD_REPOSITORY_NAME")
    )
    path = quote(f"/{folder}/{RULES}" if folder not in ("", ".") else f"/{RULES}").partition("%23")[0]
    return Links(
        job=f"{collection}{project}/_build/results?buildId={run}" if re.fullmatch(r"\d+", run) else "",
        rules=f"{collection}{project}/_git/{repository}?path={path}" if repository else "",
    )
