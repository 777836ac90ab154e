"""Convert an unquoted YAML scalar, and report a value that YAML readers disagree about (HVN005).

YAML 1.1 (most Python tools, Ansible) and YAML 1.2 (the standard since 2009) read `no`, `010` and `1:30` differently.
People expect `1.30` to keep its zero. This reader converts only `true`, `false`, `null`, an empty value and plain
decimal integers. The reader refuses every ambiguous value and names both readings.
"""

import re
from functools import lru_cache

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Words

AMBIGUOUS = Rule(
    id="HVN005",
    name="yaml-ambiguous-value",
    reports=("YAML readers convert an unquoted value, such as `no`, `010`, `1:30` or `1.30`, to different values."),
    why=("YAML 1.1 and YAML 1.2 read the unquoted value differently, or its spelling is lost (1.30 becomes 1.3)"),
    fix="put the value in quotes",
    example="kubernetes_version: 1.30",
    see="https://yaml.org/spec/1.2.2/#1032-tag-resolution",
)

Plain = str | int | bool | None

_CERTAIN: dict[str, Plain] = {"": None, "null": None, "true": True, "false": False}
_BOOLEANS = {
    spelling: meaning
    for words, meaning in (("y yes on true", "true"), ("n no off false", "false"))
    for word in words.split()
    for spelling in (word, word.capitalize(), word.upper())
}
# Node stores numbers of the Terraform JSON as doubles, which are exact up to 15 digits.
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


@lru_cache(maxsize=10_000)
def plain_value(text: str) -> tuple[Plain, Finding | None]:
    """Return the value of an unquoted scalar. For an ambiguous scalar return its text and a finding."""
    if text in _CERTAIN:
        return _CERTAIN[text], None
    if text[0] in "0123456789+-.":
        if _INTEGER.fullmatch(text):
            return int(text), None
        return text, _ambiguous_number(text)
    return text, _ambiguous_word(text)


def _ambiguous(text: str, message: Message, instead: str = "") -> Finding:
    """Return the finding for an ambiguous scalar. `instead` is an unambiguous spelling without quotes."""
    quoted = f'"{text}"'
    if instead:
        fix = Message("write {instead}, or put the value in quotes: {quoted}", instead=Words(instead), quoted=quoted)
    else:
        fix = Message("put the value in quotes: {quoted}", quoted=quoted)
    return Finding(rule=AMBIGUOUS, message=message, fix=fix)


def _ambiguous_word(text: str) -> Finding | None:
    if text in _BOOLEANS:
        meaning = _BOOLEANS[text]
        if text.lower() == meaning:
            message = Message("{text} must be lower-case: {meaning}", text=text, meaning=Words(meaning))
            return _ambiguous(text, message, meaning)
        message = Message(
            "YAML 1.1 reads {text} as {meaning}, YAML 1.2 reads it as text", text=text, meaning=Words(meaning)
        )
        return _ambiguous(text, message, meaning)
    if text in ("~", "Null", "NULL"):
        return _ambiguous(text, Message("{text} means null, which is no value", text=text), "null")
    if text in ("=", "<<"):
        return _ambiguous(
            text, Message("YAML 1.1 reads {text} as a special value, YAML 1.2 reads it as text", text=text)
        )
    return None


def _ambiguous_number(text: str) -> Finding | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    digits = text.replace("_", "")
    if len(digits) > _LONGEST_EXACT and match.lastgroup != "date":
        return _ambiguous(
            text, Message("YAML reads {text} as a number, and numbers of this length lose their last digits", text=text)
        )
    match match.lastgroup:
        case "date":
            return _ambiguous(text, Message("YAML 1.1 reads {text} as a date, YAML 1.2 reads it as text", text=text))
        case "clock":
            number = _base_60(digits)
            message = Message("YAML 1.1 reads {text} as the number {number} (base 60)", text=text, number=number)
            return _ambiguous(text, message)
        case "endless":
            meaning = Words("infinity" if "i" in text.lower() else "not a number")
            return _ambiguous(text, Message("{text} means {meaning}", text=text, meaning=meaning))
        case "decimal":
            number = f"{float(digits):.15g}"
            return _ambiguous(text, Message("YAML reads {text} as the number {number}", text=text, number=number))
        case "zero" if set(digits) <= set("+-01234567"):
            message = Message(
                "YAML 1.1 reads {text} as the number {octal}, YAML 1.2 as {decimal}",
                text=text,
                octal=int(digits, 8),
                decimal=int(digits),
            )
            return _ambiguous(text, message)
        case _:
            number = str(int(digits, 0 if match.lastgroup == "base" else 10))
            message = Message("YAML reads {text} as the number {number}", text=text, number=number)
            return _ambiguous(text, message, number)


def _base_60(digits: str) -> str:
    """Return the number that YAML 1.1 reads in base 60: 90 for `1:30`."""
    number = 0.0
    for part in digits.lstrip("+-").split(":"):
        number = number * 60 + float(part)
    return f"{'-' if digits.startswith('-') else ''}{number:.15g}"
