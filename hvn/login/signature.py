"""Find the key of the mount that verifies a token's signature: try each key with the token's algorithm."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from hvn.login.jws import Jws
from hvn.login.pem import public_key as read_pem

_HASHES: dict[str, hashes.HashAlgorithm] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
# Bytes of an ECDSA signature's r and s, by hash: go-jose requires this length for every curve.
_HALF = {"256": 32, "384": 48, "512": 66}

public_key = lru_cache(maxsize=64)(read_pem)


def signed_by(jws: Jws, pems: Sequence[str]) -> int | None:
    """Return the index of the first key that verifies the token's signature, or None."""
    if jws.signatures != 1 or not jws.critical or jws.signing_input is None:
        return None
    signed = jws.signing_input
    return next((index for index, pem in enumerate(pems) if _verifies(jws, signed, public_key(pem))), None)


def lengths(jws: Jws, pems: Sequence[str]) -> set[int]:
    """Return the possible lengths, in bytes, of signatures by the token's algorithm with these keys."""
    family, bits = jws.verified_alg[:2], jws.verified_alg[2:]
    sizes = set()
    for key in map(public_key, pems):
        if isinstance(key, rsa.RSAPublicKey) and family in ("RS", "PS"):
            sizes.add(_size(key))
        elif isinstance(key, ec.EllipticCurvePublicKey) and family == "ES" and bits in _HALF:
            sizes.add(2 * _HALF[bits])
    return sizes


def _size(key: rsa.RSAPublicKey) -> int:
    return (key.key_size + 7) // 8


def _verifies(jws: Jws, signed: bytes, key: Any) -> bool:
    alg, signature = jws.verified_alg, jws.signature
    family, bits = alg[:2], alg[2:]
    verify: Callable[[], None] | None = None
    if isinstance(key, ed25519.Ed25519PublicKey) and alg == "EdDSA":
        verify = lambda: key.verify(signature, signed)  # noqa: E731
    elif bits not in _HASHES:
        return False
    elif isinstance(key, rsa.RSAPublicKey) and family in ("RS", "PS"):
        # Unlike Go (crypto/rsa), OpenSSL accepts a PSS signature without its leading zero bytes.
        if len(signature) != _size(key):
            return False
        pss = padding.PSS(padding.MGF1(_HASHES[bits]), padding.PSS.AUTO)
        pad = pss if family == "PS" else padding.PKCS1v15()
        verify = lambda: key.verify(signature, signed, pad, _HASHES[bits])  # noqa: E731
    elif isinstance(key, ec.EllipticCurvePublicKey) and family == "ES" and len(signature) == 2 * _HALF[bits]:
        r, s = (int.from_bytes(half, "big") for half in (signature[: _HALF[bits]], signature[_HALF[bits] :]))
        encoded = utils.encode_dss_signature(r, s)
        verify = lambda: key.verify(encoded, signed, ec.ECDSA(_HASHES[bits]))  # noqa: E731
    try:
        if verify:
            verify()
    except (InvalidSignature, ValueError):
        return False
    return verify is not None
