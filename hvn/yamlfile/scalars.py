"""One key or value of the YAML file: what an unquoted one means, and what no text may hold.

YAML 1.1 (most Python tools, Ansible) and YAML 1.2 (the standard since 2009) read `no`, `010` or `1:30`
differently, and people read `1.30` differently from both. So only `true`, `false`, `null`, nothing at all and
ordinary whole numbers are taken for more than text; what is doubtful is refused with both readings.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from hvn.diagnostics.finding import Rule
from hvn.diagnostics.printable import is_visible, printable

AMBIGUOUS = Rule(
    id="HVN005",
    name="yaml-ambiguous-value",
    why="YAML readers turn this into another value than the one written, and not all into the same",
    see="https://yaml.org/spec/1.2.2/#1032-tag-resolution",
)
CONTROL = Rule(
    id="HVN011",
    name="text-control",
    why="what people see here is not what Azure, HCP, Vault or a terminal get: it may hide or reorder text",
    see="https://trojansource.codes/",
)
INTERPOLATION = Rule(
    id="HVN012",
    name="text-interpolation",
    why="Terraform would evaluate it instead of keeping it as text, and could read other values of the workspace",
    see="https://developer.hashicorp.com/terraform/language/expressions/strings",
)
BLANK = Rule(
    id="HVN013",
    name="text-blank",
    why="a blank at the end is easily overlooked, and the name with it is another name",
    see="docs/decisions/0006-strict-yaml.md",
)


class Problem(NamedTuple):
    """A finding whose place is still counted in characters from the start of the text; the end is exclusive."""

    rule: Rule
    start: int
    end: int
    message: str
    fix: str


class Doubt(NamedTuple):
    """Why an unquoted value is not taken as it stands, and what to write."""

    message: str
    fix: str


Plain = str | int | bool | None

_CERTAIN: dict[str, Plain] = {"": None, "null": None, "true": True, "false": False}
_BOOLEANS = {
    spelling: meaning
    for words, meaning in (("y yes on true", "true"), ("n no off false", "false"))
    for word in words.split()
    for spelling in (word, word.capitalize(), word.upper())
}
# Fifteen digits are what a double keeps exactly, and Node, which writes the Terraform, knows no other number.
_LONGEST_EXACT = 15
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
_NUMBER = re.compile(
    r"""
      (?P<base>     [-+]?0(?:b_*[01][01_]*|o_*[0-7][0-7_]*|x_*[0-9a-fA-F][0-9a-fA-F_]*))
    | (?P<clock>    [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])++(?:\.[0-9_]*)?)
    | (?P<date>     [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9][0-9:.]*[ \t]*(?:Z|[-+][0-9:]+)?)?)
    | (?P<zero>     [-+]?0[0-9_]+)
    | (?P<integer>  [-+]?[0-9][0-9_]*)
    | (?P<decimal>  [-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?)
    | (?P<endless>  [-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))
    """,
    re.VERBOSE,
)


def plain_value(text: str) -> tuple[Plain, Doubt | None]:
    """Give an unquoted scalar its value; where readers disagree it stays text, and the doubt is given with it."""
    if text in _CERTAIN:
        return _CERTAIN[text], None
    if text[0] in "0123456789+-.":
        if _INTEGER.fullmatch(text):
            return int(text), None
        return text, _doubtful_number(text)
    return text, _doubtful_word(text)


def _doubtful_word(text: str) -> Doubt | None:
    quoted = f'put it in quotes: "{text}"'
    if text in _BOOLEANS:
        meaning = _BOOLEANS[text]
        if text.lower() == meaning:
            return Doubt(f"`{text}` is not written as `{meaning}`", f"write {meaning}, or {quoted}")
        return Doubt(
            f"`{text}` is read as {meaning} by YAML 1.1 and as text by YAML 1.2",
            f"write true or false, or {quoted}",
        )
    if text in ("~", "Null", "NULL"):
        return Doubt(f"`{text}` is read as null, no value at all", f"write null, or {quoted}")
    if text in ("=", "<<"):
        return Doubt(f"`{text}` has a meaning of its own in YAML 1.1 and is text in YAML 1.2", quoted)
    return None


def _doubtful_number(text: str) -> Doubt | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    shown = printable(text)
    quoted = f'put it in quotes: "{shown}"'
    digits = text.replace("_", "")
    if len(digits) > _LONGEST_EXACT and match.lastgroup != "date":
        return Doubt(f"`{shown}` is read as a number that loses its last digits", quoted)
    match match.lastgroup:
        case "date":
            return Doubt(f"`{shown}` is read as a date by YAML 1.1 and as text by YAML 1.2", quoted)
        case "clock":
            number = _base_60(digits)
            return Doubt(f"`{text}` is read as the number {number} (base 60) by YAML 1.1", quoted)
        case "endless":
            return Doubt(f"`{text}` is read as {'infinity' if 'i' in text.lower() else 'not a number'}", quoted)
        case "decimal":
            return Doubt(f"`{text}` is read as the number {float(digits):.15g}", quoted)
        case "zero" if set(digits) <= set("+-01234567"):
            octal, decimal = int(digits, 8), int(digits)
            return Doubt(f"`{text}` is read as the number {octal} by YAML 1.1 and {decimal} by YAML 1.2", quoted)
        case _:
            number = str(int(digits, 0 if match.lastgroup == "base" else 10))
            return Doubt(f"`{text}` is read as the number {number}", f"write {number}, or {quoted}")


def _base_60(digits: str) -> str:
    """`1:30` is 90: how YAML 1.1 reads what looks like minutes and seconds."""
    number = 0.0
    for part in digits.lstrip("+-").split(":"):
        number = number * 60 + float(part)
    return f"{'-' if digits.startswith('-') else ''}{number:.15g}"


# `${` and `%{` are Terraform's. The other two are cdktf's own marks for a list and a map it fills in later
# (cdktf 0.21, lib/tokens/private/encoding.js).
_TEMPLATE = re.compile(r"[$%]\{|[#&]\{TfToken\[")
_BREAKS, _JOINER = "\u2028\u2029", "\u2060"  # the parser gets the joiner in place of the other two: source.py


def text_problems(value: str, raw: str, style: str, start: int) -> list[Problem]:
    """What no key or value may hold. `raw` is how the file writes it from offset `start` on, quotes included."""
    quoted = style in ("'", '"')
    if not quoted and "{" not in value and value.isascii() and value.isprintable():
        return []
    problems = []
    if not is_visible(value):
        problems.append(_unseen(value, raw, style, start))
    if match := _TEMPLATE.search(value):
        first, end = _place_of_template(raw, style)
        problems.append(
            Problem(
                INTERPOLATION,
                start + first,
                start + end,
                f"the text holds `{match[0]}`",
                "write the value itself: nothing is filled in here",
            )
        )
    if quoted and value != value.strip(" "):
        where = "begins" if value.startswith(" ") else "ends"
        problems.append(
            Problem(
                BLANK,
                start,
                start + len(raw),
                f"`{printable(value)}` {where} with a blank",
                "delete the blank inside the quotes",
            )
        )
    return problems


def _unseen(value: str, raw: str, style: str, start: int) -> Problem:
    """The first character that is not seen, at its place; all of them by name."""
    inside = {char for char in set(value) if not is_visible(char)}
    if _JOINER in inside:
        inside |= set(_BREAKS)
    places: dict[str, tuple[int, int]] = {}
    for char, first, end in _letters(raw, style):
        if char in inside and char not in places:
            # A line break of a value over several lines is not at one place: the value is, where it begins.
            whole = char == "\n" and raw[first] != "\\"
            places[char] = (0, 1) if whole else (first, end)
            if len(places) == len(inside):
                break
    # The parser turns a few line breaks into others: then the raw text has none of the characters of the value.
    places = places or dict.fromkeys(sorted(inside), (0, len(raw)))
    names = [_name(char) for char in places]
    first, end = min(places.values())
    return Problem(
        CONTROL,
        start + first,
        start + end,
        f"the text holds {', '.join(names[:3])}" + (f" and {len(names) - 3} more" if len(names) > 3 else ""),
        "write the value on one line" if "\n" in places else "delete it, or write an ordinary space instead",
    )


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
    """Each character a scalar stands for, with the place that writes it. Folded lines are left as they are."""
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
            continue  # an escaped line break joins two lines
        else:
            char = _ESCAPED.get(letter[1], letter[1])
        yield char, match.start(), match.end()
