"""The JSON of `hvn rule`."""

import json
from collections.abc import Iterator

from click.testing import CliRunner

from hvn.cli import cli
from pages.json_keys.tables import keys_list

RULE = {
    "id": "the id, `HVN` and three digits",
    "name": "the name",
    "level": "the level of its findings, unless a finding has its own: `error` or `warning`",
    "group": "the heading of its group",
    "reports": "the condition that the rule reports",
    "why": "the consequence, or the limit that the rule is about",
    "fix": "the general fix of its findings",
    "example": "a piece of a topology, an edit or a command that the rule reports; empty if it has none",
    "see": "the source: a URL, or a page of this project",
}


def part() -> Iterator[str]:
    """Yield a heading and the lists of its keys."""
    yield "### `hvn rule`\n\nOne rule; without an argument a list of all rules."
    printed = CliRunner().invoke(cli, ["rule", "HVN111", "--format", "json"]).stdout
    yield keys_list("", json.loads(printed), RULE)
