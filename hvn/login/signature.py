"""Is a token signed by one of the mount's keys? The algorithm is the token's, the keys are tried in turn."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from hvn.login.jws import Jws

_HASHES: dict[str, hashes.HashAlgorithm] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
# Bytes of r and of s, by the hash: go-jose asks for this length whatever the key's curve is.
_HALF = {"256": 32, "384": 48, "512": 66}


def signed_by(jws: Jws, pems: Sequence[str]) -> int | None:
    """The index of the first key that signed it, None if none did."""
    if jws.signatures != 1 or not jws.critical:
        return None
    return next((index for index, pem in enumerate(pems) if _verifies(jws, public_key(pem))), None)


def lengths(jws: Jws, pems: Sequence[str]) -> set[int]:
    """Bytes that signatures by the token's algorithm have, with those keys that it can be used with; else empty."""
    family, bits = jws.alg[:2], jws.alg[2:]
    found = set()
    for key in map(public_key, pems):
        if isinstance(key, rsa.RSAPublicKey) and family in ("RS", "PS"):
            found.add(key.key_size // 8)
        elif isinstance(key, ec.EllipticCurvePublicKey) and family == "ES" and bits in _HALF:
            found.add(2 * _HALF[bits])
    return found


@lru_cache(maxsize=64)
def public_key(pem: str) -> Any:
    """The key of a PEM text, `PUBLIC KEY` or a certificate. Raises ValueError."""
    data = pem.encode()
    try:
        if b"BEGIN CERTIFICATE" in data:
            # Imported here: clusters' keys are never certificates, and it takes as long as everything else here.
            from cryptography.x509 import load_pem_x509_certificate

            return load_pem_x509_certificate(data).public_key()
        return load_pem_public_key(data)
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from None


def _verifies(jws: Jws, key: Any) -> bool:
    family, bits = jws.alg[:2], jws.alg[2:]
    verify: Callable[[], None] | None = None
    if isinstance(key, ed25519.Ed25519PublicKey) and jws.alg == "EdDSA":
        verify = lambda: key.verify(jws.signature, jws.signing_input)  # noqa: E731
    elif bits not in _HASHES:
        return False
    elif isinstance(key, rsa.RSAPublicKey) and family in ("RS", "PS"):
        pss = padding.PSS(padding.MGF1(_HASHES[bits]), padding.PSS.AUTO)
        pad = pss if family == "PS" else padding.PKCS1v15()
        verify = lambda: key.verify(jws.signature, jws.signing_input, pad, _HASHES[bits])  # noqa: E731
    elif isinstance(key, ec.EllipticCurvePublicKey) and family == "ES" and len(jws.signature) == 2 * _HALF[bits]:
        r, s = (int.from_bytes(half, "big") for half in (jws.signature[: _HALF[bits]], jws.signature[_HALF[bits] :]))
        encoded = utils.encode_dss_signature(r, s)
        verify = lambda: key.verify(encoded, jws.signing_input, ec.ECDSA(_HASHES[bits]))  # noqa: E731
    try:
        if verify:
            verify()
    except (InvalidSignature, ValueError):
        return False
    return verify is not None
