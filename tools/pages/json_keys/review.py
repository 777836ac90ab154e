"""The JSON of `hvn review`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_list, printed

KEYS = {
    "findings": (
        "the findings of the rules, errors first, as in the JSON of `hvn check`: `workspace` instead of a place in the "
        "file, `facts` with the values of the message, `impact` and `manual_steps`. Texts contain no Markdown"
    ),
    "plans": (
        "`workspace`, `digest` of the changes, whether the plan `failed`, and whether it is `approved`, for each plan"
    ),
    "reach": (
        "connections with a changed verdict: `source`, `destination`, `port`, `before` and `after` "
        "(`reaches`, `blocked`, `unknown`, or null if source or destination does not exist)"
    ),
    "labels": "labels of the findings for the pull request, in a fixed order",
    "comment": "the comment, as Markdown",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn review`"
    yield keys_list("", printed("review", "--base", "HEAD", "--fail-on", "never"), KEYS)
