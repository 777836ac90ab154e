"""Find characters that keys and text values must not contain (HVN011 to HVN013)."""

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Words
from hvn.diagnostics.printable import is_visible
from hvn.yamlfile.lines import OffsetFinding

CONTROL = Rule(
    id="HVN011",
    name="text-control",
    reports=("A character is invisible or reorders text: a control character, a bidi mark, a zero-width space."),
    why="reviewers see a different text than Azure, HCP, Vault and terminals receive",
    fix="delete the character, or write an ordinary space",
    example='name: "plat\\u200bform"',
    see="https://trojansource.codes/",
)
INTERPOLATION = Rule(
    id="HVN012",
    name="text-interpolation",
    reports="A key or a value contains a Terraform template (`${`, `%{`) or a token of cdktf.",
    why="Terraform evaluates a template, which can read other values of the workspace",
    fix="write the value itself: the topology file has no templates",
    example="tags: {owner: \"${file('/etc/passwd')}\"}",
    see="https://developer.hashicorp.com/terraform/language/expressions/strings",
)
OUTER_SPACE = Rule(
    id="HVN013",
    name="text-outer-space",
    reports="A quoted key or value begins or ends with a space.",
    why="most editors do not show the space, and a name with a space is a different name",
    fix="delete the spaces at the beginning and end of the quoted text",
    example='tags: {owner: "platform-team "}',
    see="docs/decisions/0006-strict-yaml.md",
)

_CDKTF_FAILS = (
    "cdktf writes this text as a placeholder: `bin/hvn check` would pass, but `bin/cdktf synth` would fail without "
    "naming the place in this file"
)

# `${` and `%{` begin a template of Terraform. `#{TfToken[` and `&{TfToken[` begin cdktf's tokens of a list and of a map
# (cdktf 0.21, lib/tokens/private/encoding.js).
_TEMPLATE = re.compile(r"[$%]\{|[#&]\{TfToken\[")
# cdktf raises an error for a string that equals one of these texts (lib/tokens/token.js,
# lib/tokens/private/resolve.js).
_MAP_TOKENS = frozenset({"String Map Token Value", "Any Map Token Value"})
# cdktf searches every string for numbers with an exponent (NUMBER_TOKEN_REGEX in encoding.js). The first group of the
# expression is the last number before the `e`. The search of a long text is linear, because a match begins only at the
# first character of a number.
_EXPONENT = re.compile(r"(?<![0-9.])([0-9.]++)e([-+]?[0-9]++)")
_TOKEN_BITS = b"\xfd\xff"  # cdktf replaces doubles that begin with these bytes
_LONGEST_NUMBER = 400  # characters: no field accepts a longer text with such a number
_REPEATED = 100  # characters: a cache of longer texts would need too much memory
_BREAKS, _JOINER = "\u2028\u2029", "\u2060"  # source.py replaces the breaks with the joiner


def text_findings(value: str, raw: str, style: str, start: int) -> list[OffsetFinding]:
    """Return the findings about the characters of a key or value.

    `raw` is the text in the file from offset `start`, including quotes; `style` is the quote, or empty.
    """
    findings = []
    quoted = style in ("'", '"')
    if quoted or "{" in value or not (value.isascii() and value.isprintable()):
        if not is_visible(value):
            findings.append(_invisible(value, raw, style, start))
        if template := template_in(value):
            first, end = _place_of_template(raw, style)
            message = Message("the text contains {mark}", mark=template)
            findings.append(_at(INTERPOLATION, message, start + first, start + end))
        if quoted and value != value.strip(" "):
            message = Message(
                "{value} {begins} with a space",
                value=f'"{value}"',
                begins=Words("begins" if value.startswith(" ") else "ends"),
            )
            findings.append(_at(OUTER_SPACE, message, start, start + len(raw)))
    if token := cdktf_token_in(value):
        message = Message("the text contains {token}, which cdktf reads as one of its tokens", token=token)
        finding = Finding(rule=INTERPOLATION, message=message, fix="write a different text", why=_CDKTF_FAILS)
        findings.append(OffsetFinding(finding, start, start + len(raw)))
    return findings


def is_harmless(value: str) -> bool:
    """Return whether an unquoted text is short and has no findings."""
    return len(value) < _REPEATED and _is_harmless(value)


