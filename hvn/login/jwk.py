"""Check a `jwk` or `x5c` in a token's header. Vault does not use the key in the header, but refuses the token if this
key is malformed.

go-jose v3.0.5: jwk.go (UnmarshalJSON, Valid, IsPublic) and shared.go (parseCertificateChain).
"""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from hvn.login import gobase64
from hvn.login.der import malformed
from hvn.login.gojson import GoError, Node, mismatch, text_of

PREFIX = "go-jose/go-jose: "
_TEXTS = ("use", "kty", "kid", "crv", "alg", "x5u", "x5t", "x5t#S256")
_BYTES = ("k", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi")
_CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~/-]*)?")
_THUMBPRINTS = {"x5t": hashlib.sha1, "x5t#S256": hashlib.sha256}


@dataclass(slots=True)
class _Raw:
    texts: dict[str, str] = field(default_factory=dict)
    parts: dict[str, bytes] = field(default_factory=dict)
    x5c: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        return self.texts.get(name, "")


def is_public(node: Node) -> bool:
    """Return whether a JWK is a public key. Raises `GoError` for a malformed JWK."""
    raw = _read(node)
    try:
        certificates = chain(raw.x5c)
    except GoError as error:
        raise GoError(f"{PREFIX}failed to unmarshal x5c field: {error}") from None
    key, public = _key(raw, certificates)
    if certificates and public and not _same(certificates[0].public_key(), key):
        raise GoError(f"{PREFIX}invalid JWK, public keys in key and x5c fields do not match")
    _check_thumbprints(raw, certificates)
    return public and key is not None


def has_unusual_url(node: Node) -> bool:
    """Return whether a valid JWK has an `x5u` that Go's URL parser may refuse."""
    url = _read(node).text("x5u") if node.kind == "object" else ""
    return bool(url) and not _PLAIN_URL.fullmatch(url)


def texts(node: Node) -> list[str]:
    """Return the strings of a JSON list. Raises `GoError` for any other value."""
    later: list[str] = []
    result = _texts(node, later)
    if later:
        raise GoError(later[0])
    return result


def chain(encoded: list[str]) -> list[Any]:
    """Return the certificates of an `x5c`. Raises `GoError` for a malformed certificate; the text may differ from
    Go's (der.py)."""
    certificates = []
    for text in encoded:
        der = gobase64.standard(text)
        from cryptography.x509 import load_der_x509_certificate

        try:
            certificates.append(load_der_x509_certificate(der))
        except ValueError:
            raise GoError(malformed(der)) from None
    return certificates


def _read(node: Node) -> _Raw:
    """Return the JWK's members that go-jose reads. Raises `GoError` for a member of the wrong type."""
    into = "jose.rawJSONWebKey"
    if node.kind != "object":
        raise GoError(f"json: cannot unmarshal {node.kind} into Go value of type {into}")
    raw = _Raw()
    later: list[str] = []
    for name, item in node.members():
        if name == "x5c":
            raw.x5c = _texts(item, later)
        elif item.kind == "null":
            continue
        elif name in _BYTES:
            raw.parts[name] = gobase64.url_padded(text_of(item))
        elif name in _TEXTS and item.kind == "string":
            raw.texts[name] = text_of(item)
        elif name in _TEXTS:
            mismatch(item, "string", later)
    if later:
        raise GoError(later[0])
    return raw


def _texts(node: Node, later: list[str]) -> list[str]:
    if node.kind not in ("array", "null"):
        mismatch(node, "[]string", later)
    result = []
    for _, item in node.items if node.kind == "array" else ():
        if item.kind not in ("string", "null"):
            mismatch(item, "string", later)
        result.append(str(item.value) if item.kind == "string" else "")
    return result


