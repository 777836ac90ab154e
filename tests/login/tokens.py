"""Create valid and invalid signed tokens."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HASHES: Mapping[str, hashes.HashAlgorithm] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}


def pem(private: Any) -> str:
    """Return the public key in PEM, as Vault accepts it."""
    public: bytes = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return public.decode().strip()


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def algorithm(private: Any) -> str:
    """Return the key's default algorithm."""
    if isinstance(private, rsa.RSAPrivateKey):
        return "RS256"
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return "EdDSA"
    return {256: "ES256", 384: "ES384", 521: "ES512"}[private.key_size]


def token(claims: Mapping[str, Any], private: Any, **header: Any) -> str:
    """Return a signed token like the tokens of a cluster."""
    full = {"alg": algorithm(private), "kid": "a-key", **header}
    return signed(json.dumps(full).encode(), json.dumps(claims).encode(), private, str(full["alg"]))


def signed(header: bytes, payload: bytes, private: Any, alg: str) -> str:
    """Return a correctly signed token with this header and payload."""
    text = f"{b64(header)}.{b64(payload)}"
    return f"{text}.{b64(signature(text.encode(), private, alg))}"


def signature(data: bytes, private: Any, alg: str) -> bytes:
    """Return a signature by this algorithm, or by the key's default algorithm if the key does not support this
    algorithm.
    """
    if alg[:2] == "HS":
        # A known attack uses the public key as the shared secret of an HMAC signature.
        return hmac.new(pem(private).encode(), data, hashlib.sha256).digest()
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign(data)
    kind = HASHES.get(alg[2:], hashes.SHA256())
    if isinstance(private, rsa.RSAPrivateKey):
        if alg[:2] == "PS":
            return private.sign(data, padding.PSS(padding.MGF1(kind), kind.digest_size), kind)
        return private.sign(data, padding.PKCS1v15(), kind)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    r, s = utils.decode_dss_signature(private.sign(data, ec.ECDSA(kind)))
    size = {"256": 32, "384": 48, "512": 66}.get(alg[2:], (private.key_size + 7) // 8)
    size = max(size, (private.key_size + 7) // 8)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")
