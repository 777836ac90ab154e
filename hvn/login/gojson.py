"""Parse JSON as go-jose does: duplicate keys are errors, and errors have go-jose's text (v3.0.5, json/scanner.go).

The parser first reads the whole text as a tree, because go-jose reports a syntax error before a duplicate key. go-jose
does not limit nesting, so no function of this module is recursive.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from hvn.login.gotext import REPLACEMENT, decode, quote_byte

_SPACE = re.compile(rb"[ \t\r\n]*")
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]+')
_HEX = b"0123456789abcdefABCDEF"
_DIGITS = b"0123456789"
_ESCAPES = {b"b": "\b", b"f": "\f", b"n": "\n", b"r": "\r", b"t": "\t", b"\\": "\\", b"/": "/", b'"': '"'}
_WORDS: dict[bytes, tuple[str, bool | None]] = {b"t": ("true", True), b"f": ("false", False), b"n": ("null", None)}
_KINDS = {dict: "object", list: "array", str: "string", float: "number", bool: "bool", type(None): "null"}


class GoError(Exception):
    """An error of a Go library. `texts` has every text that Go can report, because Go iterates over maps in random
    order."""

    def __init__(self, *texts: str) -> None:
        super().__init__(texts[0])
        self.texts = texts


@dataclass(slots=True)
class Node:
    """A JSON value of the parsed text. `kind` is Go's word for the value's type.

    `value` is the text of a string, the digits of a number, or true, false or null. `items` are the elements of an
    array, or all members of an object in the order of the text, including duplicates.
    """

    kind: str
    source: bytes = field(repr=False)
    start: int
    end: int = 0
    value: str | bool | None = None
    items: list[tuple[str, "Node"]] = field(default_factory=list, repr=False)

    @property
    def raw(self) -> bytes:
        """Return the bytes of the value in the text."""
        return self.source[self.start : self.end]

    def members(self) -> Iterator[tuple[str, "Node"]]:
        """Yield name and value of an object's members in the order of the text. Raises `GoError` at a duplicate key."""
        names = set()
        for name, node in self.items:
            if name in names:
                raise GoError(f"json: duplicate key '{name}' in object")
            names.add(name)
            yield name, node


def loads(data: bytes) -> Any:
    """Return the parsed JSON as a dict, list, str, float, bool or None. Raises `GoError` for every text that go-jose
    refuses."""
    return value_of(parse(data))


def kind(value: Any) -> str:
    """Return Go's word for the type of a JSON value."""
    return _KINDS[type(value)]


def text_of(node: Node) -> str:
    """Return the text of a JSON string, an empty text for null. Raises `GoError` for a value of another type."""
    if node.kind not in ("string", "null"):
        raise GoError(f"json: cannot unmarshal {node.kind} into Go value of type string")
    return str(node.value) if node.kind == "string" else ""


def mismatch(node: Node, into: str, later: list[str]) -> None:
    """Add to `later` the error for a value of the wrong type for the Go struct's field. Raises `GoError` for a number.

    Go reports the first error of `later` after the last member, but reports a number of the wrong type at once
    (json/decode.go).
    """
    text = f"json: cannot unmarshal {node.kind} into Go value of type {into}"
    if node.kind == "number":
        raise GoError(text)
    later.append(text)


def value_of(root: Node) -> Any:
    """Return the Python value of a parsed tree. Raises `GoError` for a duplicate key, and for a number too large for
    a float64."""
    overflow: list[str] = []
    value = _begun(root, overflow)
    todo = [(value, _children(root))]
    while todo:
        parent, children = todo[-1]
        name, node = next(children, ("", None))
        if node is None:
            todo.pop()
            continue
        child = _begun(node, overflow)
        if isinstance(parent, dict):
            parent[name] = child
        else:
            parent.append(child)
        if node.items:
            todo.append((child, _children(node)))
    if overflow:
        raise GoError(overflow[0])
    return value


def _children(node: Node) -> Iterator[tuple[str, Node]]:
    return node.members() if node.kind == "object" else iter(node.items)


def _begun(node: Node, overflow: list[str]) -> Any:
    """Return the Python value of a scalar; for an object or array, an empty dict or list to fill."""
    if node.kind == "object":
        return {}
    if node.kind == "array":
        return []
    if node.kind != "number":
        return node.value
    number = float(str(node.value))
    if number in (float("inf"), float("-inf")):
        overflow.append(f"json: cannot unmarshal number {node.value} into Go value of type float64")
    return number


def parse(data: bytes) -> Node:
    """Return the root of the parsed JSON text. Raises `GoError` for a syntax error."""
    return _Scanner(data).parse()


