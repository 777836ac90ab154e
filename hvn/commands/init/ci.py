"""The pipelines' login to Vault in a new topology."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from hvn.topology.fields.marks import Text
from hvn.topology.vault_steps import prefix_command

FORM = 'github:ORG/REPO, azure_devops, or "azure_devops:ISSUER PLAN-SUBJECT APPLY-SUBJECT"'
LATER = "azure_devops"
"""The login of a CI system before its service connections exist."""
Ci = Annotated[
    str,
    Text(
        pattern=r"github:[A-Za-z0-9-]+(@[0-9]+)?/[A-Za-z0-9._-]+(@[0-9]+)?|azure_devops|azure_devops:[^\s,]+( (sc://|/eid1/)[^,]+){2}",
        kind="the login of a CI system",
        rule=f"{FORM} (docs/how-to/ci-login.md has a command that prints these values)",
        example="github:example-org/platform",
        why="Vault compares the claim sub of the pipelines' tokens with these values",
        see="docs/how-to/ci-login.md",
    ),
]

_SUBJECT = re.compile(" +(?=sc://|/eid1/)")
"""The separator before a subject. The project's name in a subject `sc://` can contain spaces."""


def fields(ci: str) -> Mapping[str, Any]:
    """Return the section `vault.ci`, empty for a login without values. The workflows of examples/github use the
    environment `production`."""
    system, _, value = ci.partition(":")
    if ci == LATER:
        return {}
    if system == "azure_devops":
        return {system: dict(zip(("issuer", "plan", "apply"), _SUBJECT.split(value, 2), strict=True))}
    organization = value.partition("/")[0].partition("@")[0]
    github = {
        "audience": f"https://github.com/{organization}",
        "subject_prefix": f"repo:{value}",
        "apply": ["environment:production"],
    }
    return {"github": github}


def prefix_task(ci: str) -> str:
    """Return the task to check the guessed prefix of a GitHub repository; an empty text for another CI system, or a
    prefix with ids."""
    system, _, repository = ci.partition(":")
    command = prefix_command(repository)
    return f"compare with the output of {command}" if system == "github" and "@" not in repository else ""
