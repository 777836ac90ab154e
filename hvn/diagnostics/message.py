"""The type of a message: a template and typed values. Each renderer formats the values in its own way.

Templates are texts of this project. Backticks and double asterisks in a template mark code and emphasis; only the
Markdown renderer keeps these marks. Values may come from untrusted files, so every renderer escapes values.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from string import Formatter
from typing import Union

from hvn.diagnostics.printable import printable

Path = tuple[str | int, ...]
"""The path of a value in the topology file, such as `("spokes", "payments", "cidr")`. List items are numbered from
0."""

VALUE_LENGTH = 200
"""The maximum number of characters that a renderer shows of a value."""
COMMAND_LENGTH = 4000
"""The maximum number of characters that a renderer shows of a command. The limit is large because a cut command is
useless."""


@dataclass(frozen=True, slots=True)
class Field:
    """A value that names a place in the topology file, printed as `spokes.payments.cidr`."""

    path: Path


@dataclass(frozen=True, slots=True)
class LineOf:
    """A value for the line number of a place in the topology file. The loader replaces the object with the number."""

    path: Path


class Command(str):
    """A value that is a command for the user."""

    __slots__ = ()


class Text(str):
    """A value that renderers never cut: foreign text, or YAML to paste."""

    __slots__ = ()


class Words(str):
    """A value that is wording of this project, such as a plural ending. Renderers do not quote the value."""

    __slots__ = ()


Fact = Union[str, int, IPv4Network, IPv4Address, Field, LineOf, "Message", "Sequence[Fact]"]
"""A value in a message. A plain string is untrusted text. Renderers separate the items of a sequence with commas."""


@dataclass(frozen=True, slots=True, init=False)
class Message:
    """A template and its values, by name: `Message("{cidr} overlaps {other}", cidr=…, other=…)`."""

    template: str
    facts: tuple[tuple[str, Fact], ...]

    def __init__(self, template: str, /, **facts: Fact) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "facts", tuple((name, _frozen(fact)) for name, fact in facts.items()))

    def __bool__(self) -> bool:
        return bool(self.template)

    def __str__(self) -> str:
        return plain(self)

    def resolved(self, line_of: Callable[[Path], int]) -> "Message":
        """Return the message with line numbers in place of `LineOf`."""
        return Message(self.template, **{name: _resolved(fact, line_of) for name, fact in self.facts})

    def with_commands(self, change: Callable[[str], str]) -> "Message":
        """Return the message with changed commands."""
        return Message(self.template, **{name: _with_commands(fact, change) for name, fact in self.facts})


def _frozen(fact: Fact) -> Fact:
    return fact if isinstance(fact, str | tuple) or not isinstance(fact, Sequence) else tuple(fact)


def _resolved(fact: Fact, line_of: Callable[[Path], int]) -> Fact:
    if isinstance(fact, LineOf):
        return line_of(fact.path)
    if isinstance(fact, Message):
        return fact.resolved(line_of)
    if isinstance(fact, Sequence) and not isinstance(fact, str):
        return tuple(_resolved(item, line_of) for item in fact)
    return fact


def _with_commands(fact: Fact, change: Callable[[str], str]) -> Fact:
    if isinstance(fact, Command):
        return Command(change(fact))
    if isinstance(fact, Message):
        return fact.with_commands(change)
    if isinstance(fact, Sequence) and not isinstance(fact, str):
        return tuple(_with_commands(item, change) for item in fact)
    return fact


def dotted(path: Path) -> str:
    """Return a path with dots: `spokes.payments.cidr`, list items as `cidrs[0]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def written(message: Message, words: Callable[[str], str], value: Callable[[str, int], str]) -> str:
    """Return the message as text. `words` formats the template; `value` formats a value, cut at a maximum length."""

    def show(fact: Fact) -> str:
        if isinstance(fact, Message):
            return written(fact, words, value)
        if isinstance(fact, Words):
            return words(fact)
        if isinstance(fact, int):
            return str(fact)
        if isinstance(fact, str):
            return value(fact, _length(fact))
        if isinstance(fact, Sequence):
            return ", ".join(show(item) for item in fact)
        return value(as_text(fact), VALUE_LENGTH)

    facts = dict(message.facts)
    return "".join(
        words(literal) + (show(facts[name]) if name is not None else "")
        for literal, name, _, _ in Formatter().parse(message.template)
    )


def _length(text: str) -> int:
    if isinstance(text, Text):
        return max(len(text), 1) * 10
    return COMMAND_LENGTH if isinstance(text, Command) else VALUE_LENGTH


def plain(message: Message) -> str:
    """Return the message as plain text without Markdown markup. Every value is on one line, with visible characters
    only."""
    return written(message, _without_marks, printable)


def plain_text(text: Message | str) -> str:
    """Return a message, or a string of this project's code, as plain text without Markdown markup."""
    return plain(text) if isinstance(text, Message) else _without_marks(text)


def _without_marks(words: str) -> str:
    return words.replace("**", "").replace("`", "'")


def as_text(fact: Fact) -> str:
    """Return a value as plain text; for a sequence, its items separated by commas."""
    if isinstance(fact, Message):
        return plain(fact)
    if isinstance(fact, Field):
        return dotted(fact.path)
    if isinstance(fact, LineOf):
        return "?"
    if isinstance(fact, Sequence) and not isinstance(fact, str):
        return ", ".join(as_text(item) for item in fact)
    return str(fact)


def facts_of(message: Message) -> Mapping[str, object]:
    """Return the values of a message for JSON, by name: numbers as numbers, sequences as lists, all other values as
    text."""
    return {name: _json(fact) for name, fact in message.facts}


def _json(fact: Fact) -> object:
    if isinstance(fact, int):
        return fact
    if isinstance(fact, Sequence) and not isinstance(fact, str):
        return [_json(item) for item in fact]
    if isinstance(fact, Words):
        return _without_marks(fact)
    if isinstance(fact, str):
        return printable(str(fact), _length(fact))
    return as_text(fact)


def joined(messages: Sequence[Message], separator: str = "; ") -> Message:
    """Return one message that joins several messages, with a separator between their texts."""
    names = [f"part{number}" for number in range(len(messages))]
    return Message(separator.join(f"{{{name}}}" for name in names), **dict(zip(names, messages, strict=True)))


def values(message: Message) -> Iterator[str]:
    """Yield every value of a message as plain text, including the values of inner messages."""
    for _, fact in message.facts:
        yield from _values(fact)


def _values(fact: Fact) -> Iterator[str]:
    if isinstance(fact, Message):
        yield from values(fact)
    elif isinstance(fact, Sequence) and not isinstance(fact, str):
        for item in fact:
            yield from _values(item)
    else:
        yield as_text(fact)
