"""The JSON of `hvn review`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_table, printed

KEYS = {
    "notices": (
        "what the rules say, errors first: `level`, `id`, `name`, `why`, `workspace`, `text` and `goes_with` as "
        "Markdown, `by_hand`"
    ),
    "plans": (
        "`workspace`, `digest` of its changes, whether it `failed` and whether the comment would have its apply "
        "`approved`, of each plan that was read"
    ),
    "reach": (
        "connections whose answer differs: `source`, `destination`, `port`, `before` and `after` (`reaches`, "
        "`blocked`, `unknown`, or null where one of the two is not there)"
    ),
    "comment": "the comment, as Markdown",
}


def part() -> Iterator[str]:
    """Yield a sentence and its table."""
    yield "### `hvn review`"
    yield keys_table("key", printed("review", "--base", "HEAD", "--fail-on", "never"), KEYS)
