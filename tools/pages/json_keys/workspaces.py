"""The JSON of `hvn workspaces`."""

import pathlib
import tempfile
from collections.abc import Iterator

from pages.json_keys.tables import keys_list, printed
from pages.sample import SAMPLE

WORKSPACE = {
    "id": "id of the workspace",
    "spoke": "its spoke, or null",
    "after": "workspaces on which it depends",
    "blocked": "reason why the workspace is blocked, or null",
    "resources, data_sources": "numbers of resources and data sources, or null before `bin/cdktf synth`",
}
STEP = {
    "workspace": "id of a workspace, or null",
    "when": "`before` or `after` the deploy of this workspace, or null",
    "owner": "`deployer`, or the owner of `dns`, `hub`, `on-premises`, `remote`, `spoke` or `vault`",
    "commands": "shell commands; an empty list if the step has none",
    "text": "the step as sentences",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn workspaces`\n\n`workspaces` in deployment order, and `manual_steps`."
    yield keys_list("A workspace", printed("workspaces")["workspaces"][0], WORKSPACE)
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "topology.yaml")
        text = SAMPLE.read_text(encoding="utf-8")
        file.write_text(text.replace("namespace: admin\n", "namespace: admin/platform\n"), encoding="utf-8")
        yield keys_list("A manual step", printed("workspaces", topology=file)["manual_steps"][0], STEP)
