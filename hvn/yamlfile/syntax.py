"""Explain the errors of the YAML parser: their cause, and the place to change (HVN002, HVN007, HVN009, HVN010)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import yaml

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.yamlfile.lines import LINE_END, OffsetFinding
from hvn.yamlfile.texts import INTERPOLATION

SYNTAX = Rule(
    id="HVN002",
    name="yaml-syntax",
    reports="The file is not valid YAML.",
    why="the parser stops at this place and does not check the rest of the file",
    fix="correct the text at this place",
    example="name: platform\nstate: {backend: local",
    see="https://yaml.org/spec/1.2.2/",
)
TAG = Rule(
    id="HVN007",
    name="yaml-tag",
    reports="The file contains a YAML tag, such as `!!str` or `!!binary`.",
    why=("a tag changes the type of a value, and some YAML readers run code for a tag; no field needs a tag"),
    fix="delete the tag",
    example="name: !!str platform",
    see="https://yaml.org/spec/1.2.2/#691-node-tags",
)
NOT_A_MAPPING = Rule(
    id="HVN009",
    name="yaml-not-a-mapping",
    reports=("The file is empty, a list or a string, or contains a second document or a line that begins with `%`."),
    why="the topology is one YAML document with one mapping: lines of the form `key: value`",
    fix="begin the file with `version: 1`",
    example="- version: 1",
    see="https://yaml.org/spec/1.2.2/#92-streams",
)
KEY = Rule(
    id="HVN010",
    name="yaml-key",
    reports="A key is empty, a number, a list, or longer than 512 characters.",
    why="YAML readers convert or refuse keys that are not names",
    fix="write a name before the colon",
    example="1: platform",
    see="docs/decisions/0006-strict-yaml.md",
)

_LONGEST_KEY = 1024  # the number of characters in which the parser looks for the colon after a key

# `hvn/check/indentation.py` looks for the right indentation at these errors.
ENDED = Message("the document ended above, but more text follows")
BELOW_VALUE = Message("the line is indented below a key that already has a value")
NO_SUCH_COLUMN = "the indentation is wrong: no key above begins in column {column}"

# These messages of the parser identify the cause without the text around the error.
_BY_MESSAGE = (
    (
        "block sequence entries|sequence entries",
        Message("a list cannot begin on the line of its key"),
        Message("put each `- ` item on its own line below the key"),
    ),
    (
        "mapping keys",
        Message("YAML does not allow `? ` at this place"),
        Message('put the value in quotes, or write the key as "key: value"'),
    ),
    (
        "block scalar|indentation indicator|chomping",
        Message("the value after `|` or `>` does not have the form that YAML requires"),
        Message("write the value on one line, in quotes"),
    ),
    (
        "<document start>",
        ENDED,
        Message(
            "indent this line like the first key, or delete the `...` or the closing bracket that ended the document"
        ),
    ),
)


class _Mark(Protocol):
    """The type of a mark that both of PyYAML's parsers return."""

    index: int


def offset(mark: _Mark | None) -> int:
    """Return the offset of a mark in characters. In PyYAML's type annotations the mark may be None, but PyYAML sets
    every mark."""
    return mark.index if mark else 0


@dataclass(frozen=True, slots=True)
class _ParserError:
    """An error of the parser: the place where the parser stopped, and the text around the place.

    `at` and `opened` are the offsets of the error and of the element that the parser was reading. `line` is the offset
    of the first character of the error's line. `char` is the character at the error. `last` is the parser's last event
    before the error. `bracket` is the offset of the innermost open `[` or `{`.
    """

    text: str
    message: str
    at: int
    opened: int
    line: int
    char: str
    last: yaml.Event | None
    bracket: int | None

    def finding(
        self, start: int, message: Message, fix: Message | None = None, rule: Rule = SYNTAX, length: int = 1
    ) -> OffsetFinding:
        """Return a finding at this place of the text."""
        end = min(start + length, len(self.text))
        return OffsetFinding(Finding(rule=rule, message=message, fix=fix or rule.fix), start, end)

    def word(self, start: int) -> str:
        """Return the text from `start` to the next space, bracket or comma, at most 60 characters."""
        match = re.compile(r"[^\s,\[\]{}]{1,60}").match(self.text, start)
        return match[0] if match else ""


def explain(error: yaml.MarkedYAMLError, text: str, last: yaml.Event | None, bracket: int | None) -> OffsetFinding:
    """Return a finding with the cause of a parser's error, at the place to change.

    `last` is the event before the error, `bracket` the offset of the innermost open `[` or `{`.
    """
    at = min(offset(error.problem_mark), len(text))
    parser_error = _ParserError(
        text=text,
        message=f"{error.context or ''} {error.problem or ''}",
        at=at,
        opened=offset(error.context_mark) if error.context_mark else at,
        line=max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1,
        char=text[at : at + 1],
        last=last,
        bracket=bracket,
    )
    return next(finding for explainer in _EXPLAINERS if (finding := explainer(parser_error)))


