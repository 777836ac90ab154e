"""The JSON of `hvn affected`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_list, printed

KEYS = {
    "base": "commit of the merge base",
    "affected": (
        "`workspace`, `spoke`, `change` (`created`, `changed`, `code`, `follows`), `follows` (workspace of a recreated "
        "dependency, `vault` after a change to another Vault, or null) and `lines` (`file`, `line`, `path`; `before`: "
        "true for a line of the base's file) of each workspace, in deployment order"
    ),
    "removed": "removed workspaces in the order of destruction, with the keys of `affected`",
    "blocked": "`workspace` and `why` of affected workspaces that cannot be built",
    "unaffected": "number of other workspaces",
    "unknown": "reason why removed workspaces are unknown, or null",
    "code": "changed files of the code, which affect all workspaces",
    "unused": "`file`, `line`, `path` and `before` of each edit that changes no workspace",
    "waves": (
        "matrices for GitHub Actions, each with `include` of at most 256 jobs: `name`, and `workspaces` separated by "
        "spaces; in `--format matrix` for `github` and `azure_devops`"
    ),
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn affected`"
    yield keys_list("", printed("affected", "--base", "HEAD"), KEYS)
