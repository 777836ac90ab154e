"""The JSON of `hvn workspaces`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_list, printed

WORKSPACE = {
    "id": "id of the workspace",
    "spoke": "its spoke, or null",
    "after": "workspaces that it depends on",
    "blocked": "reason why the workspace is blocked, or null",
    "resources, data_sources": "numbers of resources and data sources, or null before `bin/cdktf synth`",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn workspaces`\n\n`workspaces` in deployment order, and `manual_steps` as sentences."
    yield keys_list("A workspace", printed("workspaces")["workspaces"][0], WORKSPACE)
