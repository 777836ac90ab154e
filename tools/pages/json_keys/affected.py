"""The JSON of `hvn affected`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_list, printed

KEYS = {
    "base": "the commit of the comparison: the merge base",
    "affected": (
        "`workspace`, `spoke`, `change` (`created`, `changed`, `code`, `follows`), `follows` (the workspace of the "
        "recreated cluster, HVN or Vault that this workspace depends on, `vault` for another existing Vault, or null) "
        "and `lines` (`file`, `line`, `path`; `before`: in the base's file) of each workspace, in deployment order"
    ),
    "removed": "the removed workspaces in the order of destruction, with the keys of `affected`; `change` is `removed`",
    "blocked": "`workspace` and `why`: affected workspaces that cannot be built",
    "unaffected": "the number of workspaces that the change does not affect",
    "unknown": "the reason why removed workspaces are unknown, or null",
    "code": "the changed files of the code; if any, all workspaces are affected",
    "unused": "`file`, `line`, `path` and `before` of each edit that changes no workspace",
    "waves": (
        "matrices for GitHub Actions, each with `include` of at most 256 jobs: `name`, and `workspaces` separated by "
        "spaces. The first wave can be planned now, each later wave after the previous wave is applied"
    ),
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn affected`"
    yield keys_list("", printed("affected", "--base", "HEAD"), KEYS)
