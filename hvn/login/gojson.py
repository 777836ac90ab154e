"""JSON as go-jose reads it: duplicate keys are errors, and errors have its words (go-jose v3.0.5, json/scanner.go).

Vault quotes these words when a token's header is no JSON. Numbers come out as float, as Go makes them.
"""

import re
from collections.abc import Callable
from typing import Any, NoReturn

MAX_LEVELS = 300
_SPACE = re.compile(rb"[ \t\r\n]*")
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]+')
_HEX = b"0123456789abcdefABCDEF"
_DIGITS = b"0123456789"
_ESCAPES = {b"b": "\b", b"f": "\f", b"n": "\n", b"r": "\r", b"t": "\t", b"\\": "\\", b"/": "/", b'"': '"'}
_WORDS: dict[bytes, tuple[str, bool | None]] = {b"t": ("true", True), b"f": ("false", False), b"n": ("null", None)}


class GoError(Exception):
    """The text of Go's error."""


def loads(data: bytes) -> Any:
    """A value of dict, list, str, float, bool and None. Raises `GoError`."""
    return _Reader(data).whole()


def members(data: bytes, into: str = "jose.rawHeader") -> dict[str, bytes] | None:
    """The members of an object with their values as they are written; None for `null`. Raises `GoError`.

    `into` is the name of Go's type that an error speaks of.
    """
    return _Reader(data).whole_members(into)


def quote_byte(byte: int) -> str:
    """One byte as Go's scanner shows it: Latin-1, in single quotes."""
    char = chr(byte)
    if char in "\\'":
        return f"'\\{char}'"
    return "'\"'" if char == '"' else f"'{quote(char)[1:-1]}'"


