"""The JSON of `hvn rule`."""

import json
from collections.abc import Iterator

from click.testing import CliRunner

from hvn.cli import cli
from pages.json_keys.tables import keys_list

RULE = {
    "id": "the rule's id, `HVN` and three digits",
    "name": "the rule's name",
    "level": "the level of the rule's findings, unless a finding has its own level: `error` or `warning`",
    "group": "the heading of the rule's group",
    "reports": "the condition that the rule reports",
    "why": "the consequence of the condition, or the vendor's limit",
    "fix": "the general fix of the rule's findings",
    "example": "an example that the rule reports: a part of a topology, an edit or a command; may be empty",
    "see": "the source of the rule: a URL, or a page of this project",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn rule`\n\nOne rule; without an argument a list of all rules."
    printed = CliRunner().invoke(cli, ["rule", "HVN111", "--format", "json"]).stdout
    yield keys_list("", json.loads(printed), RULE)