def _key(raw: _Raw, certificates: list[Any]) -> tuple[Any, bool]:
    """Return the JWK's key, or None if go-jose cannot use the key, and whether the key is public. Raises `GoError` for
    a malformed key."""
    kty = raw.text("kty")
    if kty == "EC":
        return _ec(raw), "d" not in raw.parts
    if kty == "RSA":
        return _rsa(raw)
    if kty == "oct":
        if certificates:
            raise GoError(f"{PREFIX}invalid JWK, found 'oct' (symmetric) key with cert chain")
        if "k" not in raw.parts:
            raise GoError(f"{PREFIX}invalid OCT (symmetric) key, missing k value")
        return None, False
    if kty == "OKP":
        if raw.text("crv") != "Ed25519" or "x" not in raw.parts:
            raise GoError(f"{PREFIX}unknown curve {raw.text('crv')}'")
        x = raw.parts["x"][:32].ljust(32, b"\0")
        return x, "d" not in raw.parts
    raise GoError(f"{PREFIX}unknown json web key type '{kty}'")


def _rsa(raw: _Raw) -> tuple[Any, bool]:
    private = "d" in raw.parts
    missing = [name for name in ("n", "e", "d", "p", "q") if name not in raw.parts]
    if private and missing:
        raise GoError(f"{PREFIX}invalid RSA private key, missing {missing[0].upper()} value(s)")
    if "n" in missing or "e" in missing:
        raise GoError(f"{PREFIX}invalid RSA key, missing n/e values")
    # Go keeps the lowest 64 bits of the exponent `e`.
    e = int.from_bytes(raw.parts["e"][-8:], "big")
    return ((int.from_bytes(raw.parts["n"], "big"), e) if e else None), not private


def _ec(raw: _Raw) -> tuple[int, int]:
    curve = _CURVES.get(raw.text("crv"))
    private = "d" in raw.parts
    if curve is None:
        raise GoError(f"{PREFIX}unsupported elliptic curve '{raw.text('crv')}'")
    if not {"x", "y"} <= raw.parts.keys():
        raise GoError(f"{PREFIX}invalid EC {'private key, missing x/y/d' if private else 'key, missing x/y'} values")
    size = (curve.key_size + 7) // 8
    for name in ("x", "y", "d") if private else ("x", "y"):
        if len(raw.parts[name]) != size:
            raise GoError(f"{PREFIX}invalid EC {'private' if private else 'public'} key, wrong length for {name}")
    x, y = (int.from_bytes(raw.parts[name], "big") for name in ("x", "y"))
    try:
        ec.EllipticCurvePublicNumbers(x, y, curve).public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise GoError(f"{PREFIX}invalid EC key, X/Y are not on declared curve") from None
    return x, y


def _same(certified: Any, key: Any) -> bool:
    if isinstance(certified, rsa.RSAPublicKey):
        numbers = certified.public_numbers()
        return bool(key == (numbers.n, numbers.e))
    if isinstance(certified, ec.EllipticCurvePublicKey):
        point = certified.public_numbers()
        return bool(key == (point.x, point.y))
    return isinstance(certified, ed25519.Ed25519PublicKey) and bool(key == certified.public_bytes_raw())


def _check_thumbprints(raw: _Raw, certificates: list[Any]) -> None:
    """Raise `GoError` if `x5t` or `x5t#S256` is malformed, has the wrong length, or differs from the certificate's
    thumbprint."""
    digests: dict[str, bytes] = {}
    for name, function in _THUMBPRINTS.items():
        size = function().digest_size
        try:
            digest = gobase64.url_padded(raw.text(name))
        except GoError:
            raise GoError(f"{PREFIX}invalid JWK, {name} header has invalid encoding") from None
        if len(digest) == 2 * size:
            try:
                digest = bytes.fromhex(digest.decode("latin-1"))
            except ValueError:
                wrong = next(byte for byte in digest if chr(byte) not in "0123456789abcdefABCDEF")
                detail = f"encoding/hex: invalid byte: U+{wrong:04X} {chr(wrong)!r}"
                raise GoError(f"{PREFIX}invalid JWK, unable to hex decode {name}: {detail}") from None
        digests[name] = digest
    for name, digest in digests.items():
        if digest and len(digest) != _THUMBPRINTS[name]().digest_size:
            raise GoError(f"{PREFIX}invalid JWK, {name} header is of incorrect size")
    for name, digest in digests.items():
        if certificates and digest and digest != _THUMBPRINTS[name](_der(certificates[0])).digest():
            raise GoError(f"{PREFIX}invalid JWK, x5c thumbprint does not match {name} value")


def _der(certificate: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(certificate.public_bytes(Encoding.DER))
