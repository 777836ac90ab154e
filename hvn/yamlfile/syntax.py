"""What the YAML parser could not read, in words for the person who wrote it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import yaml

from hvn.diagnostics.finding import Rule
from hvn.diagnostics.printable import printable
from hvn.yamlfile.lines import LINE_END
from hvn.yamlfile.scalars import INTERPOLATION, Problem

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


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Where the parser stopped, and what is around.

    `at` and `opened` are the offsets of the error and of what began there, `line` that of the line's first character,
    `char` stands at the error, `last` was read before it, `bracket` is the offset of the innermost open `[` or `{`.
    """

    text: str
    said: str
    at: int
    opened: int
    line: int
    char: str
    last: yaml.Event | None
    bracket: int | None

    def problem(self, start: int, message: str, fix: str, rule: Rule = SYNTAX, length: int = 1) -> Problem:
        """What is wrong at a place of the text."""
        return Problem(rule, start, min(start + length, len(self.text)), message, fix)

    def word(self, start: int) -> str:
        """What stands at `start` up to the next blank, bracket or comma: enough to recognise the place."""
        match = re.compile(r"[^\s,\[\]{}]{1,60}").match(self.text, start)
        return match[0] if match else ""


def explain(error: yaml.MarkedYAMLError, text: str, last: yaml.Event | None, bracket: int | None) -> Problem:
    """Say what the parser's error means and where a person has to look.

    `last` is what was read before the error, `bracket` the offset of the innermost `[` or `{` still open.
    """
    at = min(offset(error.problem_mark), len(text))
    trouble = _Trouble(
        text=text,
        said=f"{error.context or ''} {error.problem or ''}",
        at=at,
        opened=offset(error.context_mark) if error.context_mark else at,
        line=max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1,
        char=text[at : at + 1],
        last=last,
        bracket=bracket,
    )
    return next(found for each in _EXPLAINERS if (found := each(trouble)))


def _tab(trouble: _Trouble) -> Problem | None:
    if trouble.char == "\t" or "tab character" in trouble.said:
        return trouble.problem(trouble.at, "a tab where YAML allows only spaces", "replace the tab by spaces")
    return None


def _quotes(trouble: _Trouble) -> Problem | None:
    text, said, opened = trouble.text, trouble.said, trouble.opened
    if "quoted scalar" in said and ("end of stream" in said or "found unexpected document" in said):
        return trouble.problem(opened, f"the quote {text[opened]} opened here is never closed", "close the quote")
    if "quoted scalar" in said or "double-quoted" in said:
        slash = text.rfind("\\", 0, trouble.at + 1)
        return trouble.problem(
            slash,
            f"`{printable(text[slash : slash + 2])}` begins an escape that YAML does not know",
            r"write \\ for one backslash, or use single quotes, where a backslash is only a backslash",
        )
    return _after_quotes(trouble)


def _after_quotes(trouble: _Trouble) -> Problem | None:
    text, last, line, at = trouble.text, trouble.last, trouble.line, trouble.at
    if not (isinstance(last, yaml.ScalarEvent) and last.style in ("'", '"') and line <= offset(last.end_mark) <= at):
        return None
    start = offset(last.start_mark)
    if start < line:
        where = f"`{printable(text[at : at + 20].strip())}`"
        return trouble.problem(
            start,
            f"the quote {text[start]} opened here seems not to be closed: the next one stands before {where}",
            "close the quote on its own line",
        )
    if not text[offset(last.end_mark) : at].strip() and trouble.char not in (":", "#", ""):
        return trouble.problem(
            at, "more text after the closing quote", 'put the whole value in quotes; \\" stands for a quote in it'
        )
    return None


def _tag_or_directive(trouble: _Trouble) -> Problem | None:
    said, opened = trouble.said, trouble.opened
    if "tag" in said.lower() and "directive" not in said:
        return trouble.problem(opened, "a tag", "delete the tag, or put a value that begins with ! in quotes", TAG)
    if isinstance(trouble.last, yaml.StreamStartEvent) and "<document start>" in said:
        directive = re.search("^%", trouble.text, re.MULTILINE)
        # Without the `---` that has to follow it.
        opened, said = directive.start() if directive else trouble.at, "directive"
    if "directive" in said or "incompatible" in said or "duplicate" in said:
        return trouble.problem(opened, "a line that begins with %", "delete the line", NOT_A_MAPPING)
    return None


