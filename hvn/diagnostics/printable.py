"""Makes foreign text safe to show in a terminal, a log or a comment."""

import re

# Printable for Python, but invisible on the screen: joiners, Hangul fillers, variation selectors, the empty Braille
# pattern. Unicode: Default_Ignorable_Code_Point.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def is_visible(text: str) -> bool:
    """Return whether a person sees every character.

    Control, format, bidi, private and unassigned characters count as invisible. So do all spaces except U+0020.
    """
    return text.isprintable() and (text.isascii() or not _INVISIBLE.search(text))


def printable(text: str, limit: int = 80) -> str:
    r"""Return any text on one line of at most `limit` characters: `\u{202e}` for an invisible one, `…` at a cut."""
    if len(text) <= limit and is_visible(text):
        return text
    shown = [char if is_visible(char) else f"\\u{{{ord(char):x}}}" for char in text[: limit + 1]]
    length = sum(map(len, shown))
    if length <= limit:
        return "".join(shown)
    while shown and length >= limit:
        length -= len(shown.pop())
    return "".join(shown) + "…"
