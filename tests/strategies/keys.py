"""Generate public keys of clusters in the form of the key files."""

import base64
import uuid
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import strategies as st

from tests.strategies.values import Topology, optional

KeySets = dict[str, Any]
"""By spoke, the content of `jwks/<spoke>.json`."""


@st.composite
def key_sets(draw: st.DrawFn, topology: Topology) -> KeySets:
    """Draw keys for some of the clusters with `keys: pubkeys`. No two clusters share a key."""
    made: KeySets = {}
    azure = topology["azure"]
    for index, (name, spoke) in enumerate(topology["spokes"].items()):
        cluster = spoke.get("cluster")
        if not cluster or not cluster["apps"] or cluster["vault_login"]["keys"] != "pubkeys" or draw(st.booleans()):
            continue
        kinds = draw(st.lists(st.sampled_from(("RSA", *CURVES)), min_size=1, max_size=3))
        made[name] = {"keys": [key(kind, 10 * index + number + 1) for number, kind in enumerate(kinds)]}
        issuer = f"https://{azure['region']}.oic.prod-aks.azure.com/{azure['tenant_id']}/{uuid.UUID(int=index)}/"
        made[name] |= draw(optional(issuer=st.just(issuer)))
    return made


CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}


def key(kind: str, number: int) -> Topology:
    """Return the public key for this number. For an RSA key, no private key exists, because no test needs one."""
    if kind == "RSA":
        return {"kty": "RSA", "kid": str(number), "e": "AQAB", "n": _unsigned(2**2047 + 2 * number + 1)}
    public = ec.derive_private_key(number, CURVES[kind]).public_key().public_numbers()
    return {"kty": "EC", "kid": str(number), "crv": kind, "x": _unsigned(public.x), "y": _unsigned(public.y)}


def _unsigned(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()
