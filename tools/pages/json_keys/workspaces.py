"""The JSON of `hvn workspaces`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_table, printed

WORKSPACE = {
    "id": "the workspace's id",
    "spoke": "its spoke, or null",
    "after": "the workspaces that come before it",
    "blocked": "why it is not built, or null",
    "resources": "how many resources it holds, or null if it was not synthesized",
    "data_sources": "how many data sources",
}


def part() -> Iterator[str]:
    """A sentence and its table."""
    yield "`hvn workspaces --format json` prints `workspaces` in the order of deployment, and `by_hand`, sentences:"
    yield keys_table("key of a workspace", printed("workspaces")["workspaces"][0], WORKSPACE)
