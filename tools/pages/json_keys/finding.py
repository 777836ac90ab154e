"""The JSON of a finding: of `hvn check`, `hvn keys check` and `hvn doctor`."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.to_json import as_object
from pages.json_keys.tables import keys_list

FINDING = {
    "file": "the file, as the command line names it, or null",
    "line, column": "position of the value's first character, in characters from 1, or null",
    "end_line, end_column": "position after the value, or null",
    "level": "`error`, `warning`, `not checked` or `pass`; only an error makes a command exit with 1",
    "id, name": "id (`HVN` or `OWN`, and three digits) and name of the rule",
    "path": "the field, such as `spokes.payments.cidr` or `cidrs[0]`; may be empty",
    "workspace": "workspace of the finding, or null",
    "message": "the problem, with its values",
    "facts": "the values of the message by name; the names depend on the rule",
    "why": "the consequence, or the vendor's limit",
    "fix": "change or command that fixes the problem; in `doctor` the next step; empty for `pass`",
    "impact": "list of losses and outages that the change causes",
    "manual_steps": "list of steps for a person",
    "see": "source of the rule: a URL, or a page of this project",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield (
        "### A finding\n\n`hvn check`, `hvn keys check` and `hvn doctor` with `--format json` print a list "
        "of findings. All\ntexts are plain text, never Markdown. A text from a file or a plan has one line, "
        "with escaped invisible characters (`\\u{202e}`)."
    )
    empty = Finding(rule=Rule(id="", name="", why="", see=""), message=Message(""))
    yield keys_list("", as_object(empty), FINDING)
    yield (
        "With `--format sarif`, `hvn check` and `hvn keys check` print [SARIF "
        "2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).\nFile paths are relative "
        "to the root of the repository; logical locations contain path and workspace."
    )