@lru_cache(maxsize=10_000)
def _is_harmless(value: str) -> bool:
    """The result is cached, because the keys and many values of a file repeat."""
    return value.isascii() and value.isprintable() and "{" not in value and not cdktf_token_in(value)


def _at(rule: Rule, message: Message, start: int, end: int) -> OffsetFinding:
    return OffsetFinding(Finding(rule=rule, message=message, fix=rule.fix), start, end)


def template_in(value: str) -> str:
    """Return the first mark in a text that begins a Terraform template or a cdktf token, or an empty string."""
    match = _TEMPLATE.search(value)
    return match[0] if match else ""


def cdktf_token_in(value: str) -> str:
    """Return the part of a text that cdktf treats as a token although it has no mark such as `${`, or an empty string.

    Ignore the sign of a number: a hyphen before a number in a name looks like a minus sign.
    """
    if value in _MAP_TOKENS:
        return value
    if "e" in value:
        for match in _EXPONENT.finditer(value):
            if len(match[0]) <= _LONGEST_NUMBER and match[1].strip(".") and match[1].count(".") < 2:
                number = float(f"{match[1]}e{match[2]}")
                if struct.pack(">d", -number)[:2] == _TOKEN_BITS:
                    return match[0]
    return ""


def _invisible(value: str, raw: str, style: str, start: int) -> OffsetFinding:
    """Return a finding at the first invisible character; its message names up to three invisible characters."""
    inside = {char for char in set(value) if not is_visible(char)}
    if _JOINER in inside:
        inside |= set(_BREAKS)
    places: dict[str, tuple[int, int]] = {}
    for char, first, end in _letters(raw, style):
        if char in inside and char not in places:
            # A folded line break has no single place in the file. A finding about it is therefore at the beginning of
            # the value.
            whole = char == "\n" and raw[first] != "\\"
            places[char] = (0, 1) if whole else (first, end)
            if len(places) == len(inside):
                break
    # The parser converts some line breaks, so the raw text may lack the value's invisible characters.
    places = places or dict.fromkeys(sorted(inside), (0, len(raw)))
    names = [_name(char) for char in places]
    first, end = min(places.values())
    message = Message("the text contains {characters}", characters=names[:3])
    if len(names) > 3:
        message = Message("the text contains {characters} and {more} more", characters=names[:3], more=len(names) - 3)
    fix = "write the value on one line" if "\n" in places else CONTROL.fix
    return OffsetFinding(Finding(rule=CONTROL, message=message, fix=fix), start + first, start + end)


def _name(char: str) -> str:
    usual = {"\n": "line break", "\t": "tab", "\r": "carriage return", "\x1b": "escape", "\0": "null"}
    return f"U+{ord(char):04X} {usual.get(char) or unicodedata.name(char, '')}".rstrip()


def _place_of_template(raw: str, style: str) -> tuple[int, int]:
    before, began = "", 0
    for char, first, end in _letters(raw, style):
        if char == "{" and before in ("$", "%", "#", "&"):
            return began, end
        before, began = char, first
    return 0, len(raw)


_ESCAPED = {
    **dict(zip("0abtnvfre", "\0\a\b\t\n\v\f\r\x1b", strict=True)),
    **dict(zip("N_LP", "\x85\xa0\u2028\u2029", strict=True)),
}
_LETTER = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|(?:\r\n|[\r\n])[ \t]*|.)|.", re.DOTALL)


def _letters(raw: str, style: str) -> Iterator[tuple[str, int, int]]:
    """Yield each character of a scalar's value, with the offsets of the character's spelling in the file. Line breaks
    that YAML folds are not joined."""
    if style != '"':
        for place, char in enumerate(raw):
            yield char, place, place + 1
        return
    for match in _LETTER.finditer(raw):
        letter = match[0]
        if letter[0] != "\\" or len(letter) == 1:
            char = letter
        elif letter[1] in "xuU" and len(letter) > 2:
            char = chr(int(letter[2:], 16))
        elif letter[1] in "\r\n":
            continue  # an escaped line break adds no character, because it joins two lines
        else:
            char = _ESCAPED.get(letter[1], letter[1])
        yield char, match.start(), match.end()