def _quote(text: str) -> Message:
    return Message("put the text in quotes: {quoted}", quoted=f'"{text}"')


def _conflict(error: _ParserError) -> OffsetFinding | None:
    if marker := re.search("^(<<<<<<<|=======|>>>>>>>)", error.text, re.MULTILINE):
        message = Message("the line begins with {marker}, a conflict marker of Git", marker=marker[1])
        fix = Message("keep the lines of one side, and delete the lines that begin with <<<<<<<, ======= and >>>>>>>")
        return error.finding(marker.start(), message, fix, length=7)
    return None


def _tab(error: _ParserError) -> OffsetFinding | None:
    if error.char == "\t" or "tab character" in error.message:
        return error.finding(
            error.at,
            Message("YAML allows only spaces at this place, not a tab"),
            Message("replace the tab with spaces"),
        )
    return None


def _quotes(error: _ParserError) -> OffsetFinding | None:
    text, message, opened = error.text, error.message, error.opened
    if "quoted scalar" in message and ("end of stream" in message or "found unexpected document" in message):
        unclosed = Message("the quote {quote} that opens here is never closed", quote=text[opened])
        return error.finding(opened, unclosed, Message("close the quote"))
    if "quoted scalar" in message or "double-quoted" in message:
        slash = text.rfind("\\", 0, error.at + 1)
        return error.finding(
            slash,
            Message("{escape} is not an escape sequence of YAML", escape=text[slash : slash + 2]),
            Message(r"write \\ for one backslash, or use single quotes, in which a backslash is an ordinary character"),
        )
    return _after_quotes(error)


def _after_quotes(error: _ParserError) -> OffsetFinding | None:
    text, last, line, at = error.text, error.last, error.line, error.at
    if not (isinstance(last, yaml.ScalarEvent) and last.style in ("'", '"') and line <= offset(last.end_mark) <= at):
        return None
    start = offset(last.start_mark)
    if start < line:
        after = text[at : at + 20].partition("\n")[0].strip()
        message = "the quote {quote} that opens here seems unclosed: the next quote is before {next}"
        fix = Message("close the quote on the line where it opens")
        return error.finding(start, Message(message, quote=text[start], next=after), fix)
    if not text[offset(last.end_mark) : at].strip() and error.char not in (":", "#", ""):
        return error.finding(
            at,
            Message("text follows the closing quote"),
            Message(r"put the whole value in quotes; write \" for a quote inside it"),
        )
    return None


def _tag_or_directive(error: _ParserError) -> OffsetFinding | None:
    message, opened = error.message, error.opened
    if "tag" in message.lower() and "directive" not in message:
        fix = Message("delete the tag, or put a value that begins with ! in quotes")
        return error.finding(opened, Message("the value has a tag"), fix, TAG)
    if isinstance(error.last, yaml.StreamStartEvent) and "<document start>" in message:
        directive = re.search("^%", error.text, re.MULTILINE)
        # The parser requires `---` after a line that begins with `%`.
        opened, message = directive.start() if directive else error.at, "directive"
    if "directive" in message or "incompatible" in message or "duplicate" in message:
        return error.finding(opened, Message("the line begins with %"), Message("delete the line"), NOT_A_MAPPING)
    return None


def _first_character(error: _ParserError) -> OffsetFinding | None:
    text, at = error.text, error.at
    if "scanning an a" in error.message:  # the text has a `*` or `&` without a name
        message = Message("an unquoted value cannot begin with {character}", character=text[error.opened])
        return error.finding(error.opened, message, _quote(error.word(error.opened)))
    if "cannot start any token" in error.message:
        message = Message("an unquoted value cannot begin with {character}", character=error.char)
        return error.finding(at, message, _quote(error.word(at)))
    if text[at - 1 : at + 1] in ("${", "%{"):
        message = Message("the text contains {mark}", mark=text[at - 1 : at + 1])
        return error.finding(at - 1, message, rule=INTERPOLATION, length=2)
    return None


def _brackets(error: _ParserError) -> OffsetFinding | None:
    at, bracket = error.at, error.bracket
    if bracket is not None and "flow" in error.message:
        if error.char == "," and "node" in error.message:
            fix = Message("delete the comma, or put it in quotes")
            return error.finding(at, Message("the comma has no value before it"), fix)
        opening = error.text[bracket]
        return error.finding(
            bracket,
            Message("{bracket} is not closed, or a comma is missing after it", bracket=opening),
            Message(
                "close the bracket with {bracket}, and put commas between the items",
                bracket={"[": "]", "{": "}"}[opening],
            ),
        )
    if "node content" in error.message:
        message = Message("an unquoted value cannot begin with {character}", character=error.char)
        return error.finding(at, message, Message("put the value in quotes"))
    return None


