"""Find Go's error for a malformed certificate from its outermost DER elements (Go, crypto/x509/parser.go)."""

_SEQUENCE, _INTEGER, _VERSION = b"\x30", b"\x02", b"\xa0"


def is_key_alone(der: bytes) -> bool:
    """Return whether the DER bytes are a PKCS #1 key: a sequence that begins with an integer."""
    inside = _inside(der)
    return inside is not None and inside[:1] == _INTEGER


def malformed(der: bytes) -> str:
    """Return Go's error for a malformed certificate. If only inner elements are malformed, the returned text may differ
    from Go's error."""
    certificate = _inside(der)
    if certificate is None:
        return "x509: malformed certificate"
    if der[len(der) - _rest(der) :]:
        return "x509: trailing data"
    fields = _inside(certificate)
    if fields is None:
        return "x509: malformed tbs certificate"
    if fields[:1] == _VERSION:
        fields = fields[len(fields) - _rest(fields) :]
    return "x509: malformed certificate" if fields[:1] == _INTEGER else "x509: malformed serial number"


def _inside(der: bytes) -> bytes | None:
    """Return the content of the first DER element, or None if the element is not a sequence."""
    place = _element(der)
    return der[place[0] : place[1]] if place and der[:1] == _SEQUENCE else None


def _rest(der: bytes) -> int:
    """Return the number of bytes after the first DER element."""
    place = _element(der)
    return len(der) - place[1] if place else 0


def _element(der: bytes) -> tuple[int, int] | None:
    """Return the start and end offsets of the first DER element's content, or None if the element is truncated."""
    if len(der) < 2:
        return None
    length, start = der[1], 2
    if length & 0x80:
        count = length & 0x7F
        length, start = int.from_bytes(der[2 : 2 + count], "big"), 2 + count
    return (start, start + length) if start + length <= len(der) else None
