"""The JSON of `hvn addresses`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_list, printed

POOL = {
    "pool": "the pool's name",
    "cidr": "the pool's address range",
    "transit": "true if the pool's spokes reach Vault through the hub's firewall",
    "used": "the number of addresses that spokes use",
    "free": "the number of free addresses",
    "largest_free": "the largest free block, or null",
    "blocks": "the pool's blocks in the order of their addresses: `cidr`, and `spoke`, which is null for a free block",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn addresses`"
    yield keys_list("A list of pools", printed("addresses")[0], POOL)
