"""The JSON of a finding: of `hvn check`, `hvn keys check` and `hvn doctor`."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.to_json import as_object
from pages.json_keys.tables import keys_list

FINDING = {
    "file": "the file, as the command line names it; null if the finding is not about a file",
    "line": "the line, from 1, or null",
    "column": "the column, from 1, in characters, or null",
    "end_line": "the last line of the value, or null",
    "end_column": "the column of the end, exclusive, or null",
    "level": "`error`, `warning`, `not checked` or `pass`; only an error makes a command exit with 1",
    "id": "the id of the rule, `HVN` and three digits; `hvn rule ID` explains the rule",
    "name": "the name of the rule",
    "path": "the place in the topology: `spokes.payments.cidr`, list items as `cidrs[0]`; may be empty",
    "workspace": "the workspace that the finding is about, or null",
    "message": "the problem, with its values",
    "facts": (
        "the values of the message by name, which differ from rule to rule: numbers as numbers, lists as lists, all "
        "others as text"
    ),
    "why": "the reason why the finding matters",
    "fix": "the fix; in `doctor` the next command or step. Empty for `pass`",
    "impact": "a list of the losses and outages that the change causes",
    "manual_steps": "a list of the steps that a person must take",
    "see": "the source of the rule: a URL, or a page of this project",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield (
        "### A finding\n\n`hvn check`, `hvn keys check` and `hvn doctor` with `--format json` print a list of "
        "findings. All texts are plain text,\nnever Markdown. Text from files and plans is on one line; invisible "
        "characters are written as `\\u{202e}`. `hvn doctor` also reports\npassed checks; none of its texts contains "
        "the value of a credential."
    )
    empty = Finding(rule=Rule(id="", name="", why="", see=""), message=Message(""))
    yield keys_list("", as_object(empty), FINDING)
    yield (
        "With `--format sarif`, `hvn check` and `hvn keys check` print [SARIF 2.1.0]"
        "(https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html),\nfor GitHub code scanning and editors: "
        "files relative to the root of the repository, the path and the workspace as logical\nlocations. Equal "
        "findings produce equal bytes."
    )