class _Scanner:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def parse(self) -> Node:
        parents: list[Node] = []
        root, name = None, ""
        while True:
            node = self.begin()
            if parents:
                parents[-1].items.append((name, node))
            root = root or node
            if node.kind in ("object", "array"):
                parents.append(node)
                self.space()
                if self.peek() != _closing(node):
                    name = self.key() if node.kind == "object" else ""
                    continue
            while parents:
                parent = parents[-1]
                self.space()
                if self.peek() == b"," and parent.items:
                    self.at += 1
                    name = self.key() if parent.kind == "object" else ""
                    break
                if self.peek() != _closing(parent):
                    self.fail("after object key:value pair" if parent.kind == "object" else "after array element")
                self.at += 1
                parent.end = self.at
                parents.pop()
            else:
                self.space()
                if self.at < len(self.data):
                    self.fail("after top-level value")
                return root

    def begin(self) -> Node:
        """Read a scalar, or the opening bracket of an object or array. Return the node of the value."""
        self.space()
        first = self.peek()
        start = self.at
        if first in (b"{", b"["):
            self.at += 1
            return Node("object" if first == b"{" else "array", self.data, start)
        value: str | bool | None
        if first == b'"':
            type_name, value = "string", self.string()
        elif first in _WORDS:
            value = self.word(*_WORDS[first])
            type_name = "null" if value is None else "bool"
        elif first and first in b"-0123456789":
            type_name, value = "number", self.number()
        else:
            self.fail("looking for beginning of value")
        return Node(type_name, self.data, start, self.at, value)

    def key(self) -> str:
        self.space()
        if self.peek() != b'"':
            self.fail("looking for beginning of object key string")
        name = self.string()
        self.space()
        if self.peek() != b":":
            self.fail("after object key")
        self.at += 1
        return name

    def space(self) -> None:
        match = _SPACE.match(self.data, self.at)
        self.at = match.end() if match else self.at

    def peek(self) -> bytes:
        return self.data[self.at : self.at + 1]

    def fail(self, context: str) -> NoReturn:
        if self.at >= len(self.data):
            raise GoError("unexpected end of JSON input")
        raise GoError(f"invalid character {quote_byte(self.data[self.at])} {context}")

    def word(self, word: str, value: bool | None) -> bool | None:
        for char in word:
            if self.peek() != char.encode():
                self.fail(f"in literal {word} (expecting {char!r})")
            self.at += 1
        return value

    def number(self) -> str:
        start = self.at
        if self.peek() == b"-":
            self.at += 1
        self.digits("in numeric literal", zero_stands_alone=True)
        if self.peek() == b".":
            self.at += 1
            self.digits("after decimal point in numeric literal")
        if self.peek() in (b"e", b"E"):
            self.at += 1
            if self.peek() in (b"+", b"-"):
                self.at += 1
            self.digits("in exponent of numeric literal")
        return self.data[start : self.at].decode()

    def digits(self, context: str, *, zero_stands_alone: bool = False) -> None:
        if not self.peek() or self.peek() not in _DIGITS:
            self.fail(context)
        alone = zero_stands_alone and self.peek() == b"0"
        self.at += 1
        while not alone and self.peek() and self.peek() in _DIGITS:
            self.at += 1

    def string(self) -> str:
        text = bytearray()
        self.at += 1
        while True:
            plain = _PLAIN.match(self.data, self.at)
            if plain:
                text += plain[0]
                self.at = plain.end()
            char = self.peek()
            if char == b'"':
                self.at += 1
                return decode(bytes(text))
            if char != b"\\":
                self.fail("in string literal")
            self.at += 1
            text += self.escape().encode()

    def escape(self) -> str:
        char = self.peek()
        if char != b"u":
            if char not in _ESCAPES:
                self.fail("in string escape code")
            self.at += 1
            return _ESCAPES[char]
        code = self.hex()
        # Two `\u` escapes can encode the two surrogates of one character. Go replaces a lone surrogate with U+FFFD.
        if 0xD800 <= code < 0xDC00 and self.data[self.at : self.at + 2] == b"\\u":
            back, self.at = self.at, self.at + 1
            half = self.hex()
            if 0xDC00 <= half < 0xE000:
                return chr(0x10000 + (code - 0xD800) * 0x400 + half - 0xDC00)
            self.at = back
        return REPLACEMENT if 0xD800 <= code < 0xE000 else chr(code)

    def hex(self) -> int:
        self.at += 1
        start = self.at
        for _ in range(4):
            if not self.peek() or self.peek() not in _HEX:
                self.fail("in \\u hexadecimal character escape")
            self.at += 1
        return int(self.data[start : self.at], 16)


def _closing(node: Node) -> bytes:
    return b"}" if node.kind == "object" else b"]"
