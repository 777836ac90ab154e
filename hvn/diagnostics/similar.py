"""Propose a valid spelling in place of an invalid value, and name a character outside ASCII."""

import re
import unicodedata
from collections.abc import Callable, Iterator

# Letters of other scripts that look like ASCII letters, and the quotes and dashes of word processors.
_PAIRS = {
    "a\u0430\u03b1": "a", "A\u0410\u0391": "A", "B\u0412\u0392": "B", "c\u0441": "c", "C\u0421": "C",
    "e\u0435": "e", "E\u0415\u0395": "E", "H\u041d\u0397": "H", "i\u0456\u0131\u03b9": "i", "I\u0406\u0399": "I",
    "j\u0458": "j", "K\u041a\u039a": "K", "M\u041c\u039c": "M", "N\u039d": "N", "o\u043e\u03bf": "o",
    "O\u041e\u039f": "O", "p\u0440\u03c1": "p", "P\u0420\u03a1": "P", "s\u0455": "s", "S\u0405": "S",
    "T\u0422\u03a4": "T", "x\u0445\u03c7": "x", "X\u0425\u03a7": "X", "y\u0443": "y", "v\u03bd": "v",
    "\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb": '"', "\u2010\u2011\u2012\u2013\u2014\u2212": "-",
    "\u2026": "...",
}  # fmt: skip
_ASCII = str.maketrans({one: plain for many, plain in _PAIRS.items() for one in many})
_OUTSIDE = " \t'\"`{}()<>[],;"
"""Characters that people copy around a value."""


def foreign(text: str) -> str:
    """Return code and name of the first character outside ASCII, such as `U+0435 CYRILLIC SMALL LETTER IE`, or an empty
    string."""
    return next((f"U+{ord(one):04X} {unicodedata.name(one, '')}".strip() for one in text if ord(one) > 127), "")


def ascii_form(text: str) -> str:
    """Return the text with ASCII letters, quotes and dashes in place of characters that look like them."""
    return unicodedata.normalize("NFKC", text).translate(_ASCII)


def similar(value: str, valid: Callable[[str], bool]) -> str:
    """Return a valid text that differs from the value in case, separators, or text around it; otherwise an empty
    string."""
    return next((one for one in _spellings(value) if one != value and valid(one)), "")


def _spellings(value: str) -> Iterator[str]:
    inner = ascii_form(value).strip(_OUTSIDE)
    url = re.match(r"[a-z]+://([^/@]*@)?([^/:]+)", inner, re.IGNORECASE)
    host = url[2] if url else re.sub(r":[0-9]+$", "", inner)
    forms = [inner, inner.strip("/"), inner.strip("."), host, host.strip(".")]
    if resource := re.search(r"subscriptions/([^/]+)(/.+?/providers(/[^/]+){3})?", inner):
        forms += [resource[1], f"/{resource[0]}"]
    for form in forms:
        yield from (form, form.lower(), re.sub(r"[\s_]+", "-", form), re.sub(r"[\s_]+", "-", form).lower())
        yield from (re.sub(r"\s+", "", form), re.sub(r"[\s_-]+", "", form).lower())
    yield re.sub(r"^\*(?=[A-Za-z0-9])", "*.", inner)
    yield re.sub(r"/32$", "", inner)
    yield re.sub(r"^[vV](?=[0-9])", "", inner)
    yield re.sub(r"^([0-9-]+)/([A-Za-z]+)$", r"\2/\1", inner)
