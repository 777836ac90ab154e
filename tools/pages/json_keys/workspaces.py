"""The JSON of `hvn workspaces`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_list, printed

WORKSPACE = {
    "id": "the workspace's id",
    "spoke": "its spoke, or null",
    "after": "the workspaces that it depends on",
    "blocked": "why it cannot be built yet, or null",
    "resources": "the number of its resources, or null if it was not synthesized",
    "data_sources": "the number of its data sources, or null",
}


def part() -> Iterator[str]:
    """Yield a heading and the lists of its keys."""
    yield "### `hvn workspaces`\n\n`workspaces` in deployment order, and `manual_steps` as sentences."
    yield keys_list("A workspace", printed("workspaces")["workspaces"][0], WORKSPACE)
