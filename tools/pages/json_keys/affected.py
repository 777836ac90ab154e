"""The JSON of `hvn affected`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_table, printed

KEYS = {
    "base": "the commit that is compared with: the merge base",
    "affected": (
        "`workspace`, `spoke`, `change` (`created`, `changed`, `code`, `follows`), `follows` (the cluster's workspace, "
        "if that is built anew and this one looks into it, `vault` if that is in another Vault, or null) and `lines` "
        "(`file`, `line`, `path`; `before`: in "
        "the base's file) of each workspace, in the order of deployment"
    ),
    "removed": "the same of workspaces that are gone, in the order of their destruction; `change` is `removed`",
    "blocked": "`workspace` and `why`: what is affected and cannot be built",
    "unaffected": "how many workspaces stay the same",
    "unknown": "why nothing is known of what was removed, or null",
    "code": "files that make the Terraform and differ: then all workspaces are affected",
    "unused": "`file`, `line`, `path` and `before` of each edit that changes no workspace",
    "waves": (
        "a matrix for GitHub Actions each, with `include` of at most 256 jobs: `name`, and `workspaces`, split at "
        "blanks. The first can be planned now, each other one when the one before was applied"
    ),
}


def part() -> Iterator[str]:
    """A sentence and its table."""
    yield "`hvn affected --format json` prints:"
    yield keys_table("key", printed("affected", "--base", "HEAD"), KEYS)