def quote(text: str) -> str:
    """Text as Go's `%q` writes it (strconv.Quote)."""
    named = {
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
    made = ""
    for char in text:
        code = ord(char)
        if char in named:
            made += named[char]
        elif char == " " or char.isprintable():
            made += char
        elif code < 0x80:
            made += f"\\x{code:02x}"
        else:
            made += f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return f'"{made}"'


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.level = 0
        self.twice: list[tuple[int, str]] = []

    def whole(self) -> Any:
        value = self.value()
        self.end()
        self.once(MAX_LEVELS)
        return value

    def whole_members(self, into: str) -> dict[str, bytes] | None:
        self.space()
        if self.peek() != b"{":
            value = self.whole()
            if value is None:
                return None
            raise GoError(f"json: cannot unmarshal {kind(value)} into Go value of type {into}")
        # The whole text is looked at before anything is read from it: errors of syntax come before those of meaning.
        found: dict[str, bytes] = {}
        self.object(lambda name, start: found.__setitem__(name, self.data[start : self.at]))
        self.end()
        self.once(0)
        return found

    def once(self, deepest: int) -> None:
        """Duplicate keys are an error of meaning: told when all of the text has been found to be JSON."""
        for level, name in self.twice:
            if level <= deepest:
                raise GoError(f"json: duplicate key '{name}' in object")

    def end(self) -> None:
        self.space()
        if self.at < len(self.data):
            self.fail("after top-level value")

    def space(self) -> None:
        match = _SPACE.match(self.data, self.at)
        self.at = match.end() if match else self.at

    def peek(self) -> bytes:
        return self.data[self.at : self.at + 1]

    def fail(self, context: str) -> NoReturn:
        if self.at >= len(self.data):
            raise GoError("unexpected end of JSON input")
        raise GoError(f"invalid character {quote_byte(self.data[self.at])} {context}")

    def value(self) -> Any:
        self.space()
        first = self.peek()
        if first in (b"{", b"["):
            self.level += 1
            if self.level > MAX_LEVELS:
                raise GoError("exceeded max depth")
            made = self.object(None) if first == b"{" else self.array()
            self.level -= 1
            return made
        if first == b'"':
            return self.string()
        if first in _WORDS:
            return self.word(*_WORDS[first])
        if first and first in b"-0123456789":
            return self.number()
        return self.fail("looking for beginning of value")

    def object(self, each: Callable[[str, int], None] | None) -> dict[str, Any]:
        made: dict[str, Any] = {}
        self.at += 1
        self.space()
        if self.peek() == b"}":
            self.at += 1
            return made
        while True:
            self.space()
            if self.peek() != b'"':
                self.fail("looking for beginning of object key string")
            name = self.string()
            self.space()
            if self.peek() != b":":
                self.fail("after object key")
            self.at += 1
            self.space()
            start = self.at
            if name in made:
                self.twice.append((self.level, name))
            made[name] = self.value()
            if each:
                each(name, start)
            self.space()
            if self.peek() == b"}":
                self.at += 1
                return made
            if self.peek() != b",":
                self.fail("after object key:value pair")
            self.at += 1

    def array(self) -> list[Any]:
        made: list[Any] = []
        self.at += 1
        self.space()
        if self.peek() == b"]":
            self.at += 1
            return made
        while True:
            made.append(self.value())
            self.space()
            if self.peek() == b"]":
                self.at += 1
                return made
            if self.peek() != b",":
                self.fail("after array element")
            self.at += 1

    def word(self, word: str, value: bool | None) -> bool | None:
        for char in word:
            if self.peek() != char.encode():
                self.fail(f"in literal {word} (expecting {char!r})")
            self.at += 1
        return value

    def number(self) -> float:
        start = self.at
        if self.peek() == b"-":
            self.at += 1
            self.digits("in numeric literal", zero=True)
        else:
            self.digits("", zero=True)
        if self.peek() == b".":
            self.at += 1
            self.digits("after decimal point in numeric literal")
        if self.peek() in (b"e", b"E"):
            self.at += 1
            if self.peek() in (b"+", b"-"):
                self.at += 1
            self.digits("in exponent of numeric literal")
        text = self.data[start : self.at].decode()
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise GoError(f"json: cannot unmarshal number {text} into Go value of type float64")
        return number

    def digits(self, context: str, *, zero: bool = False) -> None:
        """At least one digit; with `zero` a leading 0 stands alone."""
        if not self.peek() or self.peek() not in _DIGITS:
            self.fail(context)
        alone = zero and self.peek() == b"0"
        self.at += 1
        while not alone and self.peek() and self.peek() in _DIGITS:
            self.at += 1

    def string(self) -> str:
        made = bytearray()
        self.at += 1
        while True:
            plain = _PLAIN.match(self.data, self.at)
            if plain:
                made += plain[0]
                self.at = plain.end()
            char = self.peek()
            if char == b'"':
                self.at += 1
                break
            if char != b"\\":
                self.fail("in string literal")
            self.at += 1
            made += self.escape().encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
        return made.decode("utf-8", "replace")

    def escape(self) -> str:
        char = self.peek()
        if char != b"u":
            if char not in _ESCAPES:
                self.fail("in string escape code")
            self.at += 1
            return _ESCAPES[char]
        made = chr(self.hex())
        # Two halves of one character; a half without the other becomes U+FFFD.
        if "\ud800" <= made <= "\udbff" and self.data[self.at : self.at + 2] == b"\\u":
            back, self.at = self.at, self.at + 1
            half = chr(self.hex())
            if "\udc00" <= half <= "\udfff":
                return made + half
            self.at = back
        return made

    def hex(self) -> int:
        self.at += 1
        start = self.at
        for _ in range(4):
            if not self.peek() or self.peek() not in _HEX:
                self.fail("in \\u hexadecimal character escape")
            self.at += 1
        return int(self.data[start : self.at], 16)


def kind(value: Any) -> str:
    """Go's word for a JSON value of this type."""
    if isinstance(value, bool):
        return "bool"
    return {str: "string", float: "number", list: "array", dict: "object"}.get(type(value), "null")
