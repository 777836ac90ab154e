"""The JSON of `hvn spoke add`."""

import pathlib
import tempfile
from collections.abc import Iterator

from pages.json_keys.tables import keys_list, printed
from pages.sample import SAMPLE

ADDED = {
    "spoke, pool, vnet_of, cidr, line": "name, pool or shared VNet, range and line of the new spoke",
    "workspaces": "workspaces of the spoke in deployment order",
    "blocked": "workspaces that wait for the cluster's public keys",
    "warnings": "ids of the new warnings",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn spoke add`"
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "topology.yaml")
        file.write_bytes(SAMPLE.read_bytes())
        yield keys_list("", printed("spoke", "add", "shipping", "--size", "16", topology=file), ADDED)
