"""Invent public keys for the rehearsal of a cluster without committed keys."""

import hashlib
from itertools import count

from hvn.topology.jwks import Jwks


def keys(spoke: str) -> Jwks:
    """Return a key set with one P-256 key that depends only on the spoke's name.

    The x coordinate of the key is a hash. The private key is unknown, so nobody can log in with the key.
    """
    # Import the package only here, because most commands do not need it, and its import takes long.
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    for number in count():
        x = hashlib.sha256(f"made-up key {number} of {spoke}".encode()).digest()
        try:
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x02" + x)
        except ValueError:  # half of all values are not the x coordinate of a point
            continue
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return Jwks((pem.decode("ascii").strip(),), None)
    raise AssertionError
