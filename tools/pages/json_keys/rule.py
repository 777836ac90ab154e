"""The JSON of `hvn rule`."""

import json
from collections.abc import Iterator

from click.testing import CliRunner

from hvn.cli import cli
from pages.json_keys.tables import keys_list

RULE = {
    "id, name, see": "as in a finding",
    "level": "`error` or `warning`: the default level of the rule's findings",
    "group": "heading of the rule's group",
    "reports, why, fix": "condition, consequence, general fix",
    "example": "part of a topology, an edit or a command that the rule reports; may be empty",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn rule`\n\nOne rule, or without an argument a list of all rules."
    printed = CliRunner().invoke(cli, ["rule", "HVN111", "--format", "json"]).stdout
    yield keys_list("", json.loads(printed), RULE)