def _colons(error: _ParserError) -> OffsetFinding | None:
    text, opened = error.text, error.opened
    if "mapping values" in error.message:
        return _second_colon(error)
    if "could not find expected ':'" in error.message:
        first = error.word(opened)
        if not LINE_END.search(text, opened, opened + _LONGEST_KEY):
            message = Message("the key is longer than {limit} characters", limit=_LONGEST_KEY)
            return error.finding(opened, message, Message("shorten the key"), KEY)
        if ":" in first.strip(":"):
            return _no_space(error, opened, first)
        written = LINE_END.split(text[opened : opened + _LONGEST_KEY])[0]
        if "\u00a0" in written:
            message = Message("the line contains {character}", character="U+00A0 NO-BREAK SPACE")
            return error.finding(opened + written.index("\u00a0"), message, Message("write an ordinary space"))
        message = Message("{word} has no colon after it", word=first)
        parts = re.fullmatch(r"([\w-]+)\s*[\s=]\s*([^\s#]+)\s*", written)
        fix = Message("write {line}", line=f"{parts[1]}: {parts[2]}") if parts else Message("write `key: value`")
        return error.finding(opened, message, fix, length=len(first))
    if "unexpected ':'" in error.message and opened < error.at:
        return _no_space(error, opened, text[opened : error.at + 1])
    if error.char == ":":
        return error.finding(error.at, Message("the colon has no key before it"), rule=KEY)
    return None


def _no_space(error: _ParserError, start: int, first: str) -> OffsetFinding:
    message = Message("the colon in {text} has no space after it", text=first)
    key, _, value = first.partition(":")
    return error.finding(start, message, Message("write {line}", line=f"{key}: {value}".strip()), length=len(first))


def _second_colon(error: _ParserError) -> OffsetFinding:
    begun = offset(error.last.start_mark) if isinstance(error.last, yaml.ScalarEvent) else error.at
    if begun < error.line:
        # Without the space, `key:value` is one text, and the parser reads the next lines as a part of this text.
        glued = re.compile(r"[A-Za-z_][\w-]*:[^\s:/]\S{0,60}").match(error.text, begun)
        if glued and not LINE_END.split(error.text[:begun])[-1].strip(" -"):
            return _no_space(error, begun, glued[0])
        first = error.at - len(error.text[error.line : error.at].lstrip())
        return error.finding(
            first,
            BELOW_VALUE,
            Message("begin the line in the same column as the key above, or delete that key's value"),
            length=error.at - first,
        )
    return error.finding(
        error.at,
        Message("the line has a second `: `"),
        Message("put the value in quotes, or put each key on its own line"),
    )


def _indentation(error: _ParserError) -> OffsetFinding | None:
    text, message, at, line = error.text, error.message, error.at, error.line
    if not ("expected key" in message or "'-' indicator" in message or "block end" in message):
        return None
    if text.startswith("- ", at):
        return error.finding(
            at, Message("YAML expects a key here, not a list item"), Message("indent the list below its key")
        )
    if error.char in ("]", "}"):
        unopened = Message("the closing bracket {bracket} has no opening bracket", bracket=error.char)
        return error.finding(at, unopened, Message("delete the bracket, or add the opening bracket"))
    if text[line:at].strip():
        return error.finding(at, Message("text follows the value"), Message("put the whole value in quotes"))
    above = re.findall(rf"^ {{{at - line}}}(- )?(?=\S)", text[:line], re.MULTILINE)
    if above and above[-1]:
        mixed = Message("the line begins without -, and the item above begins with -")
        return error.finding(at, mixed, Message("delete the - of the items above, or begin this line with -"))
    return error.finding(
        at,
        Message(NO_SUCH_COLUMN, column=at - line + 1),
        Message("begin the line in the same column as the other keys of its mapping"),
    )


def _by_message(error: _ParserError) -> OffsetFinding:
    for pattern, message, fix in _BY_MESSAGE:
        if re.search(pattern, error.message):
            return error.finding(error.at, message, fix)
    message = Message("the text is not valid YAML at this place: {error}", error=error.message.strip())
    return error.finding(error.at, message, Message("put the value in quotes, or write it again"))


# `explain` uses the first explainer that recognizes the error, so specific explainers come first.
_EXPLAINERS: tuple[Callable[[_ParserError], OffsetFinding | None], ...] = (
    _conflict,
    _tab,
    _quotes,
    _tag_or_directive,
    _first_character,
    _brackets,
    _colons,
    _indentation,
    _by_message,
)
