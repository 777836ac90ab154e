"""Parse a token as Vault does (go-jose v3.0.5, jws.go).

Vault ignores whitespace and padding in a token, because it encodes the parts again before it verifies the signature.
Vault also accepts the JSON serialization (RFC 7515, section 7.2).
"""

import base64
import re
from dataclasses import dataclass, field

from hvn.login import gobase64, jws_header
from hvn.login.gojson import GoError, Node, mismatch, parse, text_of
from hvn.login.gotext import quote, well_formed
from hvn.login.jws_header import Members

# The algorithms that Vault accepts (cap, jwt/algs.go).
ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA")

# The characters of Go's unicode.IsSpace. Python's str.isspace also accepts U+001C to U+001F.
_SPACE = re.compile("[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_UNKNOWN_KEY = re.compile(r"unknown (?:json web key type '[^']*'|curve [^']*'):")
WHOLE = "jose.rawJSONWebSignature"
_ENCODED = ("payload", "protected", "signature")


@dataclass(frozen=True, slots=True)
class Jws:
    """A parsed token with an unverified signature. `repr` shows neither payload nor signature.

    Vault verifies the signature with `verified_alg`, and compares `alg` with the mount's list. In the general JSON
    serialization the attribute `alg` comes only from the protected header.
    """

    alg: str
    kid: str
    verified_alg: str
    payload: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    signing_input: bytes | None = field(repr=False)
    """The bytes that the signature covers. None if Vault cannot compute these bytes, so that no key verifies the
    signature."""
    critical: bool = True
    """False if the header's `crit` names a member that go-jose does not know."""
    signatures: int = 1
    is_judged: bool = True
    """False if Vault may refuse the header for a reason that this module does not check."""


@dataclass(slots=True)
class _Part:
    """The members of a token in JSON serialization, or of one of the token's signatures; None for a missing member."""

    payload: bytes | None = None
    protected: bytes | None = None
    signature: bytes | None = None
    header: Members | None = None
    signatures: list["_Part"] | None = None


def parse_token(token: str, *, by_issuer: bool = False) -> Jws:
    """Parse a token as Vault does and return its parts. Raises `GoError`, with the text in Vault's error, for a
    malformed token.

    `by_issuer` is true if Vault fetches the keys from an issuer. go-oidc then parses the token first, with go-jose v4,
    which allows no padding and checks the algorithm at once.
    """
    token = _SPACE.sub("", well_formed(token))
    if not by_issuer:
        return _json(token.encode()) if token.startswith("{") else _compact(token, padded=True)
    try:
        return _by_issuer(token)
    except GoError as error:
        raise GoError(*(f"oidc: malformed jwt: {_as_v4(text)}" for text in error.texts)) from None


def _by_issuer(token: str) -> Jws:
    jws = _json(token.encode()) if token.startswith("{") else _compact(token, padded=False)
    if jws.alg not in ALGORITHMS:
        expected = " ".join(map(quote, ALGORITHMS))
        raise GoError(f"unexpected signature algorithm {quote(jws.alg)}; expected [{expected}]")
    return jws


def _as_v4(text: str) -> str:
    """Return go-jose v4's text for an error of an embedded key (jwk.go)."""
    text = text.replace("unknown json web key type '':", "missing json web key type:")
    return _UNKNOWN_KEY.sub("unsupported key type/format:", text, count=1)


def _compact(token: str, *, padded: bool) -> Jws:
    if token.count(".") != 2:
        raise GoError("go-jose/go-jose: compact JWS format must have three parts")
    decode = gobase64.url_padded if padded else gobase64.url
    protected, payload, signature = map(decode, token.split("."))
    return _flattened(_Part(payload, protected, signature))


def _json(data: bytes) -> Jws:
    later: list[str] = []
    part = _part(parse(data), WHOLE, later)
    if later:
        raise GoError(later[0])
    if part.payload is None:
        raise GoError("go-jose/go-jose: missing payload in JWS message")
    return _general(part.payload, part.signatures) if part.signatures else _flattened(part)


def _part(node: Node, into: str, later: list[str]) -> _Part:
    """Return the members of a token in JSON serialization, or of one of its signatures."""
    part = _Part()
    if node.kind not in ("object", "null"):
        mismatch(node, into, later)
        return part
    for name, item in node.members():
        if item.kind == "null":
            continue
        if name in _ENCODED and (name != "payload" or into == WHOLE):
            setattr(part, name, gobase64.url_padded(text_of(item)))
        elif name == "header" and item.kind == "object":
            part.header = jws_header.members(item)
        elif name == "header":
            mismatch(item, "jose.rawHeader", later)
        elif name == "signatures" and into == WHOLE and item.kind == "array":
            part.signatures = [_part(signature, "jose.rawSignatureInfo", later) for _, signature in item.items]
        elif name == "signatures" and into == WHOLE:
            mismatch(item, "[]jose.rawSignatureInfo", later)
    return part


def _flattened(part: _Part) -> Jws:
    """Return the token from the flattened JSON serialization, which has one signature."""
    protected, unprotected = _protected(part), part.header or {}
    _check_nonce(unprotected)
    whole = jws_header.merged(protected, unprotected)
    header = jws_header.read(whole)
    jws_header.read(unprotected)
    jws_header.read(protected)
    jws_header.check_embedded_key(whole)
    payload = part.payload or b""
    return Jws(
        alg=header.alg,
        kid=header.kid,
        verified_alg=header.alg,
        payload=payload,
        signature=part.signature or b"",
        signing_input=_signing_input(part, protected, payload),
        critical=header.critical,
        is_judged=header.is_judged,
    )


def _general(payload: bytes, parts: list[_Part]) -> Jws:
    """Return the token from the general JSON serialization. go-jose does not check the unprotected headers of its
    signatures."""
    headers = []
    for part in parts:
        protected = _protected(part)
        _check_nonce(part.header or {})
        headers.append(jws_header.read(protected))
        jws_header.check_embedded_key(protected)
    first = parts[0]
    whole = jws_header.merged(_protected(first), first.header or {})
    return Jws(
        alg=headers[0].alg,
        kid=headers[0].kid,
        verified_alg=jws_header.text(whole, "alg"),
        payload=payload,
        signature=first.signature or b"",
        signing_input=_signing_input(first, _protected(first), payload),
        critical=jws_header.is_critical_known(whole),
        signatures=len(parts),
        is_judged=all(header.is_judged for header in headers),
    )


def _protected(part: _Part) -> Members:
    return jws_header.protected(part.protected) if part.protected else {}


def _check_nonce(unprotected: Members) -> None:
    if jws_header.text(unprotected, "nonce"):
        raise GoError("go-jose/go-jose: Nonce parameter included in unprotected header")


def _signing_input(part: _Part, protected: Members, payload: bytes) -> bytes | None:
    """Return the bytes that the signature covers, or None if the token has an empty protected header."""
    if part.protected == b"":
        return None
    head = base64.urlsafe_b64encode(part.protected or b"").rstrip(b"=")
    encoded = "b64" not in protected or protected["b64"].value is not False
    return head + b"." + (base64.urlsafe_b64encode(payload).rstrip(b"=") if encoded else payload)
