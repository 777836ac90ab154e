"""The JSON of `hvn addresses`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_table, printed

POOL = {
    "pool": "the pool's name",
    "cidr": "its range",
    "transit": "whether its spokes reach Vault through the hub's firewall",
    "used": "addresses that spokes have",
    "free": "addresses that nobody has",
    "largest_free": "the largest free block, or null",
    "blocks": "its blocks in the order of their addresses: `cidr`, and `spoke` or null",
}


def part() -> Iterator[str]:
    """A sentence and its table."""
    yield "`hvn addresses --format json` prints a list of pools:"
    yield keys_table("key of a pool", printed("addresses")[0], POOL)
