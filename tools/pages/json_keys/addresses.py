"""The JSON of `hvn addresses`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_list, printed

POOL = {
    "pool, cidr": "name and range of the pool",
    "transit": "true if the pool's spokes reach Vault through the hub's firewall",
    "used, free": "numbers of used and free addresses",
    "largest_free": "largest free block, or null",
    "blocks": "`cidr` and `spoke` (or null) of each block, in the order of the addresses",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn addresses`"
    yield keys_list("A list of pools", printed("addresses")[0], POOL)
