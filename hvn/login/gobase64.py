"""Decode base64 as Go does; an error names the offset of the first wrong byte (Go, encoding/base64).

Go skips newlines and ignores surplus bits of the last digit. Offsets count bytes, including newlines.
"""

import base64
import re

from hvn.login.gojson import GoError

_URL = re.compile(rb"[A-Za-z0-9_\r\n-]*")
_STANDARD = re.compile(rb"[A-Za-z0-9+/\r\n]*")


def url(text: str) -> bytes:
    """Return the decoded bytes of base64url text without padding. Raises `GoError` for malformed text."""
    data = text.encode()
    if wrong := _first_wrong(data, _URL):
        raise wrong
    return base64.urlsafe_b64decode(_padded(data))


def url_padded(text: str) -> bytes:
    """Return the decoded bytes of base64url text with any number of `=` at the end (go-jose v3, encoding.go). Raises
    `GoError` for malformed text."""
    return url(text.rstrip("="))


def standard(text: str) -> bytes:
    """Return the decoded bytes of base64 text with padding. Raises `GoError` for malformed text."""
    data = text.encode()
    match = _STANDARD.match(data)
    end = match.end() if match else 0
    if end == len(data):
        if wrong := _left_over(data, padding=True):
            raise wrong
        return base64.b64decode(_padded(data))
    digits = len(re.sub(rb"[\r\n]", b"", data[:end])) % 4
    if data[end : end + 1] != b"=" or digits < 2:
        raise _error(end)
    at = end + 1
    if digits == 2:
        at = _after_newlines(data, at)
        if at == len(data):
            raise _error(at)
        if data[at : at + 1] != b"=":
            raise _error(at - 1)
        at += 1
    at = _after_newlines(data, at)
    if at < len(data):
        raise _error(at)
    return base64.b64decode(_padded(data[:end]))


def _first_wrong(data: bytes, alphabet: re.Pattern[bytes]) -> GoError | None:
    match = alphabet.match(data)
    end = match.end() if match else 0
    return _error(end) if end < len(data) else _left_over(data, padding=False)


def _left_over(data: bytes, *, padding: bool) -> GoError | None:
    """Return Go's error if the last group of base64 digits is incomplete, or None."""
    digits = len(re.sub(rb"[\r\n]", b"", data)) % 4
    if digits == 1 or (digits and padding):
        return _error(len(data) - digits)
    return None


def _after_newlines(data: bytes, at: int) -> int:
    while data[at : at + 1] in (b"\r", b"\n"):
        at += 1
    return at


def _padded(data: bytes) -> bytes:
    data = re.sub(rb"[\r\n]", b"", data)
    return data + b"=" * (-len(data) % 4)


def _error(offset: int) -> GoError:
    return GoError(f"illegal base64 data at input byte {offset}")
