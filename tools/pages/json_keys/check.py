"""The JSON of `hvn check`, and of everything else that prints findings."""

import dataclasses
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding
from pages.json_keys.tables import keys_table

FINDING = {
    "file": "the file, as it was named",
    "line": "line, from 1",
    "column": "column, from 1, in characters",
    "end_line": "line of the end",
    "end_column": "column of the end, exclusive",
    "level": "`error` or `warning`; only an error makes a command exit 1",
    "id": "the rule's id, `HVN` and three digits",
    "name": "the rule's name",
    "path": "where the value stands: `spokes.payments.cidr`, list items as `cidrs[0]`",
    "message": "what is wrong",
    "why": "why it matters",
    "fix": "what to do",
    "see": "a page that states the fact: a URL, or a page of this project",
}


def part() -> Iterator[str]:
    """A sentence and its table."""
    yield "`hvn check --format json` prints a list of findings:"
    yield keys_table("key", [field.name for field in dataclasses.fields(Finding)], FINDING)
