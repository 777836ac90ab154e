"""What the YAML parser could not read, in words for the person who wrote it."""

import re
from typing import Protocol

import yaml

from hvn.topology.finding import Rule
from hvn.topology.lines import LINE_END
from hvn.topology.printable import printable
from hvn.topology.scalars import INTERPOLATION, Problem

SYNTAX = Rule(
    id="HVN002",
    name="yaml-syntax",
    why="the file is not YAML, so nothing after this place could be read",
    see="https://yaml.org/spec/1.2.2/",
)
TAG = Rule(
    id="HVN007",
    name="yaml-tag",
    why="a tag turns a value into another kind of thing, in some readers into running code; no value here needs one",
    see="https://yaml.org/spec/1.2.2/#691-node-tags",
)
NOT_A_MAPPING = Rule(
    id="HVN009",
    name="yaml-not-a-mapping",
    why="a topology is one YAML document of `key: value` lines",
    see="https://yaml.org/spec/1.2.2/#92-streams",
)
KEY = Rule(
    id="HVN010",
    name="yaml-key",
    why="a key is a name of at most 128 characters; anything else does not reach the model as it is written",
    see="docs/decisions/0006-strict-yaml.md",
)

_LONGEST_KEY = 1024  # characters in which the parser looks for the colon

# What the parser says, by the cases where neither the characters around nor the last value tell more.
_SAID = (
    (
        "block sequence entries|sequence entries",
        "a list cannot begin on the line of its key",
        "put each `- ` item on a line of its own, below the key",
    ),
    ("mapping keys", "`? ` cannot stand here", 'put the value in quotes, or write the key as "key: value"'),
    (
        "block scalar|indentation indicator|chomping",
        "a value after `|` or `>` is not written as YAML wants it",
        "write the value on one line, in quotes",
    ),
    (
        "<document start>",
        "the document has ended above, but here is more",
        "indent this line like the first key, or delete what ended the document (`...` or a closing bracket)",
    ),
)


class _Mark(Protocol):
    """What both of PyYAML's parsers give as a place."""

    index: int


def offset(mark: _Mark | None) -> int:
    """Characters before a place the parser names; it leaves none out, whatever its types say."""
    return mark.index if mark else 0


