"""Make foreign text safe to print in a terminal, a log or a comment."""

import re

# Characters that Python counts as printable, but that are invisible on the screen: joiners, Hangul fillers, variation
# selectors, the empty Braille pattern (Unicode's Default_Ignorable_Code_Point).
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def is_visible(text: str) -> bool:
    """Return whether every character of the text is visible on a screen.

    Control, format, bidi, private and unassigned characters count as invisible, and so does every space except U+0020.
    """
    return text.isprintable() and (text.isascii() or not _INVISIBLE.search(text))


def printable(text: str, limit: int = 80) -> str:
    r"""Return a text on one line of at most `limit` characters, with `\u{202e}` for an invisible character and `…`
    at a cut."""
    if len(text) <= limit and is_visible(text):
        return text
    shown = [char if is_visible(char) else f"\\u{{{ord(char):x}}}" for char in text[: limit + 1]]
    length = sum(map(len, shown))
    if length <= limit:
        return "".join(shown)
    while shown and length >= limit:
        length -= len(shown.pop())
    return "".join(shown) + "…"