def _first_character(trouble: _Trouble) -> Problem | None:
    text, said, at = trouble.text, trouble.said, trouble.at
    if "scanning an a" in said:  # an alias or an anchor without a name
        return trouble.problem(
            trouble.opened,
            f"an unquoted value cannot begin with `{text[trouble.opened]}`",
            f'put it in quotes: "{printable(trouble.word(trouble.opened))}"',
        )
    if "cannot start any token" in said:
        return trouble.problem(
            at,
            f"an unquoted value cannot begin with `{printable(trouble.char)}`",
            f'put it in quotes: "{printable(trouble.word(at))}"',
        )
    if text[at - 1 : at + 1] in ("${", "%{"):
        fix = "write the value itself: nothing is filled in here"
        return trouble.problem(at - 1, f"the text holds `{text[at - 1 : at + 1]}`", fix, INTERPOLATION, length=2)
    return None


def _brackets(trouble: _Trouble) -> Problem | None:
    said, at, bracket = trouble.said, trouble.at, trouble.bracket
    if bracket is not None and "flow" in said:
        if trouble.char == "," and "node" in said:
            return trouble.problem(at, "nothing stands before this comma", "delete the comma, or put quotes around it")
        closing = {"[": "]", "{": "}"}[trouble.text[bracket]]
        return trouble.problem(
            bracket,
            f"`{trouble.text[bracket]}` is not closed, or a comma is missing after it",
            f"close it with `{closing}`, and put commas between the items",
        )
    if "node content" in said:
        message = f"an unquoted value cannot begin with `{printable(trouble.char)}`"
        return trouble.problem(at, message, "put the value in quotes")
    return None


def _colons(trouble: _Trouble) -> Problem | None:
    text, opened = trouble.text, trouble.opened
    if "mapping values" in trouble.said:
        return _second_colon(trouble)
    if "could not find expected ':'" in trouble.said:
        first = trouble.word(opened)
        if not LINE_END.search(text, opened, opened + _LONGEST_KEY):
            return trouble.problem(opened, f"a key of more than {_LONGEST_KEY} characters", "shorten the key", KEY)
        if ":" in first.strip(":"):
            return _no_blank(trouble, opened, first)
        return trouble.problem(opened, f"no colon after `{printable(first)}`", "write `key: value`", length=len(first))
    if trouble.char == ":":
        return trouble.problem(trouble.at, "no key stands before this colon", "write the key", KEY)
    return None


def _no_blank(trouble: _Trouble, start: int, first: str) -> Problem:
    message = f"no blank after the colon in `{printable(first)}`"
    return trouble.problem(start, message, "write `key: value`", length=len(first))


def _second_colon(trouble: _Trouble) -> Problem:
    begun = offset(trouble.last.start_mark) if isinstance(trouble.last, yaml.ScalarEvent) else trouble.at
    if begun < trouble.line:
        # Without the blank `key:value` is one text, and every later line of the mapping seems to belong to it.
        glued = re.compile(r"[A-Za-z_][\w-]*:[^\s:/]\S{0,60}").match(trouble.text, begun)
        if glued and not LINE_END.split(trouble.text[:begun])[-1].strip(" -"):
            return _no_blank(trouble, begun, glued[0])
        first = trouble.at - len(trouble.text[trouble.line : trouble.at].lstrip())
        return trouble.problem(
            first,
            "indented below a key that has a value already",
            "begin the line in the same column as the key above, or delete the value above",
            length=trouble.at - first,
        )
    return trouble.problem(
        trouble.at, "a second `: ` on one line", "put the value in quotes, or each key on a line of its own"
    )


def _indentation(trouble: _Trouble) -> Problem | None:
    text, said, at, line = trouble.text, trouble.said, trouble.at, trouble.line
    if not ("expected key" in said or "'-' indicator" in said or "block end" in said):
        return None
    if text.startswith("- ", at):
        return trouble.problem(at, "a list item where a key is expected", "indent the list below its key")
    if text[line:at].strip():
        return trouble.problem(at, "more text after the value", "put the whole value in quotes")
    return trouble.problem(
        at,
        f"nothing above begins in column {at - line + 1}: the indentation does not fit",
        "begin the line in the same column as the keys it belongs to",
    )


def _as_said(trouble: _Trouble) -> Problem:
    for pattern, message, fix in _SAID:
        if re.search(pattern, trouble.said):
            return trouble.problem(trouble.at, message, fix)
    message = f"not YAML here: {printable(trouble.said.strip())}"
    return trouble.problem(trouble.at, message, "put the value in quotes, or write it anew")


# The first that knows what it is wins: the later ones look at less.
_EXPLAINERS: tuple[Callable[[_Trouble], Problem | None], ...] = (
    _tab,
    _quotes,
    _tag_or_directive,
    _first_character,
    _brackets,
    _colons,
    _indentation,
    _as_said,
)
