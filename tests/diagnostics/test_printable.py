"""`printable` replaces control characters, so that a terminal prints the text safely."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hvn.diagnostics.printable import is_visible, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 東京 😀", "plain 東京 😀"),
        ("a\nb\tc\x1b", r"a\u{a}b\u{9}c\u{1b}"),
        ("\u202e\ud800\ue000\xa0\u2028\ufeff", r"\u{202e}\u{d800}\u{e000}\u{a0}\u{2028}\u{feff}"),
        ("\u3164\ufe0f\U000e0100", r"\u{3164}\u{fe0f}\u{e0100}"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
        ("x" * 78 + "\n", "x" * 78 + "…"),
        ("", ""),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(), st.integers(1, 100))
def test_printable_is_visible_and_short(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert is_visible(shown)
    assert len(shown) <= limit
