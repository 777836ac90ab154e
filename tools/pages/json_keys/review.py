"""The JSON of `hvn review`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_list, printed

KEYS = {
    "findings": "findings, errors first, with `workspace` instead of `file` and `line`",
    "plans": "for each plan `workspace`, `digest` of the changes, `failed` and `approved` (true or false)",
    "reach": (
        "connections with a changed verdict: `source`, `destination`, `protocol`, `port`, `before` and `after` "
        "(`reaches`, `blocked`, `unknown`, or null if source or destination does not exist)"
    ),
    "labels": "labels of the findings for the pull request, in a fixed order",
    "comment": "the comment, as Markdown",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn review`"
    yield keys_list("", printed("review", "--base", "HEAD", "--fail-on", "never"), KEYS)
