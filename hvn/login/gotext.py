"""Format and decode texts as Go does: `%q`, `%v`, UTF-8 and lower case (Go, packages strconv, fmt, utf8 and unicode).

Vault quotes claims and header members in its errors. Users search for these errors, so the text must equal Go's in
every character.
"""

import codecs
import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

REPLACEMENT = "\ufffd"
_NAMED = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
}
# With `surrogateescape` Python decodes an invalid byte into one of these code points.
_RAW_BYTES = range(0xDC80, 0xDD00)


def _replace_one_byte(error: UnicodeError) -> tuple[str, int]:
    """Return U+FFFD for one invalid byte, as Go does. Python's own handler replaces a whole truncated sequence."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return REPLACEMENT, error.start + 1


codecs.register_error("hvn-go", _replace_one_byte)


def decode(data: bytes) -> str:
    """Return the decoded UTF-8, with U+FFFD in place of each invalid byte."""
    return data.decode("utf-8", "hvn-go")


def well_formed(text: str) -> str:
    """Return the text with U+FFFD in place of lone surrogates, which UTF-8 cannot encode."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def lower(text: str) -> str:
    """Return the text in lower case. Like Go's strings.ToLower, convert each letter without regard to its
    neighbours."""
    return "".join(char.lower()[:1] for char in text)


def quote_byte(byte: int) -> str:
    """Return one byte as Go's JSON scanner prints it in an error: as Latin-1, in single quotes."""
    char = chr(byte)
    if char in "\\'":
        return f"'\\{char}'"
    return "'\"'" if char == '"' else f"'{quote(char)[1:-1]}'"


def quote_bytes(data: bytes) -> str:
    r"""Return bytes as Go's `%q` prints them: invalid UTF-8 as `\xff`."""
    return quote(data.decode("utf-8", "surrogateescape"))


def quote(text: str) -> str:
    """Return a text as Go's `%q` prints the text (strconv.Quote)."""
    return f'"{"".join(map(_quoted, text))}"'


def _quoted(char: str) -> str:
    code = ord(char)
    if char in _NAMED:
        return _NAMED[char]
    if char == " " or char.isprintable():
        return char
    if code in _RAW_BYTES:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shown(value: Any) -> str:
    """Return a JSON value of any depth as Go's `%v` prints it."""
    parts: list[str] = []
    # The parts to print, last part first: JSON values and `_Literal`.
    todo: list[Any] = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, _Literal):
            parts.append(item.text)
        elif isinstance(item, list | dict):
            inside: list[Any] = []
            for key in sorted(item, key=str.encode) if isinstance(item, dict) else range(len(item)):
                inside += [_Literal(" ")] if inside else []
                inside += [_Literal(f"{key}:")] if isinstance(item, dict) else []
                inside.append(item[key])
            todo += [_Literal("]"), *reversed(inside), _Literal("map[" if isinstance(item, dict) else "[")]
        else:
            parts.append(_scalar(item))
    return "".join(parts)


def wrong_verb(value: Any) -> str:
    """Return a JSON value that is not a float as Go's `%e` prints it, such as `%!e(bool=true)`."""
    if isinstance(value, list):
        return f"[{' '.join(map(wrong_verb, value))}]"
    if isinstance(value, dict):
        pairs = (f"{wrong_verb(name)}:{wrong_verb(value[name])}" for name in sorted(value, key=str.encode))
        return f"map[{' '.join(pairs)}]"
    if value is None:
        return "%!e(<nil>)"
    kind = "bool" if isinstance(value, bool) else "string" if type(value) is str else "json.Number"
    return f"%!e({kind}={_scalar(value)})"


@dataclass(frozen=True, slots=True)
class _Literal:
    """A text to print unchanged, such as a bracket."""

    text: str


def _scalar(value: Any) -> str:
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _float(value) if isinstance(value, float) else str(value)


def _float(number: float) -> str:
    """Return a float with the fewest digits, in exponent form below 1e-4 and from 1e6 (Go, strconv, `%g`)."""
    if number == 0:
        return "-0" if math.copysign(1, number) < 0 else "0"
    exact = Decimal(repr(number)).normalize()
    power = exact.adjusted()
    if -4 <= power < 6:
        return f"{exact:f}"
    digits, _, _ = f"{exact:e}".partition("e")
    return f"{digits}e{'-' if power < 0 else '+'}{abs(power):02d}"
