"""Parse public keys in PEM as Vault does (Vault, sdk/helper/certutil, ParsePublicKeyPEM; Go, encoding/pem).

An entry of `jwt_validation_pubkeys` has one PEM block: a public key (PKIX), or a certificate with the key. Vault
ignores the block's label, text before the block, and whitespace inside the base64. Text after the block is an error.
BEGIN and END must be separate lines. Vault therefore refuses a key if YAML folded its newlines.
"""

import base64
import binascii
import re
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from hvn.login.der import is_key_alone, malformed

NO_KEY = "data does not contain any valid public keys"
TRAILING = "unexpected trailing data after parsed PEM block"
_BEGIN = re.compile(r"(?:^|(?<=\n))-----BEGIN (.+?)-----[ \t\r]*\n")
_HEADER = re.compile(r"[^\n]*:[^\n]*\n")
_CURVES = (ec.SECP224R1, ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)


class NotAKey(ValueError):
    """Vault refuses a PEM text as a public key. The message is Vault's error."""


def public_key(pem: str) -> Any:
    """Return the public key in a PEM text. Raises `NotAKey` if Vault refuses the text."""
    der, rest = _block(pem)
    if rest.strip():
        raise NotAKey(TRAILING)
    if is_key_alone(der):
        raise NotAKey(malformed(der))
    try:
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        # Import x509 only if a key is a certificate: the import doubles the start time, and a cluster's keys are never
        # certificates.
        from cryptography.x509 import load_der_x509_certificate

        try:
            key = load_der_x509_certificate(der).public_key()
        except (ValueError, UnsupportedAlgorithm):
            raise NotAKey(malformed(der)) from None
    unknown_curve = isinstance(key, ec.EllipticCurvePublicKey) and not isinstance(key.curve, _CURVES)
    if unknown_curve or isinstance(key, ed448.Ed448PublicKey):
        raise NotAKey(malformed(der))
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey):
        raise NotAKey(NO_KEY)
    return key


def _block(pem: str) -> tuple[bytes, str]:
    """Return the decoded content of the first PEM block, and the text after the block."""
    for begin in _BEGIN.finditer(pem):
        at = begin.end()
        while header := _HEADER.match(pem, at):
            at = header.end()
        end = re.compile(rf"\n-----END {re.escape(begin[1])}-----[ \t\r]*(?:\n|$)").search(pem, at - 1)
        if end is None:
            continue
        try:
            return base64.b64decode(re.sub(r"\s", "", pem[at : max(at, end.start())]), validate=True), pem[end.end() :]
        except binascii.Error:
            continue
    raise NotAKey(NO_KEY)
