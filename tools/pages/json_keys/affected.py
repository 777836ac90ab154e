"""The JSON of `hvn affected`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_table, printed

KEYS = {
    "base": "the commit of the comparison: the merge base",
    "affected": (
        "the affected workspaces in deployment order, each with `workspace`, `spoke`, `change` (`created`, `changed`, "
        "`code`, `follows`), `follows` (the workspace of the cluster if it is recreated and this workspace reads it, "
        "`vault` if the Vault is another one, or null) and `lines` (`file`, `line`, `path`; `before` is true for a "
        "line of the base's file)"
    ),
    "removed": "the removed workspaces with the same keys, in the order of their destruction; `change` is `removed`",
    "blocked": "the affected workspaces that cannot be built yet: `workspace` and `why`",
    "unaffected": "the number of unaffected workspaces",
    "unknown": "why the removed workspaces are unknown, or null",
    "code": "the changed files of the code that generates the Terraform: with one, all workspaces are affected",
    "unused": "`file`, `line`, `path` and `before` of each edit that changes no workspace",
    "waves": (
        "a matrix for GitHub Actions for each wave, with `include` of at most 256 jobs: `name`, and `workspaces`, "
        "separated by spaces. The first wave can be planned now, each other wave after the wave before it was applied"
    ),
}


def part() -> Iterator[str]:
    """Yield a sentence and its table."""
    yield "### `hvn affected`"
    yield keys_table("key", printed("affected", "--base", "HEAD"), KEYS)