def explain(error: yaml.MarkedYAMLError, text: str, last: yaml.Event | None, bracket: int | None) -> Problem:
    """Say what the parser's error means and where a person has to look.

    `last` is what was read before the error, `bracket` the offset of the innermost `[` or `{` still open.
    """
    said = f"{error.context or ''} {error.problem or ''}"
    at = min(offset(error.problem_mark), len(text))
    opened = offset(error.context_mark) if error.context_mark else at
    char = text[at : at + 1]
    line = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1

    def problem(start: int, message: str, fix: str, rule: Rule = SYNTAX, length: int = 1) -> Problem:
        return Problem(rule, start, min(start + length, len(text)), message, fix)

    if char == "\t" or "tab character" in said:
        return problem(at, "a tab where YAML allows only spaces", "replace the tab by spaces")
    if "quoted scalar" in said and ("end of stream" in said or "found unexpected document" in said):
        return problem(opened, f"the quote {text[opened]} opened here is never closed", "close the quote")
    if "quoted scalar" in said or "double-quoted" in said:
        slash = text.rfind("\\", 0, at + 1)
        return problem(
            slash,
            f"`{printable(text[slash : slash + 2])}` begins an escape that YAML does not know",
            r"write \\ for one backslash, or use single quotes, where a backslash is only a backslash",
        )
    if isinstance(last, yaml.ScalarEvent) and last.style in ("'", '"') and line <= offset(last.end_mark) <= at:
        start = offset(last.start_mark)
        if start < line:
            where = f"`{printable(text[at : at + 20].strip())}`"
            return problem(
                start,
                f"the quote {text[start]} opened here seems not to be closed: the next one stands before {where}",
                "close the quote on its own line",
            )
        if not text[offset(last.end_mark) : at].strip() and char not in (":", "#", ""):
            return problem(
                at, "more text after the closing quote", 'put the whole value in quotes; \\" stands for a quote in it'
            )
    if "tag" in said.lower() and "directive" not in said:
        return problem(opened, "a tag", "delete the tag, or put a value that begins with ! in quotes", TAG)
    if isinstance(last, yaml.StreamStartEvent) and "<document start>" in said:
        directive = re.search("^%", text, re.MULTILINE)
        opened, said = directive.start() if directive else at, "directive"  # without the `---` that has to follow it
    if "directive" in said or "incompatible" in said or "duplicate" in said:
        return problem(opened, "a line that begins with %", "delete the line", NOT_A_MAPPING)
    if "scanning an a" in said:  # an alias or an anchor without a name
        return problem(
            opened,
            f"an unquoted value cannot begin with `{text[opened]}`",
            f'put it in quotes: "{printable(_word(text, opened))}"',
        )
    if "cannot start any token" in said:
        return problem(
            at,
            f"an unquoted value cannot begin with `{printable(char)}`",
            f'put it in quotes: "{printable(_word(text, at))}"',
        )
    if text[at - 1 : at + 1] in ("${", "%{"):
        fix = "write the value itself: nothing is filled in here"
        return problem(at - 1, f"the text holds `{text[at - 1 : at + 1]}`", fix, INTERPOLATION, length=2)
    if bracket is not None and "flow" in said:
        if char == "," and "node" in said:
            return problem(at, "nothing stands before this comma", "delete the comma, or put quotes around it")
        closing = {"[": "]", "{": "}"}[text[bracket]]
        return problem(
            bracket,
            f"`{text[bracket]}` is not closed, or a comma is missing after it",
            f"close it with `{closing}`, and put commas between the items",
        )
    if "node content" in said:
        return problem(at, f"an unquoted value cannot begin with `{printable(char)}`", "put the value in quotes")
    if "mapping values" in said:
        return _second_colon(text, line, at, last)
    if "could not find expected ':'" in said:
        first = _word(text, opened)
        if not LINE_END.search(text, opened, opened + _LONGEST_KEY):
            return problem(opened, f"a key of more than {_LONGEST_KEY} characters", "shorten the key", KEY)
        if ":" in first.strip(":"):
            return problem(
                opened, f"no blank after the colon in `{printable(first)}`", "write `key: value`", length=len(first)
            )
        return problem(opened, f"no colon after `{printable(first)}`", "write `key: value`", length=len(first))
    if char == ":":
        return problem(at, "no key stands before this colon", "write the key", KEY)
    if "expected key" in said or "'-' indicator" in said or "block end" in said:
        if text.startswith("- ", at):
            return problem(at, "a list item where a key is expected", "indent the list below its key")
        if text[line:at].strip():
            return problem(at, "more text after the value", "put the whole value in quotes")
        return problem(
            at,
            f"nothing above begins in column {at - line + 1}: the indentation does not fit",
            "begin the line in the same column as the keys it belongs to",
        )
    for pattern, message, fix in _SAID:
        if re.search(pattern, said):
            return problem(at, message, fix)
    return problem(at, f"not YAML here: {printable(said.strip())}", "put the value in quotes, or write it anew")


def _second_colon(text: str, line: int, at: int, last: yaml.Event | None) -> Problem:
    """Explain a colon where no key can stand, at offset `at` of the line that begins at `line`."""
    begun = offset(last.start_mark) if isinstance(last, yaml.ScalarEvent) else at
    if begun < line:
        first = at - len(text[line:at].lstrip())
        return Problem(
            SYNTAX,
            first,
            at,
            "indented below a key that has a value already",
            "begin the line in the same column as the key above, or delete the value above",
        )
    return Problem(
        SYNTAX,
        at,
        at + 1,
        "a second `: ` on one line",
        "put the value in quotes, or each key on a line of its own",
    )


def _word(text: str, start: int) -> str:
    """What stands at `start` up to the next blank, bracket or comma: enough to recognise the place."""
    match = re.compile(r"[^\s,\[\]{}]{1,60}").match(text, start)
    return match[0] if match else ""
