"""RSA keys that the test modules share, because a new key takes a tenth of a second."""

import functools

from cryptography.hazmat.primitives.asymmetric import rsa


@functools.cache
def rsa_key(number: int) -> rsa.RSAPrivateKey:
    """Return one of several keys of 2048 bits; the same number is the same key."""
    return rsa.generate_private_key(65537, 2048)
