"""A token taken apart as Vault takes it apart (go-jose v3.0.5, jws.go): whitespace and padding do not matter, and the
signature is checked over the parts as they are encoded anew.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hvn.login import gojson
from hvn.login.gojson import GoError, quote

# All that Vault takes (cap, jwt/algs.go).
ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA")

# unicode.IsSpace of Go. Python's has U+001C to U+001F besides.
_SPACE = re.compile("[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_NOT_BASE64URL = re.compile(rb"[^A-Za-z0-9_-]")
# Header members that must be texts, with their names in go-jose's messages.
_TEXTS = {"kid": "key ID", "alg": "algorithm", "nonce": "nonce"}


@dataclass(frozen=True, slots=True)
class Jws:
    """A signed token before its signature is checked. `repr` shows neither payload nor signature."""

    header: Mapping[str, Any]
    payload: bytes = field(repr=False)
    signing_input: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    signatures: int = 1

    @property
    def alg(self) -> str:
        """The header's `alg`, empty if it has none."""
        return str(self.header.get("alg") or "")

    @property
    def kid(self) -> str:
        """The header's `kid`, empty if it has none."""
        return str(self.header.get("kid") or "")

    @property
    def critical(self) -> bool:
        """True if `crit` names nothing that go-jose does not know; it knows `b64`."""
        names = self.header.get("crit") or []
        return isinstance(names, list) and all(name in ("b64", None) for name in names)


def parse(token: str, *, by_issuer: bool = False) -> Jws:
    """Take a token apart. Raises `GoError` with the text that Vault quotes.

    `by_issuer`: the keys come from an issuer, so go-oidc takes the token apart first. It uses go-jose v4, which allows
    no padding and looks at the algorithm at once.
    """
    if by_issuer:
        try:
            return _by_issuer(_parse(token, padded=False))
        except GoError as error:
            raise GoError(f"oidc: malformed jwt: {error}") from None
    return _parse(token, padded=True)


def _by_issuer(jws: Jws) -> Jws:
    if jws.alg not in ALGORITHMS:
        expected = " ".join(map(quote, ALGORITHMS))
        raise GoError(f"unexpected signature algorithm {quote(jws.alg)}; expected [{expected}]")
    return jws


def _parse(token: str, *, padded: bool) -> Jws:
    token = _SPACE.sub("", token)
    if token.startswith("{"):
        return _full(token.encode("utf-8", "replace"))
    if token.count(".") != 2:
        raise GoError("go-jose/go-jose: compact JWS format must have three parts")
    protected, payload, signature = (base64url(part.rstrip("=") if padded else part) for part in token.split("."))
    return _jws(protected, None, payload, signature)


def base64url(text: str) -> bytes:
    """Decode as Go does: no padding, left-over bits ignored. Raises `GoError` with the offset in bytes."""
    data = text.encode("utf-8", "surrogatepass")
    wrong = _NOT_BASE64URL.search(data)
    if wrong or len(data) % 4 == 1:
        raise GoError(f"illegal base64 data at input byte {wrong.start() if wrong else len(data) - 1}")
    return base64.urlsafe_b64decode(data + b"=" * (-len(data) % 4))


def _full(data: bytes) -> Jws:
    """The JSON serialization, which Vault takes too (RFC 7515, section 7.2)."""
    parsed = _part(data, "jose.rawJSONWebSignature")
    if parsed["payload"] is None:
        raise GoError("go-jose/go-jose: missing payload in JWS message")
    signatures = parsed["signatures"] or [parsed]
    for each in signatures:
        if (each["header"] or {}).get("nonce"):
            raise GoError("go-jose/go-jose: Nonce parameter included in unprotected header")
    first = signatures[0]
    header = _jws_header(first["header"] or {})
    return _jws(first["protected"] or b"", header, parsed["payload"], first["signature"] or b"", len(signatures))


def _part(data: bytes, kind: str) -> dict[str, Any]:
    """The members of a JSON serialization, or of one of its signatures, read in their order."""
    found: dict[str, Any] = dict.fromkeys(("payload", "protected", "signature", "header", "signatures"))
    for name, written in (gojson.members(data, kind) or {}).items():
        value = gojson.loads(written)
        if name in ("payload", "protected", "signature") and value is not None:
            if not isinstance(value, str):
                raise GoError(f"json: cannot unmarshal {gojson.kind(value)} into Go value of type string")
            found[name] = base64url(value.rstrip("="))
        elif name == "header" and value is not None:
            found[name] = {key: text for key, text in (gojson.members(written) or {}).items() if text != b"null"}
        elif name == "signatures" and value is not None:
            if not isinstance(value, list):
                of = gojson.kind(value)
                raise GoError(f"json: cannot unmarshal {of} into Go value of type []jose.rawSignatureInfo")
            found[name] = [_part(json.dumps(each).encode(), "jose.rawSignatureInfo") for each in value]
    return found


def _jws(protected: bytes, unprotected: Any, payload: bytes, signature: bytes, signatures: int = 1) -> Jws:
    header = {**(unprotected or {}), **_header(protected)}
    encoded = base64.urlsafe_b64encode(payload).rstrip(b"=")
    body = payload if header.get("b64") is False else encoded
    signed = base64.urlsafe_b64encode(protected).rstrip(b"=") + b"." + body
    return Jws(header, payload, signed, signature, signatures)


def _header(text: bytes) -> dict[str, Any]:
    """The protected header."""
    return _jws_header(gojson.members(text) or {} if text else {})


def _jws_header(members: Mapping[str, bytes]) -> dict[str, Any]:
    """Header members as they are written, checked for their types even where Vault does not use them."""
    found: dict[str, Any] = {}
    for name, written in members.items():
        if written == b"null":
            continue
        shown = quote(written.decode("utf-8", "replace"))
        try:
            value = gojson.loads(written)
        except GoError as error:
            raise GoError(f"failed to unmarshal {_TEXTS.get(name, 'value')}: {error}: {shown}") from None
        if name in _TEXTS and not isinstance(value, str):
            raise GoError(
                f"failed to unmarshal {_TEXTS[name]}: json: cannot unmarshal {gojson.kind(value)} "
                f"into Go value of type string: {shown}"
            )
        found[name] = value
    return found
